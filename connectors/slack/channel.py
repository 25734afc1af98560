"""Slack as one part of the service: made, started and stopped by run/service.py."""

from __future__ import annotations

import asyncio
import logging

from fastapi import APIRouter

from connectors.slack.app import make_bolt
from connectors.slack.deliver import Deliveries
from connectors.slack.door import Refusals, make_router
from connectors.slack.errors import SlackSettingsWrong, SlackUnavailable
from connectors.slack.room import Room

log = logging.getLogger("heard.slack")
ASK_AGAIN_SECONDS = 15.0
# What Slack answers to a token that will never do, and the cure.
REFUSED_TOKENS = {
    "invalid_auth": "is not a token that Slack knows",
    "not_authed": "is not a token that Slack knows",
    "account_inactive": "belongs to an app that was removed from the workspace",
    "token_revoked": "was revoked",
    "token_expired": "has expired",
}


class SlackChannel:
    """One workspace, while the service runs."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.refusals = Refusals()
        self.bolt = make_bolt(room)
        self.deliveries = Deliveries(room)

    def router(self) -> APIRouter:
        """The public address."""
        return make_router(self.room, self.bolt, self.refusals)

    async def start(self, address: str) -> None:
        """Asks Slack who Heard is. Slack being away does not stop Heard from starting.

        Raises:
            SlackSettingsWrong: Slack refuses the bot token.
        """
        self.room.address = address
        try:
            self.room.identity = await self.room.api.identity()
        except SlackUnavailable as error:
            if error.code in REFUSED_TOKENS:
                raise SlackSettingsWrong(token_refused("SLACK_BOT_TOKEN", error.code)) from None
            log.error("slack_not_there %s", error.code)

    async def run(self) -> None:
        """For ever: replies go out, whatever else happens."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._learn())
                group.create_task(self.deliveries.forever())
        finally:
            await self.deliveries.stop()

    async def _learn(self) -> None:
        """Asks again who Heard is until Slack says so; requests are sent away until then."""
        while self.room.identity is None:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            try:
                self.room.identity = await self.room.api.identity()
            except SlackUnavailable as error:
                log.error("slack_not_there %s", error.code)


def token_refused(setting: str, code: str) -> str:
    """What is wrong with a token, and how to mend it."""
    return (
        f"{setting} {REFUSED_TOKENS[code]}. Open the app at api.slack.com/apps, install it to the "
        "workspace, and copy the token again. See docs/slack.md."
    )
