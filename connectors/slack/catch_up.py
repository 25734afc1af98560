"""What was written to Heard while nothing came in: read from Slack and kept, each once.

Slack repeats a delivery for some six minutes and then never again (reliability.md S1).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from connectors.slack import messages, times
from connectors.slack.errors import Forged, SlackUnavailable
from connectors.slack.room import CHANNEL, Room
from connectors.slack.threads import Place
from records.threads import Thread

log = logging.getLogger("heard.slack")
# Somebody may answer in a thread that has been still for a while; for longer than this they
# begin a new one, or write there again.
STILL = timedelta(days=30)

Found = dict[str, Any]


async def catch_up(room: Room, since: datetime) -> int:
    """Keeps whatever was written since then, in the order of its ts; returns how many were looked
    at.

    Raises:
        SlackUnavailable: Slack cannot be read now; whatever was kept stays kept.
        StoreUnavailable: The same of the store.
    """
    assert room.identity is not None  # nobody is let in before
    threads = await asyncio.to_thread(_threads, room, since - STILL)
    found: list[Found] = []
    for slack_id in _slack_ids(room):
        try:
            channel = await room.api.direct(slack_id)
        except SlackUnavailable as error:
            if error.retry_after or error.code.startswith(("no_answer", "http_", "no_json")):
                raise
            continue  # their account is gone: they cannot have written
        oldest = await asyncio.to_thread(_oldest, room, channel, since)
        found += [message async for message in _written(room, channel, threads, oldest)]
    for message in sorted(found, key=lambda one: times.at(one["ts"])):
        await _keep(room, room.identity.team, message)
    if found:
        log.warning("caught_up %s messages since %s", len(found), since.isoformat())
    return len(found)


def _slack_ids(room: Room) -> list[str]:
    people = room.house.organisation.people
    return [one.slack_id for one in people if one.slack_id and room.person(one.slack_id)]


def _threads(room: Room, since: datetime) -> list[Thread]:
    with room.store.read() as work:
        return work.threads.active(CHANNEL, since)


def _oldest(room: Room, channel: str, since: datetime) -> str:
    """From the last message that was kept here, or from the gap on: whichever is earlier."""
    assert room.identity is not None
    beginning = f"{room.identity.team}/{channel}/"
    with room.store.read() as work:
        last = work.threads.latest_message(CHANNEL, beginning)
    kept = last.removeprefix(beginning).partition("/")[0] if last else None
    return min(kept, times.ts_of(since), key=times.at) if kept else times.ts_of(since)


async def _written(
    room: Room, channel: str, threads: list[Thread], oldest: str
) -> AsyncIterator[Found]:
    """Everything that stands in a direct conversation, and in its threads, since `oldest`."""
    open_threads = {
        place.ts for one in threads if (place := Place.read(one.place)).channel == channel
    }
    async for page in room.api.pages("conversations.history", channel=channel, oldest=oldest):
        for message in page.get("messages", []):
            if message.get("reply_count"):
                open_threads.add(str(message["ts"]))
            yield {**message, "channel": channel, "channel_type": "im"}
    for ts in sorted(open_threads):
        async for page in room.api.pages(
            "conversations.replies", channel=channel, ts=ts, oldest=oldest
        ):
            for message in page.get("messages", []):
                if message.get("ts") != ts:  # the first one stands in the history
                    yield {**message, "channel": channel, "channel_type": "im"}


async def _keep(room: Room, team: str, message: Found) -> None:
    try:
        await messages.take(room, team, message)
        if "edited" in message:
            change = {"subtype": messages.CHANGED, "channel": message["channel"]}
            await messages.take(room, team, {**change, "channel_type": "im", "message": message})
    except Forged as error:
        log.error("not_caught_up %s", error.why)
