"""Edits and deletions in Slack: kept beside the first version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework import changed
from casework.facts import MessageKind
from connectors.push import push
from connectors.slack import times
from connectors.slack.room import CHANNEL, Room


@dataclass(frozen=True)
class Edit:
    """A message that was kept as `inbox_id` reads `text` since `edited_ts`."""

    inbox_id: str
    message_id: str
    text: str
    raw: str
    edited_ts: str


def edited(room: Room, edit: Edit) -> None:
    """Keeps the new text; in the record it amends the line that the first became."""
    if not edit.text.strip():
        return
    with room.store.work() as work:
        first = work.inbox.get(edit.inbox_id)
        if first.text == edit.text:
            return
        second, _ = work.inbox.take(
            conversation_id=first.conversation_id,
            channel=CHANNEL,
            message_id=f"{edit.message_id}/{edit.edited_ts}",
            kind=MessageKind.TEXT,
            text=edit.text,
            strand=None,
            button=None,
            source_at=times.at(edit.edited_ts),
        )
        # Nobody waits for an answer to it: the conversation has gone on.
        work.inbox.mark_answered(second.id)
        if edit.raw != edit.text:
            work.threads.keep_form(second.id, first.conversation_id, edit.raw)
    if changed.amend(room.house, first, second):
        with room.store.work() as work:
            push(room.house, room.phrases, work, first.conversation_id, "utter_danger", {})


def deleted(room: Room, message_id: str, event: Mapping[str, Any]) -> None:
    """Notes that a message is gone from Slack."""
    times.at(event.get("deleted_ts"))
    with room.store.read() as work:
        inbox_id = work.threads.message(CHANNEL, message_id)
        if inbox_id is None:
            return
        message = work.inbox.get(inbox_id)
    changed.note_deleted(room.house, message)
