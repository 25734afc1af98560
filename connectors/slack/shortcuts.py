"""/heard and "Record this safely": they begin in a channel and go on in private.

What was written is kept before Slack has its answer, as a conversation at a place that waits; its
thread is begun when there is something to say in it (deliver.py).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

from casework.errors import EmptyMessage, MessageTooLarge
from casework.facts import MessageKind
from casework.vocabulary import EntryKind, utc_now
from connectors.incoming import Incoming
from connectors.slack import messages, times
from connectors.slack.room import CHANNEL, Room
from connectors.slack.threads import (
    WAITING,
    Place,
    conversation_at,
    has_begun,
    open_greeted,
)


async def keep_command(room: Room, body: Mapping[str, Any], person: str) -> None:
    """Keeps what stands behind /heard; where nothing does, begins with a greeting."""
    text = str(body.get("text") or "")
    if not text.strip():
        await begin(room, str(body["team_id"]), str(body["trigger_id"]), person)
        return
    raw, typed = messages.texts(room, {"text": text})
    await _keep(
        room,
        person,
        team=str(body["team_id"]),
        known_by=f"command/{_mark(str(body['trigger_id']))}",
        raw=raw,
        text=typed,
        kind=MessageKind.TEXT,
    )


async def begin(room: Room, team: str, trigger_id: str, person: str) -> None:
    """A new conversation with a greeting."""
    place = Place(team, WAITING, _mark(trigger_id))
    await asyncio.to_thread(open_greeted, room, place, person)


async def keep_message(room: Room, body: Mapping[str, Any], person: str) -> None:
    """Keeps the message that the shortcut was used on, word for word."""
    message = body["message"]
    raw, typed = messages.texts(room, message)
    ts = str(message["ts"])
    times.at(ts)
    await _keep(
        room,
        person,
        team=str(body["team"]["id"]),
        known_by=f"{body['channel']['id']}/{ts}/{_mark(str(body['trigger_id']))}",
        raw=raw,
        text=typed,
        kind=MessageKind.WORDS,
        said="utter_message_taken_over",
    )


def _mark(trigger_id: str) -> str:
    """A trigger id is long; sent again, the same use has the same one."""
    return hashlib.sha256(trigger_id.encode()).hexdigest()[:16]


async def _keep(
    room: Room,
    person: str,
    *,
    team: str,
    known_by: str,
    raw: str,
    text: str,
    kind: MessageKind,
    said: str | None = None,
) -> None:
    """Keeps it, and says `said`, or why it cannot be kept."""
    talk = await asyncio.to_thread(_talk, room, person, team, known_by)
    if talk is None:
        return
    taken = Incoming(
        conversation_id=talk,
        channel=CHANNEL,
        message_id=f"{team}/{known_by}",
        kind=kind,
        text=text,
        source_at=utc_now(),
        strand=EntryKind.WORDS if kind is MessageKind.WORDS else None,
    )
    message = None
    try:
        message = await room.line.take(taken)
    except EmptyMessage:
        said = "utter_no_files"  # there was nothing else in it
    except MessageTooLarge:
        said = "utter_too_long_here"

    def finish() -> None:
        with room.store.work() as work:
            if message is not None and raw != text:
                work.threads.keep_form(message.id, talk, raw)
            if said is not None:
                messages.say_once(room, work, talk, said, known_by)

    await asyncio.to_thread(finish)


def _talk(room: Room, person: str, team: str, known_by: str) -> str | None:
    """The conversation that this use began, or begins now; None when all of it is done."""
    place = Place(team, WAITING, known_by.replace("/", "."))
    with room.store.work() as work:
        kept = work.threads.message(CHANNEL, f"{team}/{known_by}")
        if kept is not None:
            return work.inbox.get(kept).conversation_id
        if has_begun(work, place) and work.threads.at(CHANNEL, str(place)) is None:
            return None
        return conversation_at(room, work, place, person).id
