"""Danger: the question, the alarm, and what the person says came of it."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction

from actions.base import Result, Say, Turn
from actions.disclosure import repair
from casework import capture, cases, colleague, danger, questions, record, told_words
from casework.danger import Alarm
from casework.facts import MessageKind
from casework.house import House
from casework.questions import Meaning
from casework.vocabulary import DANGER_NOW, EntryKind, RecordKind, Status, Topic

DONE_SO_FAR = "action_so_far"
PLAIN = frozenset({Meaning.YES, Meaning.NO})


def raise_alarm(house: House, turn: Turn) -> Result:
    """999 first, then who was told. The alarm is up before a word of it is said."""
    alarm = danger.raise_alarm(house, turn.conversation_id, turn.message.id)
    if turn.form == "danger_form":
        # Whoever says so answers the question that was asked.
        keep_answer(house, turn, DANGER_NOW, Meaning.YES)
    elif turn.form == "record_form" and turn.requested is not None:
        _answers_too(house, turn, turn.requested)
    goes_on_by_itself = turn.form is not None or turn.talk.capture_strand is not None
    following = () if goes_on_by_itself else (Say("utter_danger_next"),)
    return Result((*alarm_sentences(alarm), *_put_right(house, turn), *following))


def _put_right(house: House, turn: Turn) -> tuple[Say, ...]:
    """A promise in the same message; a line of a capture may be theirs."""
    if turn.message.kind is not MessageKind.TEXT or turn.talk.capture_strand is not None:
        return ()
    return repair(house, turn, turn.conversation_id)


def _answers_too(house: House, turn: Turn, question: str) -> None:
    """ "No, her dad said he will kill her" answers "are they safe tonight?" as well, and "rang 999"
    what was done. Other free questions are asked again: an alarm is seldom a name or a place."""
    if turn.message.kind is not MessageKind.TEXT:
        return
    meaning = questions.understand(house, turn.message, question, button=None)
    if meaning in PLAIN or (question == DONE_SO_FAR and meaning is Meaning.FREE):
        keep_answer(house, turn, question, meaning)


def keep_answer(house: House, turn: Turn, question: str, meaning: Meaning) -> record.Kept:
    """Keeps what was just said as the answer to a question of the record."""
    return record.answer(
        house,
        turn.conversation_id,
        turn.message.id,
        question,
        text=turn.message.text,
        value=meaning.value,
    )


def alarm_sentences(alarm: Alarm) -> tuple[Say, ...]:
    """What to do now, and who was told: only what has been committed."""
    return tuple(Say(*words) for words in told_words.of_alarm(alarm))


def write_what_they_saw(house: House, turn: Turn) -> Result:
    """Of a colleague people mostly saw something, and were told nothing."""
    capture.open_capture(house, turn.conversation_id, turn.message.id, EntryKind.OBSERVATION)
    return Result((Say("utter_capture_saw"),))


def note_999(house: House, turn: Turn) -> Result:
    """They have rung."""
    danger.note(house, turn.conversation_id, turn.message.id, Topic.CALLED_999)
    return Result((Say("utter_noted_999"),))


def note_no_danger(house: House, turn: Turn) -> Result:
    """A false alarm: kept, and somebody still looks."""
    danger.note(house, turn.conversation_id, turn.message.id, Topic.DANGER_DISMISSED)
    return Result((Say("utter_noted_no_danger"),))


def after_question(house: House, turn: Turn) -> Result:
    """The danger question is answered: what to say, what never to say, and then silence."""
    case = cases.of_conversation(house, turn.conversation_id)
    if case is not None and case.status is Status.FILED:
        return Result()
    if case is not None and colleague.asks_whom_first(house, turn.conversation_id):
        return Result(events=(FollowupAction("record_form"),))
    if case is not None and colleague.is_one(house, turn.conversation_id):
        return write_what_they_saw(house, turn)
    if case is not None and case.head.kind is RecordKind.CONCERN:
        capture.open_capture(house, turn.conversation_id, turn.message.id)
        return Result((Say("utter_capture_words"),))
    answer = questions.answer_to(house, turn.conversation_id, DANGER_NOW)
    goes_on = "utter_danger_next" if answer == Meaning.YES else "utter_listen"
    return Result((Say("utter_say"), Say("utter_never"), Say(goes_on)))
