"""Conversations, the inbox in front of everything, and the turns that were answered.

Source: reliability.md findings 2 and 4, R3-R5: a message is kept before anybody reads it, and
one conversation's messages are taken one at a time, in the order of their source.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from casework.errors import UnknownRecord
from casework.facts import Conversation, Message, MessageKind, Secret, Turn
from casework.ports import Clock
from casework.vocabulary import EntryKind
from records.fitting import fitting
from records.keys import DataKeys
from records.tables import conversations, inbox, turns


def new_id() -> str:
    """128 random bits: not to be guessed, and saying nothing about the case."""
    return secrets.token_hex(16)


class ConversationRows:
    """Implements casework.ports.Conversations over one open transaction."""

    def __init__(self, connection: Connection, keys: DataKeys, clock: Clock) -> None:
        self._db = connection
        self._keys = keys
        self._clock = clock

    def open(self, *, person: str, channel: str) -> Conversation:
        conversation_id = new_id()
        row = {
            "id": conversation_id,
            "person": person,
            "channel": channel,
            "opened_at": self._clock(),
        }
        self._db.execute(insert(conversations).values(fitting(conversations, row)))
        self._keys.make(conversation_id)
        return self.get(conversation_id)

    def get(self, conversation_id: str) -> Conversation:
        query = select(conversations).where(conversations.c.id == conversation_id)
        row = self._db.execute(query).one_or_none()
        if row is None:
            raise UnknownRecord
        return _conversation(row)

    def of_person(self, person: str) -> list[Conversation]:
        query = (
            select(conversations)
            .where(conversations.c.person == person)
            .order_by(conversations.c.opened_at.desc())
        )
        return [_conversation(row) for row in self._db.execute(query)]

    def change(self, conversation_id: str, **values: Any) -> None:
        query = update(conversations).where(conversations.c.id == conversation_id)
        self._db.execute(query.values(**values))

    def quiet_drafts(self, since: datetime) -> list[Conversation]:
        query = select(conversations).where(
            conversations.c.record_id.is_not(None), conversations.c.last_message_at < since
        )
        return [_conversation(row) for row in self._db.execute(query)]


def _conversation(row: Row[Any]) -> Conversation:
    strand = EntryKind(row.capture_strand) if row.capture_strand else None
    return Conversation(
        id=row.id,
        person=row.person,
        channel=row.channel,
        opened_at=row.opened_at,
        record_id=row.record_id,
        capture_strand=strand,
        capture_amends=row.capture_amends,
        asks=row.asks,
        danger_at=row.danger_at,
        last_message_at=row.last_message_at,
    )


class _SealedByConversation:
    """What inbox and turns share: the conversation's key."""

    def __init__(self, connection: Connection, keys: DataKeys, clock: Clock) -> None:
        self._db = connection
        self._keys = keys
        self._clock = clock

    def _seal(self, conversation_id: str, text: str, place: str) -> bytes:
        return self._keys.vault.seal(self._keys.of(conversation_id), text, place)

    def _open(self, conversation_id: str, sealed: bytes, place: str) -> str:
        return self._keys.vault.open(self._keys.of(conversation_id), sealed, place)


