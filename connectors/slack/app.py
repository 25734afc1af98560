"""Bolt, joined to Heard: everything is kept in a global middleware, before Slack has its answer.

A listener of Bolt's runs after the answer and its failure is nobody's (reliability.md S1), so the
listeners here only do what can be done again: open a window, greet, say something kindly.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from casework.errors import HeardError
from connectors.slack import incoming, listeners
from connectors.slack.errors import Forged
from connectors.slack.home import Homes
from connectors.slack.quiet import silent
from connectors.slack.room import Room

log = logging.getLogger("heard.slack")


def make_bolt(room: Room, homes: Homes) -> AsyncApp:
    """The Bolt app of one workspace. Nothing is asked of Slack to make it."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Whose request it is has been checked at the door; asking Slack each time would lose
        # messages while Slack's API is down.
        known = room.identity
        assert known is not None  # the door lets nothing in before
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=known.team,
            bot_id=known.bot,
            bot_user_id=known.bot_user,
            bot_token=room.settings.bot_token,
        )

    bolt = AsyncApp(
        # Bolt silences the logger of this name as well: it must be none of ours.
        name="slack_bolt_app",
        logger=silent(),
        # A client without a token, or Bolt would ask `auth.test` at every request.
        client=AsyncWebClient(base_url=room.settings.api_url, logger=silent()),
        signing_secret=room.settings.signing_secret,
        authorize=authorize,
        # Copies of Heard's own messages are filtered by what they are, see messages.py.
        ignoring_self_events_enabled=True,
    )
    bolt.middleware(_keeping(room))
    _listen(bolt, room, homes)
    return bolt


def _keeping(room: Room) -> Callable[..., Awaitable[BoltResponse | None]]:
    telling: set[asyncio.Task[None]] = set()

    async def keep(
        body: dict[str, Any],
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],
    ) -> BoltResponse | None:
        try:
            context["taken"] = await incoming.take(room, body)
        except Forged as error:
            context["forged"] = error.why
            if error.say is not None:
                task = asyncio.create_task(listeners.tell(room, body["user"]["id"], error.say))
                telling.add(task)
                task.add_done_callback(telling.discard)
            return BoltResponse(status=401)
        except (KeyError, TypeError, IndexError, AttributeError):
            context["forged"] = "shape"
            return BoltResponse(status=401)
        except HeardError as error:
            log.error("not_kept %s", error.code)
            return BoltResponse(status=500)  # Slack tries again
        except Exception as error:  # an edge: Bolt would answer the same, and say nothing
            log.error("not_kept %s", type(error).__name__)
            return BoltResponse(status=500)
        await next()
        return None

    return keep


def _listen(bolt: AsyncApp, room: Room, homes: Homes) -> None:
    actions: Mapping[str, Callable[..., Awaitable[None]]] = listeners.actions(room, homes)
    for name, action in actions.items():
        bolt.action(re.compile(rf"{re.escape(name)}(\.\d+)?"))(action)
    for name, listener in listeners.events(room, homes).items():
        bolt.event(name)(listener)
    bolt.view(re.compile(r"heard\..*"))(listeners.submission(room, homes))
    bolt.command(re.compile(r"/.*"))(listeners.command(room))
    bolt.shortcut(re.compile(r"heard\..*"))(listeners.shortcut(room))
