"""A reminder while consent is asked for: offered, put on the calendar, gone with the answer.

It is answered in the conversation that waits, by saying whether they agreed: a duty's record of its
own would only ask the same question twice.
"""

from __future__ import annotations

import re
from datetime import datetime

from casework import cases, duties, guide, sharing
from casework.days import days_meant, due_in
from casework.errors import UnknownRecord
from casework.facts import NewEntry
from casework.house import House
from casework.vocabulary import EntryKind, Topic
from casework.words import day_words

# Somebody who says only "remind me" means the next day.
NEXT_DAY = "1"
# "Can you remind me on Friday", and not "she said she'd remind me" or "remind me what C16 says".
_ASKS = re.compile(
    r"^\W*((ok|okay|yes|yeah|please|pls|plz|hi|hello|hey|and|also|just|maybe|could|can|will|would"
    r"|you|u)\W+){0,5}((remind|ping|nudge) me\b|(set|send|give me) (me )?a reminder\b)"
    r"|^\W*(i need|i want|i'?d like|can i (get|have|set)) (a reminder|reminding|to be reminded)\b"
    r"|^\W*(do|can) you do reminders\b",
    re.I,
)
_TELL = re.compile(r"\b(remind|ping|nudge) me (what|how|who|whom|where|which|why|if|of)\b", re.I)


def is_asked_for(text: str) -> bool:
    """Whether somebody asks Heard to remind them of something on another day."""
    return _ASKS.search(text) is not None and _TELL.search(text) is None


def waiting_elsewhere(house: House, person: str) -> tuple[cases.Case, ...]:
    """This person's cases that wait for consent, where a reminder can be set."""
    drafts = cases.open_drafts(house, person)
    found = ((case, guide.standing(house, case.conversation_id)) for case in drafts)
    return tuple(
        case
        for case, here in found
        if here is not None and here.decision is not None and sharing.awaits_consent(here.decision)
    )


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
