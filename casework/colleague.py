"""A concern about a colleague or volunteer: it goes up at once, past whoever it is about.

Nobody has to find a button for it: the record says from its first line that it is about somebody
who works here, and whoever is named in the first message is left out before anybody is told.
Source: policy-rules X2, X10, C14; neighbours (allegations against staff).
"""

from __future__ import annotations

from casework import cases, escalate, record
from casework.escalate import Told
from casework.house import House
from casework.vocabulary import INVOLVES_US, WHICH_OF_US, RecordKind


def begin(house: House, conversation_id: str, inbox_id: str) -> Told | None:
    """Opens the concern. Returns who was told, once it is known whom it is about."""
    case = cases.open_case(house, conversation_id, inbox_id, RecordKind.CONCERN)
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        message = work.inbox.get(inbox_id)
        answered = record.latest_answers(work, case.head.id)
        if INVOLVES_US not in answered:
            record.keep_answer(
                house, work, talk, message, INVOLVES_US, text=message.text, value="yes"
            )
        named = escalate.named_in(house, talk.person, message.text)
        if not named or WHICH_OF_US in answered:
            return None
        kept = record.keep_answer(
            house, work, talk, message, WHICH_OF_US, text=message.text, value=None
        )
        return kept.told


def asks_whom_first(house: House, conversation_id: str) -> bool:
    """Whether it is about somebody here, and nobody has said who: that comes before all else."""
    said = _said(house, conversation_id)
    return said.get(INVOLVES_US) == "yes" and WHICH_OF_US not in said


def is_one(house: House, conversation_id: str) -> bool:
    """Whether this case is about somebody who works here."""
    return _said(house, conversation_id).get(INVOLVES_US) == "yes"


def _said(house: House, conversation_id: str) -> dict[str, str]:
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        return record.known_values(work, talk.record_id) if talk.record_id else {}
