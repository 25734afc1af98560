"""Duties with a date: what is due, beginning one, and what an answer to it leads to."""

from __future__ import annotations

from collections.abc import Iterator

from rasa_sdk.events import FollowupAction

from actions.base import Result, Say, Turn, carry_on_with
from casework import cases, consent_reminder, duties, duty_guide, duty_record, duty_words, guide
from casework.duties import Own
from casework.errors import UnknownRecord
from casework.guide import Moved
from casework.guided import Ask
from casework.house import House
from casework.organisation import UK
from casework.ports import Work
from casework.vocabulary import Status, Topic
from casework.words import day_words

_NOTHING_MORE = (FollowupAction("action_listen"),)


def show(house: House, turn: Turn) -> Result:
    """What this person has to do by a date, and what they may say has happened."""
    with house.store.read() as work:
        mine = tuple(Say(*one) for one in duty_words.due(house, work, turn.talk.person))
        for_me = tuple(Say(*one) for one in duty_words.done_for(house, work, turn.talk.person))
    may_say = tuple(Say(*one) for one in duty_words.events(house, turn.talk.person))
    return Result((*(mine or (Say("utter_due_nothing"),)), *for_me, *may_say))


def note_event(house: House, turn: Turn) -> Result:
    """A first visit, or the end of support: what has to be done now is put on the calendar."""
    event = str(turn.entities.get("event", ""))
    if event not in duty_words.THEIR_EVENTS:
        return Result((Say("utter_unknown_button"),))
    with house.store.work() as work:
        today = turn.message.source_at.astimezone(UK).date()
        person, occasion = turn.talk.person, turn.message.id
        added = duties.begin(house, work, person, event, today, occasion)
        put = [Say("utter_due_soon", duty_words.words_of(house, work, duty)) for duty in added]
    return Result(tuple(put))


def remind(house: House, turn: Turn) -> Result:
    """A day on which the person wants to be asked whether they have consent now."""
    when = str(turn.entities.get("when") or turn.message.text)
    try:
        due = consent_reminder.set_one(house, turn.conversation_id, turn.message.id, when)
    except UnknownRecord:
        return Result(_no_reminder(house, turn), _NOTHING_MORE)
    with house.store.read() as work:
        by = day_words(due, work.now())
    return Result((Say("utter_share_remind_consent", {"by": by}),), _NOTHING_MORE)


def _no_reminder(house: House, turn: Turn) -> tuple[Say, ...]:
    """How reminders work, honestly; and the way to the case in which one can be set."""
    here = cases.of_conversation(house, turn.conversation_id)
    if here is not None and here.status is not Status.FILED:
        return (Say("utter_no_reminder_here", {"reference": here.head.reference}),)
    waiting = consent_reminder.waiting_elsewhere(house, turn.talk.person)
    if not waiting:
        return (Say("utter_nothing_to_remind"),)
    return (Say("utter_remind_there"), *map(carry_on_with, waiting))


def begin(house: House, turn: Turn) -> Result:
    """One of them is answered now: here, or in the conversation in which it was begun."""
    duty_id = str(turn.entities.get("duty", ""))
    try:
        conversation = duty_guide.begin(house, turn.conversation_id, duty_id)
    except UnknownRecord:
        return Result((Say("utter_duty_gone"),), _NOTHING_MORE)
    if conversation != turn.conversation_id:
        return Result((Say("utter_moved", {"conversation": conversation}),), _NOTHING_MORE)
    with house.store.read() as work:
        duty = work.duties.get(duty_id)
        words = duty_words.words_of(house, work, duty)
    own = duty.kind in list(Own)
    return Result((Say(f"utter_begin_duty_{duty.kind}" if own else "utter_begin_duty", words),))


def after_answer(house: House, turn: Turn, asked: Ask, moved: Moved) -> tuple[Say, ...]:
    """What an answer makes Heard say: it is done, or what it waits for."""
    with house.store.read() as work:
        return tuple(_after(house, work, turn, asked, moved))


def _after(house: House, work: Work, turn: Turn, asked: Ask, moved: Moved) -> Iterator[Say]:
    case, waiting = moved.standing.case, moved.standing.ask
    duty = duty_record.duty_of(work, case)
    words = duty_words.words_of(house, work, duty) | {"record": case.head.reference}
    if duty.done_at is not None:
        yield Say("utter_duty_done", words)
        again = duties.comes_again(house, duty)
        if again is not None:
            yield Say("utter_duty_again", {"by": day_words(again, work.now())})
    elif asked.id == duty_guide.RAISED:
        people = duties.directors(
            house, work, turn.talk.person, duties.of_kind(house, duty.kind).overseen_by
        )
        yield Say("utter_duty_question_kept", words | {"asked": house.title(people[0])})
    elif waiting is not None and waiting.waits:
        lifts = waiting.id == "concerns_lifted"
        yield Say("utter_duty_lift_first" if lifts else "utter_duty_stays", words)


def resting(house: House, turn: Turn) -> tuple[Say, ...] | None:
    """What a duty's guide says when nothing is asked; None in any other guide."""
    here = guide.standing(house, turn.conversation_id)
    if here is None or here.decision is not None or not duty_record.is_one(here.case):
        return None
    if here.case.last(Topic.FILED) is not None:
        return ()  # the answer has said so
    return (Say("utter_duty_gone"),)
