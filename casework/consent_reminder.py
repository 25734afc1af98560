"""A reminder while consent is asked for: offered, put on the calendar, gone with the answer.

It is answered in the conversation that waits, by saying whether they agreed: a duty's record of its
own would only ask the same question twice.
"""

from __future__ import annotations

from datetime import datetime

from casework import duties, guide, sharing
from casework.days import days_meant, due_in
from casework.errors import UnknownRecord
from casework.facts import NewEntry
from casework.house import House
from casework.vocabulary import EntryKind, Topic
from casework.words import day_words

# Somebody who says only "remind me" means the next day.
NEXT_DAY = "1"


def set_one(house: House, conversation_id: str, inbox_id: str, when: str) -> datetime:
    """Remembers to ask, on the day that is meant by "tomorrow" or "in a week". A new day takes the
    place of the one before. Returns by when.

    Raises:
        UnknownRecord: Nothing waits for consent here.
    """
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        here = guide.standing_in(house, work, talk)
        if here is None or here.decision is None or not sharing.awaits_consent(here.decision):
            raise UnknownRecord
        head, own = here.case.head, duties.Own.ASK_CONSENT
        due = due_in(days_meant(when) or NEXT_DAY, work.inbox.get(inbox_id).source_at)
        key = f"{own}/{head.id}/{inbox_id}"
        if all(duty.key != key for duty in work.duties.of_record(head.id)):
            duties.settle_about(work, head.id, own, head.reporter)
        work.duties.add(own, key, due, person=head.reporter, record_id=head.id)
        line = NewEntry(
            kind=EntryKind.NOTE,
            topic=Topic.REMINDER,
            text=f"To be reminded by {day_words(due, work.now())} to ask whether they agree.",
            by=talk.person,
            told_at=work.now(),
            source_key=f"{inbox_id}/reminder",
        )
        work.records.append(head.id, line)
        return due
