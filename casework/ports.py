"""What the use cases need from below: implemented by records/ and escalation/, joined in run/."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from casework.facts import (
    Conversation,
    Duty,
    Entry,
    Escalation,
    Message,
    NewEntry,
    RecordHead,
    Turn,
)
from casework.vocabulary import EntryKind, RecordKind, Status, Urgency
from policy.pack import Pack

T = TypeVar("T")
Clock = Callable[[], datetime]


class Records(Protocol):
    """Append-only records. Nothing here changes or removes a line."""

    def open(
        self, *, kind: RecordKind, conversation_id: str, reporter: str, pack: Pack
    ) -> RecordHead:
        """Opens a record with its own data key and the next reference of the year."""

    def append(self, record_id: str, entry: NewEntry) -> Entry:
        """Writes one line; the same `source_key` again returns the line that stands."""

    def written(self, record_id: str, source_key: str) -> Entry | None:
        """The line of this source key, if it stands."""

    def head(self, record_id: str) -> RecordHead:
        """Raises UnknownRecord."""

    def head_by_reference(self, reference: str) -> RecordHead:
        """Raises UnknownRecord."""

    def heads(self) -> list[RecordHead]:
        """Every record, newest first. Callers filter by permission."""

    def heads_of_reporter(self, person: str) -> list[RecordHead]:
        """The records this person opened, newest first."""

    def entries(self, record_id: str) -> list[Entry]:
        """Every line in order, opened."""

    def entry(self, record_id: str, seq: int) -> Entry:
        """One line, opened. Raises UnknownRecord."""

    def answers(self, record_id: str) -> list[Entry]:
        """The answers in order; a later one to the same question amends the earlier."""

    def of_topic(self, topic: str, record_id: str | None = None) -> list[tuple[str, Entry]]:
        """The lines of a topic, opened, in one record or in all: (record id, line)."""

    def kinds(self, record_id: str) -> frozenset[EntryKind]:
        """Which kinds of line stand in the record; opens nothing."""

    def topics(self, record_id: str) -> frozenset[str]:
        """Which topics (question ids among them) have a line; opens nothing."""

    def status(self, record_id: str) -> Status:
        """Draft until a `filed` entry stands."""

    def add_conflict(self, record_id: str, person: str) -> None:
        """This person never sees the record from now on. Twice is once."""

    def conflicted(self, record_id: str) -> frozenset[str]:
        """Everybody left out of this record."""


class Conversations(Protocol):
    """Conversations and their small working state."""

    def open(self, *, person: str, channel: str) -> Conversation: ...

    def get(self, conversation_id: str) -> Conversation:
        """Raises UnknownRecord."""

    def of_person(self, person: str) -> list[Conversation]:
        """Newest first."""

    def change(self, conversation_id: str, **values: Any) -> None:
        """Sets working state (record_id, capture_strand, capture_amends, asks, danger_at …)."""

    def quiet_drafts(self, since: datetime) -> list[Conversation]:
        """Conversations with a record whose last message is older than `since`."""


class Inbox(Protocol):
    """Every message, kept before anybody answers it."""

    def get(self, inbox_id: str) -> Message: ...

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
        """Keeps a message. Returns it and whether it is new (False: a repeat)."""

    def of_conversation(self, conversation_id: str) -> list[Message]: ...

    def unanswered(self, conversation_id: str) -> list[Message]:
        """Messages without an outcome, oldest first by the source's own time."""

    def conversations_waiting(self) -> list[str]:
        """Conversations that have a message without an outcome."""

    def mark_answered(self, inbox_id: str) -> None: ...

    def mark_attempt(self, inbox_id: str, error_code: str) -> None: ...


class Turns(Protocol):
    """What was answered or pushed, in order, sealed."""

    def add(
        self, conversation_id: str, content: Mapping[str, Any], inbox_id: str | None = None
    ) -> Turn: ...

    def after(self, conversation_id: str, turn_id: int) -> list[Turn]: ...

    def get(self, conversation_id: str, turn_id: int) -> Turn | None: ...

    def latest(self, conversation_id: str, count: int = 1) -> list[Turn]:
        """The last `count` turns, newest first."""


