"""Whether everything that is written in Slack comes in. After a gap, what was missed is fetched.

As long as all is well a row says so; how long it has not is how long the gap was, whatever made
it: the service was down, the database, the machine slept, Slack or the way there was gone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from casework.errors import StoreUnavailable
from connectors.slack.catch_up import catch_up
from connectors.slack.errors import SlackUnavailable
from connectors.slack.room import Room
from escalation import watches

log = logging.getLogger("heard.slack")
LOOK_SECONDS = 20.0
GAP = timedelta(minutes=1)


class Watch:
    """Looks again and again; `is_there` says whether messages can come in now."""

    def __init__(self, room: Room, is_there: Callable[[], Awaitable[bool]]) -> None:
        self._room = room
        self._is_there = is_there
        self._missed_since: datetime | None = None

    def now(self) -> datetime:
        """By the clock of the house."""
        return self._room.store.now()

    def missed(self, since: datetime) -> None:
        """Something may not have come in since then."""
        self._missed_since = min(since, self._missed_since or since)

    async def forever(self) -> None:
        """Never ends, whatever goes wrong."""
        while True:
            try:
                await self.look()
            except (StoreUnavailable, SlackUnavailable) as error:
                log.error("slack_not_watched %s", error.code)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Looks once. Raises SlackUnavailable, StoreUnavailable: the gap stays open."""
        if self._room.identity is None or not await self._is_there():
            log.error("slack_not_there")
            return
        now, seen = await asyncio.to_thread(self._seen)
        if seen is not None and now - seen > GAP:
            self.missed(seen)
        missed = self._missed_since
        if missed is not None:
            await catch_up(self._room, missed)
            if self._missed_since == missed:
                self._missed_since = None
        await asyncio.to_thread(self._keep, now)

    def _seen(self) -> tuple[datetime, datetime | None]:
        with self._room.store.read() as work:
            return work.now(), watches.last_seen(work.connection, watches.SLACK)

    def _keep(self, now: datetime) -> None:
        with self._room.store.work() as work:
            watches.seen(work.connection, watches.SLACK, now)
