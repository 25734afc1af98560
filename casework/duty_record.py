"""The record of a duty: which it is, what was asked and what was answered, signed at the end.

It is the person's own. Whoever oversees the duty sees that it was done, and what they are asked.
"""

from __future__ import annotations

from casework import duties
from casework.errors import NotAllowed, ReasonMissing
from casework.facts import Conversation, Duty, NewEntry, RecordHead
from casework.guided import Guided
from casework.house import House
from casework.ports import Work
from casework.vocabulary import EntryKind, RecordKind, Status, Topic

LONGEST_REASON = 500


def find(work: Work, duty: Duty, person: str) -> RecordHead | None:
    """The record in which this person has begun to answer it."""
    for head in work.records.heads_of_reporter(person):
        if head.kind is RecordKind.DUTY:
            lines = work.records.of_topic(Topic.DUTY, head.id)
            if any(entry.value == duty.id for _, entry in lines):
                return head
    return None


def open_for(house: House, work: Work, duty: Duty, talk: Conversation) -> RecordHead:
    """Opens it in a conversation that has none. Whoever may not know of the record that the duty
    is about may not know of this one."""
    head = work.records.open(
        kind=RecordKind.DUTY, conversation_id=talk.id, reporter=talk.person, pack=house.pack
    )
    work.conversations.change(talk.id, record_id=head.id)
    if duty.record_id is not None:
        for person in work.records.conflicted(duty.record_id) - {talk.person}:
            work.records.add_conflict(head.id, person)
    line = NewEntry(
        kind=EntryKind.NOTE,
        topic=Topic.DUTY,
        text=duty.kind,
        value=duty.id,
        by="heard",
        told_at=work.now(),
        source_key="duty",
    )
    work.records.append(head.id, line)
    return head


def is_one(case: Guided) -> bool:
    """Whether this record answers a duty."""
    return case.head.kind is RecordKind.DUTY


def duty_of(work: Work, case: Guided) -> Duty:
    """The duty that a record answers."""
    line = case.last(Topic.DUTY)
    assert line is not None  # the first line of its record
    return work.duties.get(line.value or "")


def sign(house: House, work: Work, head: RecordHead, person: str, source_key: str) -> None:
    """The person's last answer is their signature."""
    signature = NewEntry(
        kind=EntryKind.ACTION_TAKEN,
        topic=Topic.FILED,
        text=f"Answered, signed and filed by {house.title(person)}.",
        by=person,
        told_at=work.now(),
        source_key=source_key,
    )
    work.records.append(head.id, signature)


def close(house: House, work: Work, duty_id: str, person: str, reason: str) -> Duty:
    """Whoever oversees a duty says that it need not be done: somebody has left, or it was begun in
    error. Their reason is kept in its record.

    Raises:
        NotAllowed: It is not theirs to close, or it is done.
        ReasonMissing: It has to be explained.
    """
    duty = work.duties.get(duty_id)
    if person not in duties.overseers(house, work, duty) or duty.done_at is not None:
        raise NotAllowed
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ReasonMissing("Say why it need not be done. Your reason is kept.")
    # Whoever does it for somebody else has its record too.
    (doer, *_) = sorted(duties.holders(house.organisation, work, duty)) or [duty.person or person]
    head = find(work, duty, doer)
    if head is None:
        talk = work.conversations.open(person=doer, channel="desk")
        head = open_for(house, work, duty, talk)
    line = NewEntry(
        kind=EntryKind.DECISION,
        topic=Topic.DUTY_CLOSED,
        text=reason,
        by=person,
        told_at=work.now(),
        source_key="closed",
    )
    work.records.append(head.id, line)
    if work.records.status(head.id) is not Status.FILED:
        sign(house, work, head, person, "closed/filed")
    return work.duties.done(duty.id, person)
