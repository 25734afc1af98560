"""A pressed button: it only names itself; what it does stands in the turn that showed it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from casework.facts import Conversation, MessageKind
from connectors.incoming import Incoming
from connectors.reading import find_button
from connectors.replies import STANDING
from connectors.slack import times
from connectors.slack.errors import Forged
from connectors.slack.room import CHANNEL, Room
from connectors.slack.threads import Place, own
from records.store import OpenWork

PRESS, MORE = "heard.press", "heard.more"
BUTTON = re.compile(r"[0-9]{1,15}\.[0-9]{1,3}")
# These ask for something to be written: a window opens for it.
WRITES = ("/write_words", "/strand_words", "/strand_asked", "/strand_saw", "/strand_think")


async def take(room: Room, team: str, body: Mapping[str, Any], person: str) -> str:
    """Keeps a press; returns what the button does.

    Raises:
        Forged: This button does not stand in this person's conversation.
        StoreUnavailable: Nothing was kept.
    """
    action = body["actions"][0]
    button = pressed(action)
    talk, payload, title = await asyncio.to_thread(
        _look_up, room, place_of(team, body), person, button
    )
    action_ts = str(action.get("action_ts"))
    incoming = Incoming(
        conversation_id=talk.id,
        channel=CHANNEL,
        # Sent again, the same press has the same time.
        message_id=f"{talk.id}:{action_ts}/{button}",
        kind=MessageKind.PRESS,
        text=title,
        source_at=times.at(action_ts),
        button=button,
    )
    await room.line.take(incoming)
    return payload


def pressed(action: Mapping[str, Any]) -> str:
    """The id of the button, or of what was chosen in the menu."""
    chosen = action.get("selected_option")
    value = chosen.get("value") if isinstance(chosen, Mapping) else action.get("value")
    if not isinstance(value, str):
        raise Forged("button")
    return value


def place_of(team: str, body: Mapping[str, Any]) -> Place:
    """The thread that the pressed message stands in."""
    container, message = body.get("container"), body.get("message")
    if not isinstance(container, Mapping):
        raise Forged("container")
    inside = message if isinstance(message, Mapping) else {}
    ts = inside.get("thread_ts") or container.get("thread_ts") or container.get("message_ts")
    times.at(ts)
    return Place(team, str(container.get("channel_id")), str(ts))


def _look_up(room: Room, place: Place, person: str, button: str) -> tuple[Conversation, str, str]:
    with room.store.read() as work:
        talk = conversation_of(work, place, person)
        if button in STANDING:
            payload = STANDING[button]
            return talk, payload, room.phrases.title_of_payload(payload)
        turn, found = find_button(work, talk, button) if BUTTON.fullmatch(button) else (None, None)
        if turn is None or found is None:
            raise Forged("button")
    return talk, found, room.line.title_of(talk.id, button) or button


def conversation_of(work: OpenWork, place: Place, person: str) -> Conversation:
    """The conversation that stands at this place. Raises Forged."""
    thread = work.threads.at(CHANNEL, str(place))
    if thread is None:
        raise Forged("thread")
    return own(work.conversations.get(thread.conversation_id), person)
