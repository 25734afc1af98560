"""Calls to Slack's Web API: each either succeeded with `ok`, or raises with a code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from connectors.slack.errors import SlackUnavailable
from connectors.slack.quiet import silent
from connectors.slack.settings import SlackSettings

TIMEOUT_SECONDS = 8
DEFAULT_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 60.0
PAGE = 200
SWITCHED_OFF = "account_switched_off"


@dataclass(frozen=True)
class Identity:
    """Who Heard is in Slack: what must be so of every request that comes in."""

    team: str
    team_name: str
    bot_user: str
    bot: str
    app: str | None


class SlackApi:
    """One workspace's Web API. No answer but `ok: true` counts as done."""

    def __init__(self, settings: SlackSettings) -> None:
        self.client = AsyncWebClient(
            token=settings.bot_token,
            base_url=settings.api_url,
            timeout=TIMEOUT_SECONDS,
            logger=silent(),
            retry_handlers=[],
        )

    async def call(self, method: str, **values: Any) -> dict[str, Any]:
        """Calls a method by its name in Slack's documentation.

        Raises:
            SlackUnavailable: Whatever went wrong; nothing can be said to have been delivered.
        """
        given = {name: value for name, value in values.items() if value is not None}
        return await self._body(self.client.api_call(method, json=given))

    async def form(self, method: str, **values: str | int) -> dict[str, Any]:
        """The same for methods that only read, which take no JSON."""
        return await self._body(self.client.api_call(method, params=values))

    async def scopes(self) -> frozenset[str]:
        """What the bot token may do."""
        answer = await self._answer(self.client.api_call("auth.test", json={}))
        return frozenset(str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))

    async def _body(self, calling: Coroutine[Any, Any, AsyncSlackResponse]) -> dict[str, Any]:
        body = (await self._answer(calling)).data
        if not isinstance(body, dict):
            raise SlackUnavailable("no_json")
        return body

    async def _answer(self, calling: Coroutine[Any, Any, AsyncSlackResponse]) -> AsyncSlackResponse:
        try:
            # Not asyncio.wait_for: before Python 3.12 it loses a cancellation that comes together
            # with the answer, and whoever loops around this would never end.
            async with asyncio.timeout(TIMEOUT_SECONDS + 1):
                return await calling
        except SlackApiError as error:
            raise _refusal(error) from None
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError, ValueError) as error:
            # The error's own text is left out: it can hold the request.
            raise SlackUnavailable(f"no_answer:{type(error).__name__}"[:64]) from None

    async def post(self, channel: str, message: dict[str, Any], thread: str | None = None) -> str:
        """Posts a message; returns its ts, which alone shows that Slack has it."""
        answer = await self.call(
            "chat.postMessage",
            channel=channel,
            thread_ts=thread,
            unfurl_links=False,
            unfurl_media=False,
            **message,
        )
        ts = answer.get("ts")
        if not isinstance(ts, str):
            raise SlackUnavailable("no_ts")
        return ts

    async def direct(self, user: str) -> str:
        """The direct conversation with somebody."""
        answer = await self.call("conversations.open", users=user)
        return str(answer["channel"]["id"])

    async def account(self, user: str) -> None:
        """Whether somebody's account is on. Raises SlackUnavailable, with the code why not."""
        found = (await self.form("users.info", user=user)).get("user") or {}
        if found.get("deleted"):
            raise SlackUnavailable(SWITCHED_OFF)
        if found.get("is_bot"):
            raise SlackUnavailable("is_a_bot")

    async def delete(self, channel: str, ts: str) -> None:
        """Takes back a message of Heard's own."""
        await self.call("chat.delete", channel=channel, ts=ts)

    async def pages(self, method: str, **values: str | int) -> AsyncIterator[dict[str, Any]]:
        """Every page of a method that reads a list; waits as long as Slack asks for."""
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            try:
                page = await self.form(method, limit=PAGE, **values, **more)
            except SlackUnavailable as error:
                if not error.retry_after:
                    raise
                await asyncio.sleep(min(error.retry_after, LONGEST_PAUSE_SECONDS))
                continue
            yield page
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return

    async def socket(self, app_token: str) -> str:
        """The address of a new socket."""
        answer = await self._body(self.client.apps_connections_open(app_token=app_token))
        return str(answer["url"])

    async def identity(self) -> Identity:
        """Who the bot token belongs to."""
        found = await self.call("auth.test")
        app = await self._app(str(found.get("bot_id", "")))
        return Identity(
            team=str(found["team_id"]),
            team_name=str(found.get("team", "")),
            bot_user=str(found["user_id"]),
            bot=str(found.get("bot_id", "")),
            app=app,
        )

    async def _app(self, bot: str) -> str | None:
        """The app that the bot belongs to; None where Slack does not say."""
        try:
            found = await self.form("bots.info", bot=bot)
        except SlackUnavailable:
            return None
        app = found.get("bot", {}).get("app_id")
        return str(app) if app else None


def _refusal(error: SlackApiError) -> SlackUnavailable:
    response = error.response
    status = getattr(response, "status_code", 200)
    headers = getattr(response, "headers", {}) or {}
    if status == 429:
        return SlackUnavailable("ratelimited", _pause(headers))
    data = getattr(response, "data", None)
    said = data.get("error") if isinstance(data, dict) else None
    return SlackUnavailable(str(said or f"http_{status}")[:64])


def _pause(headers: Any) -> float:
    """Seconds that Slack asks to wait; its header is not to be trusted with more than an hour."""
    given = str(headers.get("Retry-After", headers.get("retry-after", "")))
    return min(float(given), 3600.0) if given.isdigit() else DEFAULT_PAUSE_SECONDS
