"""Calls to Slack's Web API: each either succeeded with `ok`, or raises with a code."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from connectors.slack.errors import SlackUnavailable
from connectors.slack.quiet import silent
from connectors.slack.settings import SlackSettings

TIMEOUT_SECONDS = 8
DEFAULT_PAUSE_SECONDS = 30.0


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
        try:
            answer = await asyncio.wait_for(
                self.client.api_call(method, json=given), TIMEOUT_SECONDS + 1
            )
        except SlackApiError as error:
            raise _refusal(error) from None
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError, ValueError) as error:
            # The error's own text is left out: it can hold the request.
            raise SlackUnavailable(f"no_answer:{type(error).__name__}"[:64]) from None
        body = answer.data
        if not isinstance(body, dict):
            raise SlackUnavailable("no_json")
        return body

    async def form(self, method: str, **values: str | int) -> dict[str, Any]:
        """The same for methods that only read, which take no JSON."""
        try:
            answer = await asyncio.wait_for(
                self.client.api_call(method, params=values), TIMEOUT_SECONDS + 1
            )
        except SlackApiError as error:
            raise _refusal(error) from None
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError, ValueError) as error:
            raise SlackUnavailable(f"no_answer:{type(error).__name__}"[:64]) from None
        body = answer.data
        if not isinstance(body, dict):
            raise SlackUnavailable("no_json")
        return body

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
