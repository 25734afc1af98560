"""What an answer to one of the record's questions means."""

from __future__ import annotations

from enum import StrEnum

from casework import record
from casework.ages import ADULT, CHILD, age_group
from casework.facts import Message
from casework.house import House
from casework.talk import said_last
from casework.vocabulary import DANGER_NOW, Status

UNCLEAR_RESPONSE = "utter_answer_unclear"
# Questions that a yes, a no or a doubt answers; every other takes whatever is typed.
YES_NO = frozenset({DANGER_NOW, "involves_us", "told_limits", "consent", "safe_now"})


class Meaning(StrEnum):
    """The value kept with an answer. FREE is kept as None's name: the text is the answer."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    SKIPPED = record.SKIPPED
    DONT_KNOW = record.DONT_KNOW
    FINISH = "finish"
    CHILD = CHILD
    ADULT = ADULT
    FREE = "said"
    UNCLEAR = "unclear"


# What a button means; its intent is all that Rasa knows of it.
_BY_INTENT: dict[str | None, Meaning] = {
    "affirm": Meaning.YES,
    "deny": Meaning.NO,
    "unsure": Meaning.UNSURE,
    "skip": Meaning.SKIPPED,
    "finish": Meaning.FINISH,
}
_BY_CONTROL = {
    "skip": Meaning.SKIPPED,
    "dont_know": Meaning.DONT_KNOW,
    "finish": Meaning.FINISH,
}
_BY_AGE = {CHILD: Meaning.CHILD, ADULT: Meaning.ADULT}
_BY_ANSWER = {
    "yes": Meaning.YES,
    "no": Meaning.NO,
    "unsure": Meaning.UNSURE,
    "not_an_answer": Meaning.UNCLEAR,
}


def understand(house: House, message: Message, question: str, *, button: str | None) -> Meaning:
    """What was meant, for that question (polarity matters: labels.md).

    A button means what its intent says; text is read by the coach, never by the intent, because
    a free answer can look like any intent.
    """
    if button in _BY_INTENT:
        meaning = _BY_INTENT[button]
        return (
            Meaning.DONT_KNOW if meaning is Meaning.UNSURE and question not in YES_NO else meaning
        )
    command = house.coach.control(message.text)
    if command == "dont_know" and question in YES_NO:
        return Meaning.UNSURE
    if command == "finish" and question == DANGER_NOW:
        return Meaning.UNCLEAR  # "that's all" says nothing of danger
    if command in _BY_CONTROL:
        return _BY_CONTROL[command]
    if question == "child_or_adult":
        return _BY_AGE.get(age_group(message.text) or "", Meaning.FREE)
    if question in YES_NO:
        answer = house.coach.answer(question, message.text)
        return _BY_ANSWER[answer.value] if answer.sure else Meaning.UNCLEAR
    return Meaning.FREE


def danger_question(house: House, conversation_id: str) -> str | None:
    """Whether anyone is in danger is asked once a case, and not again when it is filed."""
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        if talk.record_id is None:
            return DANGER_NOW
        answered = DANGER_NOW in work.records.topics(talk.record_id)
        filed = work.records.status(talk.record_id) is Status.FILED
        return None if answered or filed else DANGER_NOW


def answer_to(house: House, conversation_id: str, question: str) -> str | None:
    """The value that counts; None where it was not answered."""
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        return record.known_values(work, talk.record_id).get(question) if talk.record_id else None


def was_unclear(house: House, conversation_id: str) -> bool:
    """Whether the last answer was not understood either: then it is kept as it is."""
    with house.store.read() as work:
        return UNCLEAR_RESPONSE in said_last(work, conversation_id)
