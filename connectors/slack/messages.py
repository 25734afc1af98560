"""A message in a direct conversation: kept, byte for byte as typed, before Slack has its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from casework.errors import EmptyMessage, MessageTooLarge
from casework.facts import MessageKind
from connectors.incoming import Incoming, take_in
from connectors.push import push
from connectors.slack import changes, times
from connectors.slack.room import CHANNEL, Room
from connectors.slack.threads import Place, conversation_at
from connectors.slack.typed import as_typed
from escalation import presses
from records.store import OpenWork

CHANGED, DELETED = "message_changed", "message_deleted"
# What somebody wrote has one of these, or none. Anything else is Slack telling of itself.
WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})


class Taken(Enum):
    """What became of a message."""

    KEPT = auto()
    NONE_OF_OURS = auto()
    STRANGER = auto()


async def take(room: Room, team: str, event: Mapping[str, Any]) -> Taken:
    """Keeps a message of a direct conversation.

    Raises:
        StoreUnavailable: Nothing was kept: Slack is to send it again.
        Forged: It has not the shape that Slack sends.
    """
    if not is_direct(event):
        return Taken.NONE_OF_OURS
    subtype = event.get("subtype")
    if subtype in (CHANGED, DELETED):
        return await _take_change(room, team, event)
    if subtype not in WRITTEN or event.get("bot_id") or event.get("hidden"):
        return Taken.NONE_OF_OURS
    person = room.person(event.get("user"))
    if person is None:
        return Taken.STRANGER
    await keep(room, team, event, person)
    return Taken.KEPT


def is_direct(event: Mapping[str, Any]) -> bool:
    """Whether it stands between one person and Heard."""
    channel = event.get("channel")
    return event.get("channel_type") == "im" or (isinstance(channel, str) and channel[:1] == "D")


async def keep(room: Room, team: str, event: Mapping[str, Any], person: str) -> None:
    """Keeps what was typed; what cannot be kept (a file, nothing at all) is said kindly."""
    times.at(event.get("ts"))
    room.line.wake(await asyncio.to_thread(_keep, room, team, event, person))


def _keep(room: Room, team: str, event: Mapping[str, Any], person: str) -> str:
    """Returns the conversation."""
    raw, text = texts(room, event)
    known_by = message_id(team, event)
    place = Place(team, str(event["channel"]), str(event.get("thread_ts") or event["ts"]))

    def act(work: OpenWork) -> str:
        talk = conversation_at(room, work, place, person).id
        incoming = Incoming(
            conversation_id=talk,
            channel=CHANNEL,
            message_id=known_by,
            kind=MessageKind.TEXT,
            text=text,
            source_at=times.at(event["ts"]),
        )
        try:
            message, _ = take_in(work, incoming)
        except EmptyMessage:
            pass
        except MessageTooLarge:
            say_once(room, work, talk, "utter_too_long_here", known_by)
        else:
            if raw != text:
                work.threads.keep_form(message.id, talk, raw)
        if event.get("files"):
            say_once(room, work, talk, "utter_no_files", known_by)
        return talk

    return room.store.together(act)


def message_id(team: str, event: Mapping[str, Any]) -> str:
    """What a message is known by: copies carry other event ids (reliability.md S2)."""
    return f"{team}/{event['channel']}/{event['ts']}"


def texts(room: Room, event: Mapping[str, Any]) -> tuple[str, str]:
    """The text as delivered, and as typed."""
    raw = event.get("text")
    raw = raw if isinstance(raw, str) else ""
    blocks = event.get("blocks")
    return raw, as_typed(raw, blocks if isinstance(blocks, list) else [], room.name_of)


def say_once(room: Room, work: OpenWork, talk: str, response: str, known_by: str) -> None:
    """Says something of Heard's own in this thread, past the dialogue: once for one message,
    however often Slack sends it."""
    if presses.is_new(work.connection, f"{CHANNEL}/{known_by}/{response}", work.now()):
        push(room.house, room.phrases, work, talk, response, {})


async def _take_change(room: Room, team: str, event: Mapping[str, Any]) -> Taken:
    """An edit or a deletion of what somebody wrote (Heard's own messages change too)."""
    before, after = event.get("previous_message"), event.get("message")
    one = after if event.get("subtype") == CHANGED else before
    if not isinstance(one, Mapping) or one.get("bot_id"):
        return Taken.NONE_OF_OURS
    person = room.person(one.get("user"))
    if person is None:
        return Taken.NONE_OF_OURS
    of_message = {**one, "channel": event["channel"]}
    if event.get("subtype") == DELETED:
        of_message["ts"] = event.get("deleted_ts")
        await asyncio.to_thread(changes.deleted, room, message_id(team, of_message), event)
        return Taken.KEPT
    if "edited" not in one:
        return Taken.NONE_OF_OURS  # an unfurled link, a reply counted: nobody typed anything
    known = await asyncio.to_thread(_known, room, message_id(team, of_message))
    if known is None:
        # The first version never came: this is all there is of it.
        await keep(room, team, of_message, person)
        return Taken.KEPT
    raw, text = texts(room, one)
    edit = changes.Edit(known, message_id(team, of_message), text, raw, _edited_at(one))
    waits = await asyncio.to_thread(changes.edited, room, edit)
    if waits is not None:
        room.line.wake(waits)
    return Taken.KEPT


def _known(room: Room, message: str) -> str | None:
    with room.store.read() as work:
        return work.threads.message(CHANNEL, message)


def _edited_at(message: Mapping[str, Any]) -> str:
    edited = message["edited"]
    ts = edited.get("ts") if isinstance(edited, Mapping) else None
    times.at(ts)
    return str(ts)
