"""The record around the words: one question at a time, read back, corrected, signed and filed.

Which questions there are, and when, is the pack's; what an answer means is the coach's; what is
asked next is decided here, from what stands in the record, and nowhere else.
Source: recording-guidance.md 3a.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework import escalate
from casework.ages import age_group
from casework.errors import UnknownRecord
from casework.escalate import Told
from casework.facts import Conversation, Entry, Message, NewEntry, RecordHead, Secret
from casework.house import House
from casework.ports import Work
from casework.vocabulary import (
    DANGER_NOW,
    INVOLVES_US,
    SAFE_NOW,
    STRANDS,
    WHICH_OF_US,
    EntryKind,
    Topic,
    Urgency,
)
from casework.words import clock_words

SUBJECT = "subject"
CHILD_OR_ADULT = "child_or_adult"
SKIPPED = "skipped"
DONT_KNOW = "dont_know"
# What a person wrote in a strand answers this question already.
KNOWN_FROM = {"demeanour": EntryKind.OBSERVATION}


@dataclass(frozen=True)
class Kept:
    """An answer that stands; `told` when it was the one that let the case go up."""

    entry: Entry
    told: Told | None


@dataclass(frozen=True)
class Line:
    """One line of the read-back."""

    question: str
    text: Secret
    value: str | None


@dataclass(frozen=True)
class ReadBack:
    """The record as the person is asked to sign it. `counts` is lines kept per strand."""

    head: RecordHead
    counts: Mapping[EntryKind, int]
    answers: tuple[Line, ...]
    told_at: str


def still_asked(house: House, conversation_id: str) -> tuple[str, ...]:
    """The questions that are open, in the pack's order."""
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        return open_questions(house, work, talk)


def open_questions(house: House, work: Work, talk: Conversation) -> tuple[str, ...]:
    """The same, inside a transaction."""
    if talk.record_id is None:
        return ()
    values = known_values(work, talk.record_id)
    kinds = work.records.kinds(talk.record_id)
    known = {question for question, kind in KNOWN_FROM.items() if kind in kinds}
    return tuple(
        question
        for question in house.pack.questions_given(values)
        if question not in values and question not in known
    )


def known_values(work: Work, record_id: str) -> dict[str, str]:
    """What each answered question was answered with, and what follows from an answer: nobody is
    asked what they already said."""
    latest = latest_answers(work, record_id)
    values = {question: entry.value or "" for question, entry in latest.items()}
    if SUBJECT in latest and CHILD_OR_ADULT not in values:
        group = age_group(latest[SUBJECT].text)
        return values | ({CHILD_OR_ADULT: group} if group else {})
    return values


def latest_answers(work: Work, record_id: str) -> dict[str, Entry]:
    """The answer that counts for each question: the last one."""
    return {entry.topic: entry for entry in work.records.answers(record_id) if entry.topic}


def answer(
    house: House,
    conversation_id: str,
    inbox_id: str,
    question: str,
    *,
    text: str,
    value: str | None,
) -> Kept:
    """Keeps one answer. A second answer to the same question amends the first, which stays.

    Args:
        text: As typed; for a button, its title.
        value: What it means: yes, no, unsure, skipped, dont_know …; None for a free answer.
    """
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        message = work.inbox.get(inbox_id)
        return keep_answer(house, work, talk, message, question, text=text, value=value)


def keep_answer(
    house: House,
    work: Work,
    talk: Conversation,
    message: Message,
    question: str,
    *,
    text: str,
    value: str | None,
) -> Kept:
    """The same, inside a transaction."""
    if talk.record_id is None:
        raise UnknownRecord
    head = work.records.head(talk.record_id)
    entry = work.records.append(head.id, _answer(work, talk, message, question, text, value))
    return Kept(entry, _follow(house, work, head, question, entry))


