"""Cases of one person: opening, status, carrying on, starting again, and drafts left alone."""

from __future__ import annotations

from dataclasses import dataclass

from casework import escalate
from casework.facts import Conversation, Escalation, Message, NewEntry, RecordHead
from casework.house import House, first_message, not_sorted
from casework.ports import Store, Work
from casework.vocabulary import (
    GUIDED,
    INVOLVES_US,
    STRANDS,
    EntryKind,
    RecordKind,
    Status,
    Topic,
    Urgency,
    utc_now,
)
from casework.words import clock_words, name_of, names_of


@dataclass(frozen=True)
class Case:
    """One conversation that has a record."""

    conversation_id: str
    head: RecordHead
    status: Status
    escalation: Escalation | None


def open_case(house: House, conversation_id: str, inbox_id: str, kind: RecordKind) -> Case:
    """The conversation's case; opened when there was none."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        head = house.open_case(work, talk, work.inbox.get(inbox_id), kind)
        return _case(work, talk, head)


def keep_note(house: House, conversation_id: str, inbox_id: str) -> None:
    """Keeps what somebody tells on before anything was asked of them, beside what they wrote
    first."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        assert talk.record_id is not None  # a case is open here
        work.records.append(talk.record_id, first_message(work.inbox.get(inbox_id), talk))


def keep_unread(house: House, conversation_id: str, inbox_id: str) -> None:
    """Keeps what was typed while somebody tells and could not be understood."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        assert talk.record_id is not None  # a case is open here
        work.records.append(talk.record_id, not_sorted(work.inbox.get(inbox_id), talk))


def began_with(house: House, conversation_id: str) -> Message | None:
    """What the case was begun with in writing, if it was."""
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        entries = work.records.entries(talk.record_id) if talk.record_id is not None else ()
        first = next((one for one in entries if one.topic == Topic.FIRST_MESSAGE), None)
        return work.inbox.get(str(first.source_key).partition("/")[0]) if first else None


def beside_guide(house: House, conversation_id: str, inbox_id: str, kind: RecordKind) -> str | None:
    """Where a guide leads, what somebody tells now is another case: a conversation of its own is
    opened for it. Returns its id; None where no guide leads."""
    here = of_conversation(house, conversation_id)
    if here is None or here.head.kind not in GUIDED:
        return None
    other = begin_again(house, conversation_id)
    open_case(house, other, inbox_id, kind)
    return other


def of_conversation(house: House, conversation_id: str) -> Case | None:
    """The case of this conversation, if it has one."""
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        if talk.record_id is None:
            return None
        return _case(work, talk, work.records.head(talk.record_id))


def of_person(house: House, person: str) -> list[Case]:
    """Every case this person reported, newest first."""
    return of_person_in(house.store, person)


def of_person_in(store: Store, person: str) -> list[Case]:
    """The same, for whoever has no more than the store."""
    with store.read() as work:
        heads = work.records.heads_of_reporter(person)
        return [_case(work, work.conversations.get(h.conversation_id), h) for h in heads]


def open_drafts(house: House, person: str) -> list[Case]:
    """Cases of this person that were begun and not filed, newest first; a duty has its date, and
    is put before them by that."""
    return [
        case
        for case in of_person(house, person)
        if case.status is Status.DRAFT and case.head.kind is not RecordKind.DUTY
    ]


def holder(house: House, climb: Escalation) -> dict[str, str]:
    """Who has a case and since when, as domain.yml's braces name them."""
    assert climb.acknowledged_by is not None
    assert climb.acknowledged_at is not None
    at = clock_words(climb.acknowledged_at, utc_now())
    return {"by": name_of(house.organisation, climb.acknowledged_by), "at": at}


def asked(house: House, climb: Escalation) -> dict[str, str]:
    """Who has been asked and since when."""
    return {
        "told": names_of(house.organisation, climb.asked),
        "since": clock_words(climb.since, utc_now()),
    }


def _case(work: Work, talk: Conversation, head: RecordHead) -> Case:
    return Case(talk.id, head, work.records.status(head.id), work.escalations.of_record(head.id))


def begin_again(house: House, conversation_id: str) -> str:
    """A new conversation beside this one. What was said stays where it is, and stays a draft
    that goes up by itself. Returns the new conversation's id."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        work.conversations.change(talk.id, capture_strand=None, capture_amends=None)
        return work.conversations.open(person=talk.person, channel=talk.channel).id


def escalate_quiet_drafts(house: House) -> list[str]:
    """A draft that was left alone with harm in it goes up by itself.

    Returns the conversations that were escalated, so that their reporters are told.
    """
    wait = house.organisation.draft_escalates_after(house.pack)
    with house.store.read() as work:
        quiet = work.conversations.quiet_drafts(work.now() - wait)
        waiting = [talk.id for talk in quiet if _needs_escalation(work, talk)]
    return [talk_id for talk_id in waiting if _escalate_draft(house, talk_id)]


def _needs_escalation(work: Work, talk: Conversation) -> bool:
    if talk.record_id is None or work.escalations.of_record(talk.record_id) is not None:
        return False
    head = work.records.head(talk.record_id)
    has_words = bool(set(STRANDS) & work.records.kinds(head.id))
    about_us = INVOLVES_US in work.records.topics(head.id)
    return head.kind is RecordKind.DISCLOSURE or has_words or about_us


def _escalate_draft(house: House, conversation_id: str) -> bool:
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        if not _needs_escalation(work, talk):
            return False
        assert talk.record_id is not None  # _needs_escalation looked
        head = work.records.head(talk.record_id)
        work.records.append(head.id, _left_alone(work))
        escalate.start(house, work, head, Urgency.URGENT)
        return True


def _left_alone(work: Work) -> NewEntry:
    return NewEntry(
        kind=EntryKind.NOTE,
        topic=Topic.LEFT_ALONE,
        text="The conversation was left before it was finished, so it was raised by itself.",
        by="heard",
        told_at=work.now(),
        source_key="left-alone",
    )
