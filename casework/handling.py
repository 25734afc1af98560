"""What somebody does with a case they were asked about or have: each is a press and a line.

Whoever must not hear of a case finds nothing here, as everywhere (casework/escalate.py).
"""

from __future__ import annotations

from casework import record
from casework.errors import QuestionsOpen, ReasonMissing, UnknownRecord
from casework.facts import Escalation, NewEntry, RecordHead
from casework.house import House
from casework.ports import Work
from casework.vocabulary import EntryKind, Topic

LONGEST_REASON = 500


def pass_on(house: House, work: Work, reference: str, person: str) -> Escalation:
    """They cannot act on it: somebody else is asked at once."""
    head = _known(work, reference, person)
    climb = work.escalations.pass_on(head.id, person)
    text = f"{house.title(person)} passed this on."
    _write(work, head, person, Topic.PASSED_ON, text, EntryKind.ACTION_TAKEN)
    return climb


def snooze(house: House, work: Work, reference: str, person: str, reason: str) -> Escalation:
    """More time to the first step, for a reason. Raises SnoozedEnough, ReasonMissing."""
    said = _reason(reason)
    head = _known(work, reference, person)
    climb = work.escalations.snooze(head.id, person)
    _write(work, head, person, Topic.SNOOZED, said, EntryKind.NOTE)
    return climb


def hand_over(house: House, work: Work, reference: str, person: str, to: str) -> Escalation:
    """Asks `to` to take it; the holder keeps it until they have."""
    head = _known(work, reference, person)
    climb = work.escalations.hand_over(head.id, person, to)
    text = f"{house.title(person)} asked {house.title(to)} to take this."
    _write(work, head, person, Topic.HANDED_OVER, text, EntryKind.ACTION_TAKEN)
    return climb


def step(house: House, work: Work, reference: str, person: str, what: str) -> Escalation:
    """A protective step was taken; `what` is kept in the record, in their words."""
    said = _reason(what, "Say what you did to keep them safe. It is kept in the record.")
    head = _known(work, reference, person)
    climb = work.escalations.step_taken(head.id, person)
    _write(work, head, person, Topic.FIRST_STEP, said, EntryKind.ACTION_TAKEN)
    return climb


def close(
    house: House, work: Work, reference: str, person: str, reason: str, *, set_aside: str = ""
) -> Escalation:
    """Closes a case, for a reason. Questions that are open stop it, unless the holder says why
    they stay open: then each is kept as set aside, with that reason.

    Raises:
        QuestionsOpen: Questions are open, and nothing was said about them.
    """
    said = _reason(reason)
    head = _known(work, reference, person)
    climb = work.escalations.close(head.id, person)
    _settle_questions(house, work, head, person, set_aside.strip())
    _write(work, head, person, Topic.CLOSED, said, EntryKind.ACTION_TAKEN)
    return climb


def open_questions(house: House, work: Work, head: RecordHead) -> tuple[str, ...]:
    """The questions of this record that nobody has answered or set aside."""
    talk = work.conversations.get(head.conversation_id)
    return record.open_questions(house, work, talk)


def _settle_questions(
    house: House, work: Work, head: RecordHead, person: str, set_aside: str
) -> None:
    questions = open_questions(house, work, head)
    if questions and not set_aside:
        count = "One question is" if len(questions) == 1 else f"{len(questions)} questions are"
        raise QuestionsOpen(
            f"{count} still open. Have them answered, or say why they stay open, then close it."
        )
    # Setting one aside can open another ("only if" the first was answered): to the end of them.
    while questions:
        for question in questions:
            entry = NewEntry(
                kind=EntryKind.ANSWER,
                topic=question,
                text=_reason(set_aside),
                value=record.SKIPPED,
                by=person,
                told_at=work.now(),
                source_key=f"set-aside/{question}",
            )
            work.records.append(head.id, entry)
        questions = open_questions(house, work, head)


def _known(work: Work, reference: str, person: str) -> RecordHead:
    """Raises UnknownRecord, also for whoever must not hear of it."""
    head = work.records.head_by_reference(reference)
    if person in work.records.conflicted(head.id):
        raise UnknownRecord
    return head


def _reason(text: str, cure: str | None = None) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST_REASON:
        raise ReasonMissing(cure or "Say why. The reason is kept in the record.")
    return said


def _write(
    work: Work, head: RecordHead, person: str, topic: Topic, text: str, kind: EntryKind
) -> None:
    now = work.now()
    entry = NewEntry(
        kind=kind,
        topic=topic,
        text=text,
        by=person,
        told_at=now,
        source_key=f"{topic}/{person}/{now.isoformat()}",
    )
    work.records.append(head.id, entry)
