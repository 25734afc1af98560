"""A message from Heard to itself: if it does not come back, others do not come either.

A socket can be open, answer every ping and bring nothing (reliability.md S3). The message stands
for a moment in a private channel in which there is nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Mapping
from typing import Any

from connectors.slack.api import SlackApi
from connectors.slack.errors import SlackUnavailable

NAME = "heard-canary"
BACK_WITHIN_SECONDS = 30.0


class Canary:
    """One channel, one message at a time."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._channel: str | None = None
        self._song = ""
        self._is_back = asyncio.Event()

    async def flies(self) -> bool:
        """Whether it came back. Raises SlackUnavailable: it could not be sent."""
        channel = await self._where()
        self._song = secrets.token_hex(8)
        self._is_back.clear()
        ts = await self._api.post(channel, {"text": self._song})
        try:
            async with asyncio.timeout(BACK_WITHIN_SECONDS):
                await self._is_back.wait()
        except TimeoutError:
            return False
        finally:
            with contextlib.suppress(SlackUnavailable):  # it is told from others by its text
                await self._api.delete(channel, ts)
        return True

    def is_it(self, payload: Mapping[str, Any]) -> bool:
        """Whether this came from the canary's channel: it is nothing for anybody else."""
        event = payload.get("event")
        if self._channel is None or not isinstance(event, Mapping):
            return False
        if event.get("channel") != self._channel:
            return False
        if event.get("text") == self._song:
            self._is_back.set()
        return True

    async def _where(self) -> str:
        if self._channel is None:
            self._channel = await self._found() or await self._made()
        return self._channel

    async def _found(self) -> str | None:
        kinds = {"types": "private_channel", "exclude_archived": "true"}
        async for page in self._api.pages("users.conversations", **kinds):
            for channel in page.get("channels", []):
                if str(channel.get("name", "")).startswith(NAME):
                    return str(channel["id"])
        return None

    async def _made(self) -> str:
        name = f"{NAME}-{secrets.token_hex(3)}"
        made = await self._api.call("conversations.create", name=name, is_private=True)
        return str(made["channel"]["id"])
