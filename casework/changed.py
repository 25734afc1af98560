"""What was changed or deleted in a channel after it was kept: added to the record, nothing goes."""

from __future__ import annotations

from casework import danger
from casework.facts import Entry, Message, NewEntry
from casework.house import House
from casework.ports import Work
from casework.vocabulary import EntryKind

# Where a message stands in a record, by what is behind its id in a source key.
STANDS_AS = ("words", "first", "promise")


def amend(house: House, first: Message, second: Message) -> bool:
    """The changed text beside the first, linked to it, where there is a record.

    It is read for danger as every text is: True when there is some, and the alarm is up.
    """
    with house.store.work() as work:
        _amend(work, first, second)
    if house.coach.danger(second.text) is None:
        return False
    danger.raise_alarm(house, first.conversation_id, second.id)
    return True


def _amend(work: Work, first: Message, second: Message) -> None:
    talk = work.conversations.get(first.conversation_id)
    if talk.record_id is None:
        return
    line = _line(work, talk.record_id, first)
    entry = NewEntry(
        kind=EntryKind.AMENDMENT if line else EntryKind.NOTE,
        text=second.text,
        by=talk.person,
        told_at=second.source_at,
        links_to=line.seq if line else None,
        relation="amends" if line else None,
        source_key=f"{second.id}/words",
    )
    work.records.append(talk.record_id, entry)


def _line(work: Work, record_id: str, message: Message) -> Entry | None:
    found = (work.records.written(record_id, f"{message.id}/{part}") for part in STANDS_AS)
    return next((one for one in found if one is not None), None)


def note_deleted(house: House, message: Message) -> Entry | None:
    """That the message is gone from the channel; what it said stays. None without a record."""
    with house.store.work() as work:
        talk = work.conversations.get(message.conversation_id)
        if talk.record_id is None:
            return None
        line = _line(work, talk.record_id, message)
        entry = NewEntry(
            kind=EntryKind.NOTE,
            text="The message was deleted in the channel. It stays here.",
            by="heard",
            told_at=work.now(),
            links_to=line.seq if line else None,
            relation="deleted" if line else None,
            source_key=f"{message.id}/deleted",
        )
        return work.records.append(talk.record_id, entry)