def _answer(
    work: Work, talk: Conversation, message: Message, question: str, text: str, value: str | None
) -> NewEntry:
    assert talk.record_id is not None
    earlier = latest_answers(work, talk.record_id).get(question)
    amends = earlier is not None and earlier.source_key != f"{message.id}/{question}"
    return NewEntry(
        kind=EntryKind.ANSWER,
        topic=question,
        text=text,
        value=value,
        by=talk.person,
        told_at=message.source_at,
        links_to=earlier.seq if earlier and amends else None,
        relation="amends" if amends else None,
        source_key=f"{message.id}/{question}",
    )


def _follow(house: House, work: Work, head: RecordHead, question: str, entry: Entry) -> Told | None:
    """What an answer sets in motion, in the same transaction as the answer."""
    if question == WHICH_OF_US:
        return _leave_out_named(house, work, head, entry)
    if question == INVOLVES_US and entry.value in ("no", SKIPPED):
        return escalate.release(house, work, head)
    urgency = _urgency_of(question, entry.value)
    if urgency is not None:
        return escalate.start(house, work, head, urgency)
    return None


def _leave_out_named(house: House, work: Work, head: RecordHead, entry: Entry) -> Told | None:
    escalate.leave_out(house, work, head, escalate.named_in(house, head.reporter, entry.text))
    told = escalate.release(house, work, head)
    # Nobody was told yet of a concern that begins with whom it is about.
    return told or escalate.start(house, work, head, escalate.usual_urgency(work, head))


def _urgency_of(question: str, value: str | None) -> Urgency | None:
    """Urgency comes from what was answered, never from the channel."""
    if (question, value) in ((DANGER_NOW, "yes"), (SAFE_NOW, "no")):
        return Urgency.EMERGENCY
    if question == SAFE_NOW and value in ("unsure", DONT_KNOW):
        return Urgency.URGENT
    return None


def has_no_lines(house: House, conversation_id: str) -> bool:
    """Whether nothing was written yet of what was said, seen or thought. A question that they put
    is kept in passing."""
    written = set(STRANDS) - {EntryKind.QUESTION_ASKED}
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        return talk.record_id is not None and not written & work.records.kinds(talk.record_id)


def finish_early(house: House, conversation_id: str, inbox_id: str) -> Told | None:
    """Enough for now: what is open is kept as skipped, but for whether they are safe.

    Returns who was told by it, if it was whom the case concerns that was skipped.
    """
    told = [
        answer(house, conversation_id, inbox_id, question, text="", value=SKIPPED).told
        for question in still_asked(house, conversation_id)
        if question != SAFE_NOW
    ]
    return next((one for one in told if one is not None), None)


def read_back(house: House, work: Work, talk: Conversation) -> ReadBack:
    """The record as it stands, for the person who made it."""
    if talk.record_id is None:
        raise UnknownRecord
    entries = work.records.entries(talk.record_id)
    counts = {kind: sum(entry.kind is kind for entry in entries) for kind in STRANDS}
    latest = latest_answers(work, talk.record_id)
    told = [entry.told_at for entry in entries if entry.kind is EntryKind.WORDS and entry.told_at]
    head = work.records.head(talk.record_id)
    return ReadBack(
        head=head,
        counts=counts,
        answers=tuple(Line(q, entry.text, entry.value) for q, entry in latest.items()),
        told_at=clock_words(min(told, default=head.opened_at), work.now()),
    )


def file(house: House, conversation_id: str, inbox_id: str) -> Told:
    """Signs and files the record. Somebody is told, if nobody was yet."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        if talk.record_id is None:
            raise UnknownRecord
        head = work.records.head(talk.record_id)
        signature = NewEntry(
            kind=EntryKind.ACTION_TAKEN,
            topic=Topic.FILED,
            text=f"Read back, signed and filed by {house.title(talk.person)}.",
            by=talk.person,
            told_at=work.inbox.get(inbox_id).source_at,
            source_key=f"{inbox_id}/filed",
        )
        work.records.append(head.id, signature)
        return escalate.start(house, work, head, escalate.usual_urgency(work, head))
