"""Replies on their way to Slack: a turn counts as delivered once Slack has answered with its ts."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

from casework.errors import StoreUnavailable
from casework.facts import Turn
from connectors.push import push
from connectors.slack import blocks
from connectors.slack.errors import SlackUnavailable
from connectors.slack.room import CHANNEL, Room
from connectors.slack.threads import WAITING, Place
from records.threads import Thread

log = logging.getLogger("heard.slack")
LISTEN_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0


class Deliveries:
    """Brings every turn of a Slack thread there, in order; tries again for as long as it takes."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._under_way: set[str] = set()
        self._tries: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def forever(self) -> None:
        """Looks for what is not delivered yet, whoever said it."""
        while True:
            seen = self._room.line.answered
            try:
                for thread in await asyncio.to_thread(self._behind):
                    self._begin(thread)
            except StoreUnavailable as error:
                log.error("deliveries: %s", error.code)
            await self._room.line.changed(seen, LISTEN_SECONDS)

    async def stop(self) -> None:
        """Ends what is under way; it is taken up at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _behind(self) -> list[Thread]:
        with self._room.store.read() as work:
            return work.threads.behind(CHANNEL)

    def _begin(self, thread: Thread) -> None:
        now = asyncio.get_running_loop().time()
        talk = thread.conversation_id
        if talk in self._under_way or self._not_before.get(talk, 0.0) > now:
            return
        self._under_way.add(talk)
        task = asyncio.create_task(self._deliver(thread))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, thread: Thread) -> None:
        talk = thread.conversation_id
        try:
            thread = await self._settled(thread)
            for turn in await asyncio.to_thread(self._turns, thread):
                await self._post(thread, turn)
                await asyncio.to_thread(self._mark, talk, turn.id)
            self._tries.pop(talk, None)
        except SlackUnavailable as error:
            self._wait(talk, error)
        except StoreUnavailable as error:
            log.error("deliveries: %s", error.code)
        finally:
            self._under_way.discard(talk)

    async def _settled(self, thread: Thread) -> Thread:
        """The thread at a place in Slack; begun there when it only waited for one."""
        place = Place.read(thread.place)
        if place.channel != WAITING:
            return thread
        slack_id = await asyncio.to_thread(self._slack_id, thread.conversation_id)
        if slack_id is None:
            raise SlackUnavailable("no_such_person")
        channel = await self._room.api.direct(slack_id)
        opening = blocks.plain_message(self._room.phrases, "utter_thread_opened")
        ts = await self._room.api.post(channel, opening)
        there = str(Place(place.team, channel, ts))
        await asyncio.to_thread(self._move, thread.conversation_id, there)
        return replace(thread, place=there)

    def _slack_id(self, conversation_id: str) -> str | None:
        with self._room.store.read() as work:
            return self._room.slack_id(work.conversations.get(conversation_id).person)

    def _move(self, conversation_id: str, place: str) -> None:
        with self._room.store.work() as work:
            work.threads.move(conversation_id, place)

    def _wait(self, talk: str, error: SlackUnavailable) -> None:
        tries = self._tries[talk] = self._tries.get(talk, 0) + 1
        pause = error.retry_after or min(0.5 * 2.0**tries, LONGEST_PAUSE_SECONDS)
        self._not_before[talk] = asyncio.get_running_loop().time() + pause
        log.warning("reply_not_delivered %s %s", talk, error.code)

    def _turns(self, thread: Thread) -> list[Turn]:
        with self._room.store.read() as work:
            current = work.threads.of_conversation(thread.conversation_id)
            assert current is not None  # a thread is never removed
            return work.turns.after(thread.conversation_id, current.delivered)

    def _mark(self, conversation_id: str, turn_id: int) -> None:
        with self._room.store.work() as work:
            work.threads.has_delivered(conversation_id, turn_id)

    async def _post(self, thread: Thread, turn: Turn) -> None:
        place = Place.read(thread.place)
        by_form = self._room.house.organisation.capture_mode == "form"
        message: dict[str, Any] = blocks.message(
            self._room.phrases, turn.content, turn.id, by_form=by_form
        )
        moved_to = turn.content.get("moved_to")
        if moved_to:
            message["blocks"] += await self._moved(place, str(moved_to))
        await self._room.api.post(place.channel, message, place.ts)

    async def _moved(self, place: Place, conversation_id: str) -> list[blocks.Block]:
        """The thread of the other conversation, begun when it has none here, and the way there."""
        thread = await asyncio.to_thread(self._thread, conversation_id)
        if thread is None:
            opening = blocks.plain_message(self._room.phrases, "utter_thread_opened")
            ts = await self._room.api.post(place.channel, opening)
            new = Place(place.team, place.channel, ts)
            thread = await asyncio.to_thread(self._open, conversation_id, new)
        there = Place.read(thread.place)
        found = await self._room.api.form(
            "chat.getPermalink", channel=there.channel, message_ts=there.ts
        )
        return [blocks.link_to_thread(str(found.get("permalink", "")))]

    def _thread(self, conversation_id: str) -> Thread | None:
        with self._room.store.read() as work:
            return work.threads.of_conversation(conversation_id)

    def _open(self, conversation_id: str, place: Place) -> Thread:
        """What was said before stays where it was said; Heard begins with what can be done."""
        room = self._room
        with room.store.work() as work:
            latest = next((turn.id for turn in work.turns.latest(conversation_id)), 0)
            thread = work.threads.open(conversation_id, CHANNEL, str(place), latest)
            push(room.house, room.phrases, work, conversation_id, "utter_greet", {})
            return thread
