"""The things a case is made of, as plain values: what the store hands out and takes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from casework.vocabulary import EntryKind, RecordKind, Status, Urgency


class Secret(str):
    """Text of a case. It behaves as text and its `repr` hides it, so that no log shows it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('…')"


@dataclass(frozen=True)
class RecordHead:
    """A record without its content."""

    id: str
    reference: str
    kind: RecordKind
    conversation_id: str
    reporter: str
    opened_at: datetime
    pack: str
    pack_version: str
    pack_hash: str


@dataclass(frozen=True)
class NewEntry:
    """One line to be written.

    `source_key` makes a repeat harmless: a second entry with the same key in the same record
    is the first one. Times are aware UTC: `happened_at` when it happened (None: not known as a
    time), `told_at` when it was told. `links_to` is the seq of another entry of the record,
    `relation` what the link means ("amends", "also_in", "answers_again", "dismisses").
    """

    kind: EntryKind
    text: str
    by: str
    source_key: str
    told_at: datetime | None = None
    happened_at: datetime | None = None
    topic: str | None = None
    links_to: int | None = None
    relation: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Entry:
    """One line as it stands in the record; `seq` counts from 1 within the record.

    `value` is what an answer means (yes, no, unsure, skipped, dont_know, child, adult …); of a
    question put to the person it is the coach's mark (invitation, suggestive …).
    `destroyed`: its key is gone, and `text` is empty for good. `withheld`: whoever reads here has
    no need to know it; they see that the line stands (records/permissions.py).
    """

    seq: int
    kind: EntryKind
    text: Secret
    by: str
    told_at: datetime | None
    happened_at: datetime | None
    written_at: datetime
    topic: str | None
    links_to: int | None
    relation: str | None
    value: str | None
    hash: str
    source_key: str
    destroyed: bool = False
    withheld: bool = False


@dataclass(frozen=True)
class Conversation:
    """One conversation is one case: never one per person (reliability.md R4, neighbours 3)."""

    id: str
    person: str
    channel: str
    opened_at: datetime
    record_id: str | None = None
    capture_strand: EntryKind | None = None
    capture_amends: int | None = None
    asks: str | None = None
    danger_at: datetime | None = None
    last_message_at: datetime | None = None


class MessageKind(StrEnum):
    """How a message came: typed, a button, or put into the open capture."""

    TEXT = "text"
    PRESS = "press"
    WORDS = "words"


@dataclass(frozen=True)
class Message:
    """A message as the channel received it, before anybody read it.

    For a press, `button` is the id of the button and `text` its title.
    """

    id: str
    conversation_id: str
    channel: str
    message_id: str
    kind: MessageKind
    text: Secret
    strand: EntryKind | None
    button: str | None
    source_at: datetime
    received_at: datetime
    attempts: int = 0

    @property
    def sent_as(self) -> str:
        """The id that the sender gave it, without the conversation that makes it unique."""
        return self.message_id.removeprefix(f"{self.conversation_id}:")


@dataclass(frozen=True)
class Turn:
    """What was answered, or pushed: `content` is the turn object of connectors/turns.py."""

    id: int
    conversation_id: str
    inbox_id: str | None
    at: datetime
    content: Mapping[str, Any] = field(repr=False)


class EscalationStatus(StrEnum):
    """Where an escalation stands. Acknowledged: somebody has it, and the second clock runs until
    their first protective step; acting: they have taken it."""

    HOLDING = "holding"
    CLIMBING = "climbing"
    ACKNOWLEDGED = "acknowledged"
    ACTING = "acting"
    UNDELIVERED = "undelivered"
    CLOSED = "closed"

    @property
    def is_held(self) -> bool:
        """Whether somebody has it."""
        return self in (EscalationStatus.ACKNOWLEDGED, EscalationStatus.ACTING)


@dataclass(frozen=True)
class Escalation:
    """One case's climb, without a word of its content.

    `rung` counts from 0; `asked` are the people whose turn it is now, `left_out` those who must
    not hear of it; `due_at` when something happens by itself: the next rung is tried, or the holder
    is asked what they did; `since` when the escalation began, `turn_since` when this turn did.
    `passed` have said that they cannot, or went quiet; `handed_to` may take it from the holder.
    """

    record_id: str
    reference: str
    kind: RecordKind
    urgency: Urgency
    status: EscalationStatus
    rung: int
    asked: tuple[str, ...]
    left_out: frozenset[str]
    since: datetime
    due_at: datetime | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    turn_since: datetime
    stepped_at: datetime | None = None
    nudged_at: datetime | None = None
    handed_to: str | None = None
    passed: tuple[str, ...] = ()

    @property
    def whose_turn(self) -> tuple[str, ...]:
        """Who has to do something now: the holder, or everybody who is asked."""
        if self.status is EscalationStatus.CLOSED:
            return ()
        return (self.acknowledged_by,) if self.acknowledged_by else self.asked

    @property
    def silence(self) -> tuple[bool, int, datetime]:
        """What nobody has yet comes first, the most urgent of it, and then the longest silent."""
        return self.acknowledged_at is not None, self.urgency.rank, self.since

    @property
    def is_open(self) -> bool:
        """Whether it is anybody's business still."""
        return self.status is not EscalationStatus.CLOSED


@dataclass(frozen=True)
class CaseState:
    """A record with how far it has come."""

    head: RecordHead
    status: Status
    escalation: Escalation | None


@dataclass(frozen=True)
class Duty:
    """Something with a date, of one person or of whoever holds a role; ids only. With both, it is
    for that person, and whoever holds the role for them does it.

    `kind` is the pack's id of it, or one of Heard's own (breach_decision, official_request,
    tell_person), which are about a record.
    """

    id: str
    key: str
    kind: str
    person: str | None
    role: str | None
    record_id: str | None
    added_at: datetime
    due_at: datetime
    done_at: datetime | None
    done_by: str | None
