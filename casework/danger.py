"""Danger, asked or noticed, in any state: the alarm goes up before any further question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from casework import escalate
from casework.escalate import Told
from casework.facts import Conversation, Entry, Message, MessageKind, NewEntry, RecordHead
from casework.house import House, first_message, not_sorted
from casework.ports import Work
from casework.vocabulary import EntryKind, RecordKind, Topic, Urgency

# A person who writes on about the same danger is not stopped at every line.
QUIET_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Alarm:
    """`interrupt` says whether the person should be stopped now, or was a moment ago."""

    told: Told
    interrupt: bool


def raise_alarm(house: House, conversation_id: str, inbox_id: str) -> Alarm:
    """Keeps what was said, opens a record when there is none, and starts the emergency ladder.

    Idempotent on the inbox id: the connector calls it when it notices danger, and the dialogue
    calls it again when it says what to do.
    """
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        return alarm_in(house, work, talk, work.inbox.get(inbox_id))


def alarm_in(house: House, work: Work, talk: Conversation, message: Message) -> Alarm:
    """The same, inside a transaction."""
    head = _open_case(house, work, talk, message)
    is_new = work.records.written(head.id, _key(message)) is None
    noted_at = _note_danger(work, head, talk, message).written_at
    # The dialogue may say what to do hours later, when somebody has dealt with it: a case that
    # was closed since is not raised anew by the same message.
    told = None if is_new else escalate.release(house, work, head)
    told = told or escalate.start(house, work, head, Urgency.EMERGENCY)
    last = talk.danger_at
    # A message that is tried again interrupts again: nobody may have seen it the first time.
    fresh = last is None or last == noted_at or noted_at - last > QUIET_AFTER
    if fresh:
        work.conversations.change(talk.id, danger_at=noted_at)
    if fresh and is_new:
        work.escalations.tell_holder(head.id)
    return Alarm(told, fresh)


def _open_case(house: House, work: Work, talk: Conversation, message: Message) -> RecordHead:
    """The record, with what was typed before and still waits for its answer: it may name the very
    person who would be told."""
    waiting = [
        one
        for one in work.inbox.unanswered(talk.id)
        if one.kind is MessageKind.TEXT and one.id != message.id
        if one.source_at <= message.source_at
    ]
    begins = talk.record_id is None
    head = house.open_case(work, talk, next(iter(waiting), message), RecordKind.DISCLOSURE)
    for one in waiting:
        if work.records.written(head.id, f"{one.id}/words") is None:
            typed = first_message(one, talk) if begins else not_sorted(one, talk)
            work.records.append(head.id, typed)
    return head


def _note_danger(work: Work, head: RecordHead, talk: Conversation, message: Message) -> Entry:
    """The sentence itself stands here only when no other line of the record holds it."""
    is_line = work.records.written(head.id, f"{message.id}/words") is not None
    elsewhere = is_line or message.kind is not MessageKind.TEXT
    entry = NewEntry(
        kind=EntryKind.NOTE,
        topic=Topic.DANGER,
        text="" if elsewhere else message.text,
        by=talk.person,
        told_at=message.source_at,
        source_key=_key(message),
    )
    return work.records.append(head.id, entry)


def _key(message: Message) -> str:
    return f"{message.id}/danger"


def said_before(work: Work, talk: Conversation, message: Message) -> bool:
    """Whether a question waits, and this very text raised the alarm when it was put before: "rang
    999 and they are coming" is the answer, or the question would be asked without end."""
    if talk.asks is None or talk.record_id is None:
        return False
    own = work.records.written(talk.record_id, _key(message))
    alarms = [
        entry.text
        for entry in work.records.entries(talk.record_id)
        if entry.topic == Topic.DANGER and (own is None or entry.seq < own.seq)
    ]
    return bool(alarms) and str(alarms[-1]).strip().casefold() == message.text.strip().casefold()


def note(house: House, conversation_id: str, inbox_id: str, topic: Topic) -> str | None:
    """Keeps that the person rang 999, or that nobody is in danger after all.

    The ladder goes on either way: somebody must still look. After a false alarm the next danger
    is news again. Returns the reference, or None when there is no record.
    """
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        if talk.record_id is None:
            return None
        message = work.inbox.get(inbox_id)
        entry = NewEntry(
            kind=EntryKind.ACTION_TAKEN if topic is Topic.CALLED_999 else EntryKind.NOTE,
            topic=topic,
            text=message.text if message.kind is MessageKind.TEXT else "",
            by=talk.person,
            told_at=message.source_at,
            source_key=f"{message.id}/{topic}",
        )
        work.records.append(talk.record_id, entry)
        if topic is Topic.DANGER_DISMISSED:
            work.conversations.change(talk.id, danger_at=None)
        return work.records.head(talk.record_id).reference
