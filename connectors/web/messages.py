"""One posted message, read strictly: exactly one of text, press and words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.errors import CallerMistake, EmptyMessage
from casework.facts import Conversation, MessageKind
from casework.vocabulary import STRANDS, EntryKind
from connectors.incoming import Incoming
from connectors.line import Line
from connectors.replies import STANDING

# Ids stand in clear: visible ASCII only, so that every database can hold them.
MESSAGE_ID = re.compile(r"[!-~]{1,64}")
# The id of a button is kept as it is: what has not this shape is not, it may be anything.
SHOWN_BUTTON = re.compile(r"[0-9]{1,15}\.[0-9]{1,3}")
UNKNOWN_BUTTON = "unknown"


class BadMessage(CallerMistake):
    """Not the shape of a message. Nothing was kept."""

    code = "bad_message"
    say = "That could not be read, so it was not kept. Please try again."


def parse(body: bytes, talk: Conversation, line: Line, now: datetime) -> Incoming:
    """Reads a message for this conversation. Raises BadMessage, EmptyMessage.

    `press` is the id of a button, or with `by_title` its title (a terminal has no ids).
    """
    fields = json_object(body)
    message_id = _text(fields, "message_id")
    if not MESSAGE_ID.fullmatch(message_id):
        raise BadMessage
    kind = _kind(fields)
    text, button = _text(fields, kind.value), None
    if kind is MessageKind.PRESS:
        text, button = _button(fields, text, talk, line)
    return Incoming(
        conversation_id=talk.id,
        channel=talk.channel,
        # A message id is unique within its conversation: nobody can occupy another's.
        message_id=f"{talk.id}:{message_id}",
        kind=kind,
        text=text,
        source_at=now,
        strand=_strand(fields),
        button=button,
    )


def json_object(body: bytes) -> Mapping[str, Any]:
    """A body that is one JSON object. Raises BadMessage."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise BadMessage from None
    if not isinstance(given, dict):
        raise BadMessage
    return given


def _kind(fields: Mapping[str, Any]) -> MessageKind:
    given = [kind for kind in MessageKind if kind.value in fields]
    if len(given) != 1:
        raise EmptyMessage if not given else BadMessage
    return given[0]


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise BadMessage
    return value


def _strand(fields: Mapping[str, Any]) -> EntryKind | None:
    name = fields.get("strand")
    if name is None:
        return None
    if name not in [str(strand) for strand in STRANDS]:
        raise BadMessage
    return EntryKind(name)


def _button(
    fields: Mapping[str, Any], pressed: str, talk: Conversation, line: Line
) -> tuple[str, str]:
    """The title that stood on it, and its id; an unknown one is answered kindly later on."""
    if fields.get("by_title") is True:
        return pressed, line.button_titled(talk.id, pressed) or UNKNOWN_BUTTON
    if pressed not in STANDING and not SHOWN_BUTTON.fullmatch(pressed):
        return pressed, UNKNOWN_BUTTON
    return line.title_of(talk.id, pressed) or pressed, pressed
