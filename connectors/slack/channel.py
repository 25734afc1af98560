"""Slack as one part of the service: made, started and stopped by run/service.py."""

from __future__ import annotations

import asyncio
import logging

from fastapi import APIRouter

from connectors.bodies import Bodies
from connectors.slack import accounts
from connectors.slack.app import make_bolt
from connectors.slack.deliver import Deliveries
from connectors.slack.door import PATH, Refusals, bodies, make_router
from connectors.slack.errors import SlackSettingsWrong, SlackUnavailable
from connectors.slack.home import Homes
from connectors.slack.room import Room
from connectors.slack.sockets import Sockets
from connectors.slack.tokens import REFUSED_TOKENS, token_refused
from connectors.slack.watching import Watch

log = logging.getLogger("heard.slack")
ASK_AGAIN_SECONDS = 15.0


class SlackChannel:
    """One workspace, while the service runs."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.refusals = Refusals()
        self.bodies: Bodies = bodies(self.refusals)
        self.homes = Homes(room)
        self.bolt = make_bolt(room, self.homes)
        self.deliveries = Deliveries(room)
        token = room.settings.app_token
        self.sockets = Sockets(room, self.bolt, token, self.refusals) if token else None
        self.watch = Watch(room, self.sockets.is_there if self.sockets else self._answers)

    def routers(self) -> list[APIRouter]:
        """The public address, where Slack's requests can be told from others."""
        secret = self.room.settings.signing_secret
        return [make_router(self.room, self.bolt, self.refusals, secret)] if secret else []

    async def start(self, address: str) -> None:
        """Asks Slack who Heard is. Slack being away does not stop Heard from starting.

        Raises:
            SlackSettingsWrong: Slack refuses a token.
        """
        self.room.address = address
        setting = "SLACK_BOT_TOKEN"
        try:
            self.room.identity = await self.room.api.identity()
            if self.room.settings.app_token is not None:
                setting = "SLACK_APP_TOKEN"
                await self.room.api.socket(self.room.settings.app_token)
        except SlackUnavailable as error:
            if error.code in REFUSED_TOKENS:
                raise SlackSettingsWrong(token_refused(setting, error.code)) from None
            log.error("slack_not_there %s", error.code)

    def where(self) -> str:
        """What whoever starts Heard reads."""
        known = self.room.identity
        if known is None:
            return "Slack does not answer. Heard tries again until it does."
        here = f"In Slack it is in the workspace {known.team_name}"
        if self.sockets is not None:
            return f"{here}, by Socket Mode."
        return f"{here}, and Slack has to reach {self.room.address}{PATH}"

    async def run(self) -> None:
        """For ever: replies go out, whatever else happens."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._learn())
                group.create_task(self.homes.forever())
                group.create_task(accounts.forever(self.room))
                group.create_task(self.deliveries.forever())
                group.create_task(self.watch.forever())
                if self.sockets is not None:
                    group.create_task(self.sockets.forever(self.watch))
        finally:
            await self.deliveries.stop()

    async def _answers(self) -> bool:
        """Over HTTPS nobody but Slack knows whether it reaches Heard; that Heard reaches Slack is
        half of it."""
        try:
            await self.room.api.call("auth.test")
        except SlackUnavailable as error:
            log.error("slack_not_there %s", error.code)
            return False
        return True

    async def _learn(self) -> None:
        """Asks again who Heard is until Slack says so; requests are sent away until then."""
        while self.room.identity is None:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            try:
                self.room.identity = await self.room.api.identity()
            except SlackUnavailable as error:
                log.error("slack_not_there %s", error.code)