class InboxRows(_SealedByConversation):
    """Implements casework.ports.Inbox."""

    def take(
        self,
        *,
        conversation_id: str,
        channel: str,
        message_id: str,
        kind: str,
        text: str,
        strand: EntryKind | None,
        button: str | None,
        source_at: datetime,
    ) -> tuple[Message, bool]:
        known = self._by_message_id(channel, message_id)
        if known is not None:
            return known, False
        inbox_id = new_id()
        now = self._clock()
        values = {
            "id": inbox_id,
            "conversation_id": conversation_id,
            "channel": channel,
            "message_id": message_id,
            "kind": kind,
            "strand": strand,
            "button": button,
            "sealed": self._seal(conversation_id, text, f"inbox/{inbox_id}"),
            "source_at": source_at,
            "received_at": now,
            "attempts": 0,
        }
        self._db.execute(insert(inbox).values(fitting(inbox, values)))
        query = update(conversations).where(conversations.c.id == conversation_id)
        self._db.execute(query.values(last_message_at=now))
        return self.get(inbox_id), True

    def get(self, inbox_id: str) -> Message:
        query = select(inbox).where(inbox.c.id == inbox_id)
        row = self._db.execute(query).one_or_none()
        if row is None:
            raise UnknownRecord
        return self._message(row)

    def _by_message_id(self, channel: str, message_id: str) -> Message | None:
        query = select(inbox).where(inbox.c.channel == channel, inbox.c.message_id == message_id)
        row = self._db.execute(query).one_or_none()
        return self._message(row) if row else None

    def of_conversation(self, conversation_id: str) -> list[Message]:
        query = select(inbox).where(inbox.c.conversation_id == conversation_id)
        rows = self._db.execute(query.order_by(inbox.c.source_at, inbox.c.received_at))
        return [self._message(row) for row in rows]

    def unanswered(self, conversation_id: str) -> list[Message]:
        query = (
            select(inbox)
            .where(inbox.c.conversation_id == conversation_id, inbox.c.answered_at.is_(None))
            .order_by(inbox.c.source_at, inbox.c.received_at)
        )
        return [self._message(row) for row in self._db.execute(query)]

    def conversations_waiting(self) -> list[str]:
        query = select(inbox.c.conversation_id).where(inbox.c.answered_at.is_(None)).distinct()
        return list(self._db.execute(query).scalars())

    def mark_answered(self, inbox_id: str) -> None:
        query = update(inbox).where(inbox.c.id == inbox_id)
        self._db.execute(query.values(answered_at=self._clock()))

    def mark_attempt(self, inbox_id: str, error_code: str) -> None:
        query = update(inbox).where(inbox.c.id == inbox_id)
        self._db.execute(query.values(attempts=inbox.c.attempts + 1, last_error=error_code))

    def _message(self, row: Row[Any]) -> Message:
        text = self._open(row.conversation_id, row.sealed, f"inbox/{row.id}")
        return Message(
            id=row.id,
            conversation_id=row.conversation_id,
            channel=row.channel,
            message_id=row.message_id,
            kind=MessageKind(row.kind),
            text=Secret(text),
            strand=EntryKind(row.strand) if row.strand else None,
            button=row.button,
            source_at=row.source_at,
            received_at=row.received_at,
            attempts=row.attempts,
        )


class TurnRows(_SealedByConversation):
    """Implements casework.ports.Turns. A turn answers one message at most once."""

    def add(
        self, conversation_id: str, content: Mapping[str, Any], inbox_id: str | None = None
    ) -> Turn:
        values = {
            "conversation_id": conversation_id,
            "inbox_id": inbox_id,
            "at": self._clock(),
            "sealed": self._seal(conversation_id, json.dumps(content), "turn"),
        }
        query = insert(turns).values(values).returning(turns.c.id)
        turn = self.get(conversation_id, self._db.execute(query).scalar_one())
        assert turn is not None  # it was written in this transaction
        return turn

    def after(self, conversation_id: str, turn_id: int) -> list[Turn]:
        query = (
            select(turns)
            .where(turns.c.conversation_id == conversation_id, turns.c.id > turn_id)
            .order_by(turns.c.id)
        )
        return [self._turn(row) for row in self._db.execute(query)]

    def get(self, conversation_id: str, turn_id: int) -> Turn | None:
        query = select(turns).where(
            turns.c.conversation_id == conversation_id, turns.c.id == turn_id
        )
        row = self._db.execute(query).one_or_none()
        return self._turn(row) if row else None

    def latest(self, conversation_id: str, count: int = 1) -> list[Turn]:
        query = (
            select(turns)
            .where(turns.c.conversation_id == conversation_id)
            .order_by(turns.c.id.desc())
            .limit(count)
        )
        return [self._turn(row) for row in self._db.execute(query)]

    def _turn(self, row: Row[Any]) -> Turn:
        content = self._open(row.conversation_id, row.sealed, "turn")
        return Turn(row.id, row.conversation_id, row.inbox_id, row.at, json.loads(content))
