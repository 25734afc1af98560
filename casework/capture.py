"""The exact words: four strands that never mix, each line as it was typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from casework import escalate
from casework.errors import UnknownRecord
from casework.escalate import Told
from casework.facts import Conversation, Entry, Message, NewEntry
from casework.house import House
from casework.ports import Work
from casework.talk import already_said
from casework.vocabulary import (
    DANGER_NOW,
    GUIDED,
    STRANDS,
    EntryKind,
    RecordKind,
    Status,
    Topic,
)


@dataclass(frozen=True)
class Closed:
    """`lines` kept so far; `told` when nobody has to be waited for, else None."""

    reference: str
    lines: int
    told: Told | None


def open_capture(
    house: House, conversation_id: str, inbox_id: str, strand: EntryKind = EntryKind.WORDS
) -> str:
    """From now on every message is a line of `strand`. Returns the record's reference."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        message = work.inbox.get(inbox_id)
        head = house.open_case(work, talk, message, RecordKind.DISCLOSURE)
        work.conversations.change(talk.id, capture_strand=strand, capture_amends=None)
        return head.reference


def keep(house: House, message: Message) -> Entry:
    """Keeps one message as a line of the record, byte for byte.

    It works without an open capture too (a page that was left open, a terminal): the capture is
    opened, because a word that was sent is never lost.
    """
    return _keep(house, message, opens=None)


def _keep(house: House, message: Message, *, opens: EntryKind | None) -> Entry:
    """`opens`: the list that is open afterwards, if not the line's own."""
    mark = _mark(house, message)
    with house.store.work() as work:
        talk = work.conversations.get(message.conversation_id)
        head = house.open_case(work, talk, message, RecordKind.DISCLOSURE)
        standing = work.records.written(head.id, _key(message))
        if standing is not None:
            return standing  # answered late: the capture may have been closed meanwhile
        strand = message.strand or talk.capture_strand or EntryKind.WORDS
        work.conversations.change(talk.id, capture_strand=opens or strand, capture_amends=None)
        line = _line(talk, message, strand)
        if strand is EntryKind.QUESTION_ASKED:  # a corrected question is marked anew
            line = replace(line, value=mark)
        return work.records.append(head.id, line)


def _key(message: Message) -> str:
    return f"{message.id}/words"


def _line(talk: Conversation, message: Message, strand: EntryKind) -> NewEntry:
    amends = talk.capture_amends
    return NewEntry(
        kind=strand if amends is None else EntryKind.AMENDMENT,
        text=message.text,
        by=talk.person,
        told_at=message.source_at,
        links_to=amends,
        relation=None if amends is None else "amends",
        source_key=_key(message),
    )


def _mark(house: House, message: Message) -> str | None:
    """What the coach calls a question that was put to the person; it stands beside it. Asked before
    anything is written: the coach thinks for a moment, and everybody else would wait to write."""
    with house.store.read() as work:
        talk = work.conversations.get(message.conversation_id)
        if (message.strand or talk.capture_strand) is not EntryKind.QUESTION_ASKED:
            return None
        entries = work.records.entries(talk.record_id) if talk.record_id else []
    return _type_of(house, message.text, entries)


def _type_of(house: House, question: str, entries: Iterable[Entry]) -> str:
    return house.coach.question(question, already_said(house, entries)).type


def keep_asked(house: House, message: Message) -> bool:
    """Keeps a question that the reporter says they put to the person, with its mark, where no
    capture is open. Returns whether there was a record to keep it in."""
    with house.store.read() as work:
        talk = work.conversations.get(message.conversation_id)
        if talk.record_id is None or talk.capture_strand is not None:
            return False
        if work.records.head(talk.record_id).kind in GUIDED:
            return False
        if work.records.status(talk.record_id) is Status.FILED:
            return False
        entries = work.records.entries(talk.record_id)
    mark = _type_of(house, message.text, entries)
    with house.store.work() as work:
        line = replace(_line(talk, message, EntryKind.QUESTION_ASKED), value=mark)
        work.records.append(talk.record_id, line)
    return True


def listens(house: House, conversation_id: str) -> bool:
    """Whether somebody is telling them, and nothing of it is written down yet."""
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        if talk.record_id is None or work.records.status(talk.record_id) is Status.FILED:
            return False
        told_now = work.records.head(talk.record_id).kind is RecordKind.DISCLOSURE
        entries = work.records.entries(talk.record_id)
        # Danger was asked about, or an alarm went before every question.
        begun = any(entry.topic in (DANGER_NOW, Topic.DANGER) for entry in entries)
        written = {entry.kind for entry in entries if entry.kind in STRANDS}
        return told_now and begun and written <= {EntryKind.QUESTION_ASKED}


def keep_after_all(house: House, conversation_id: str, inbox_id: str) -> Entry:
    """A line that was taken for a question to Heard belongs among their words after all, whichever
    list is open; that one stays open."""
    with house.store.read() as work:
        message = work.inbox.get(inbox_id)
        if message.conversation_id != conversation_id:
            raise UnknownRecord
        strand = work.conversations.get(conversation_id).capture_strand
    return _keep(house, replace(message, strand=EntryKind.WORDS), opens=strand)


def begin_amending(house: House, conversation_id: str, seq: int) -> Entry:
    """The next line corrects line `seq`. The first version stays legible."""
    with house.store.work() as work:
        talk, entry = _own_line(work, conversation_id, seq)
        strand = entry.kind if entry.kind in STRANDS else EntryKind.WORDS
        work.conversations.change(talk.id, capture_amends=seq, capture_strand=strand)
        return entry


def also_in(
    house: House, conversation_id: str, inbox_id: str, seq: int, strand: EntryKind
) -> Entry:
    """Puts a line into another strand as well. It stays where it was, and the two are linked."""
    with house.store.work() as work:
        talk, entry = _own_line(work, conversation_id, seq)
        copy = NewEntry(
            kind=strand,
            text=entry.text,
            by=talk.person,
            told_at=entry.told_at,
            links_to=seq,
            relation="also_in",
            source_key=f"{inbox_id}/also/{seq}/{strand}",
        )
        assert talk.record_id is not None  # _own_line found a line in it
        if copy.kind is EntryKind.QUESTION_ASKED:
            entries = work.records.entries(talk.record_id)
            copy = replace(copy, value=_type_of(house, copy.text, entries))
        return work.records.append(talk.record_id, copy)


def _own_line(work: Work, conversation_id: str, seq: int) -> tuple[Conversation, Entry]:
    talk = work.conversations.get(conversation_id)
    if talk.record_id is None:
        raise UnknownRecord
    return talk, work.records.entry(talk.record_id, seq)


def close_capture(house: House, conversation_id: str) -> Closed | None:
    """Done writing: the case goes up, after a short wait for the question whom it concerns.

    The wait ends by itself, so that nobody has to answer for somebody to be told. None when no
    record is open.
    """
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        work.conversations.change(talk.id, capture_strand=None, capture_amends=None)
        if talk.record_id is None:
            return None
        head = work.records.head(talk.record_id)
        lines = sum(entry.kind in STRANDS for entry in work.records.entries(head.id))
        settled = escalate.is_settled(work, head)
        urgency = escalate.usual_urgency(work, head)
        told = escalate.start(house, work, head, urgency, hold=not settled)
        return Closed(head.reference, lines, told if told.names else None)
