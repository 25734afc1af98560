"""Edits and deletions in Slack: kept beside the first version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework import changed
from casework.facts import Message, MessageKind
from casework.ports import Work
from connectors.push import push_all
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


def edited(room: Room, edit: Edit) -> str | None:
    """Keeps the new text; in the record it amends the line that the first became. Before there is
    a record it is answered as any message is: returns the conversation in which it waits.

    All of it is one transaction, so that an edit which comes again finds nothing left to do: an
    alarm that was taken back meanwhile must not come back with it.
    """
    if not edit.text.strip():
        return None
    with room.store.read() as read:
        first = read.inbox.get(edit.inbox_id)
        before = _before(read, first, edit)
    if before.text == edit.text:
        return None
    reading = changed.read(room.house, first, before, edit.text)
    with room.store.work() as work:
        second, is_new = work.inbox.take(
            conversation_id=first.conversation_id,
            channel=CHANNEL,
            message_id=f"{edit.message_id}/{edit.edited_ts}",
            kind=MessageKind.TEXT,
            text=edit.text,
            strand=None,
            button=None,
            source_at=times.at(edit.edited_ts),
        )
        if not is_new:
            return None
        if edit.raw != edit.text:
            work.threads.keep_form(second.id, first.conversation_id, edit.raw)
        if work.conversations.get(first.conversation_id).record_id is None:
            return first.conversation_id
        # Nobody waits for an answer to it: the conversation has gone on.
        work.inbox.mark_answered(second.id)
        words = changed.amend(room.house, work, first, second, reading)
        if words:
            push_all(room.house, room.phrases, work, first.conversation_id, words)
    return None


def _before(work: Work, first: Message, edit: Edit) -> Message:
    """The version that this one changes; itself, where it comes again. Who takes a change back
    changes it once more, and Slack may deliver a change after a later one."""
    until = times.at(edit.edited_ts)
    kept = work.inbox.of_conversation(first.conversation_id)
    versions = [
        one
        for one in kept
        if one.message_id.startswith(f"{edit.message_id}/") and one.source_at <= until
    ]
    return max(versions, key=lambda one: one.source_at, default=first)


def deleted(room: Room, message_id: str, event: Mapping[str, Any]) -> None:
    """Notes that a message is gone from Slack."""
    times.at(event.get("deleted_ts"))
    with room.store.read() as work:
        inbox_id = work.threads.message(CHANNEL, message_id)
        if inbox_id is None:
            return
        message = work.inbox.get(inbox_id)
    changed.note_deleted(room.house, message)