class Escalations(Protocol):
    """The ladder of a case. Every call joins the caller's transaction."""

    def start(
        self,
        head: RecordHead,
        urgency: Urgency,
        *,
        left_out: frozenset[str],
        hold_seconds: int = 0,
    ) -> Escalation:
        """Starts the climb, or raises its urgency when one is running (never lowers it).

        With `hold_seconds` nobody is asked before that time has run out or `release` is called.
        An acknowledged case stays acknowledged unless the new urgency is higher.
        """

    def release(self, record_id: str, *, left_out: frozenset[str]) -> Escalation | None:
        """Ends a hold: the first rung is asked now."""

    def leave_out(self, record_id: str, left_out: frozenset[str]) -> Escalation | None:
        """Somebody was named late: they are asked no more; an empty rung moves on at once."""

    def acknowledge(self, record_id: str, person: str) -> Escalation:
        """First press wins. Raises AlreadyAcknowledged, NotAllowed, and UnknownRecord, also while
        the case is on hold."""

    def pass_on(self, record_id: str, person: str) -> Escalation:
        """The holder, or somebody who is asked, cannot: the others are asked, or the next rung.

        Raises as `acknowledge` does, and so do the next four, which are the holder's only.
        """

    def snooze(self, record_id: str, person: str) -> Escalation:
        """The time to the first step once more, twice at most. Raises SnoozedEnough."""

    def hand_over(self, record_id: str, person: str, to: str) -> Escalation:
        """`to` is asked to take it; the holder has it until they do. NotAllowed: they may not."""

    def step_taken(self, record_id: str, person: str) -> Escalation:
        """The first protective step was taken: the second clock stops."""

    def close(self, record_id: str, person: str) -> Escalation:
        """Nobody is asked about it any more, until something new is told."""

    def tell_holder(self, record_id: str) -> None:
        """Tells whoever has the case that something new and urgent was told. Where nobody has it,
        nothing: whoever is asked is asked again anyway."""

    def of_record(self, record_id: str) -> Escalation | None: ...

    def all_ones(self) -> list[Escalation]:
        """The same, with those that are closed."""

    def tell(self, record_id: str, response: str, slots: Mapping[str, str]) -> None:
        """Tells whoever reported it something, by the name of the response, in this transaction."""

    def open_ones(self) -> list[Escalation]:
        """Every escalation that is not closed, the longest silent first."""

    def ever_asked(self) -> Mapping[str, frozenset[str]]:
        """Everybody who was ever asked to act, or has answered, by record."""

    def steps(self, record_id: str) -> list[Mapping[str, Any]]:
        """The climb so far: {"at", "rung", "route", "person", "result"} per attempt, in order."""


class Duties(Protocol):
    """What somebody has to do by a date. Reminders run over the same rows."""

    def add(
        self,
        kind: str,
        key: str,
        due_at: datetime,
        *,
        person: str | None = None,
        role: str | None = None,
        record_id: str | None = None,
    ) -> Duty:
        """Puts it on the calendar; the same `key` again returns what stands."""

    def get(self, duty_id: str) -> Duty:
        """Raises UnknownRecord."""

    def due(self, by: datetime) -> list[Duty]:
        """What is not done and due by then, the oldest first."""

    def of_record(self, record_id: str) -> list[Duty]:
        """What is or was to be done about a record, as it was added."""

    def done_since(self, at: datetime) -> list[Duty]:
        """What was done since then, the newest first."""

    def done(self, duty_id: str, by: str) -> Duty:
        """It was done, now; the first who says so counts. Raises UnknownRecord."""


class Work(Protocol):
    """One transaction over everything."""

    @property
    def records(self) -> Records: ...

    @property
    def conversations(self) -> Conversations: ...

    @property
    def inbox(self) -> Inbox: ...

    @property
    def turns(self) -> Turns: ...

    @property
    def escalations(self) -> Escalations: ...

    @property
    def duties(self) -> Duties: ...

    def now(self) -> datetime: ...


class Store(Protocol):
    """Opens transactions. Raises StoreUnavailable when it cannot, or cannot commit."""

    def work(self) -> AbstractContextManager[Work]:
        """Read and write; commits at the end of the block, rolls back on any error."""

    def together(self, act: Callable[[Work], T]) -> T:
        """A small transaction: committed with those that wait at the same moment, so that many
        wait for the disk once. Returns what `act` does."""

    def read(self) -> AbstractContextManager[Work]:
        """Read only."""
