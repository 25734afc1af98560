"""Danger goes up once, interrupts once, and is kept in the record whatever comes after."""

from __future__ import annotations

import pytest

from casework import capture, danger, told_words
from casework.facts import EscalationStatus, Message, MessageKind
from casework.vocabulary import EntryKind, Topic, Urgency
from tests.unit.home import Home

ALARMING = "he has a knife"


def test_danger_opens_a_record_and_starts_the_emergency_ladder(home: Home) -> None:
    talk = home.talk()
    alarm = danger.raise_alarm(home.house, talk, home.message(talk, ALARMING).id)
    climb = home.climb(talk)
    assert climb is not None
    assert (climb.urgency, alarm.interrupt) == (Urgency.EMERGENCY, True)
    assert alarm.told.reference == home.head(talk).reference


def test_the_same_sentence_raises_and_interrupts_the_same_way_again(home: Home) -> None:
    talk = home.talk()
    message = home.message(talk, ALARMING)
    first = danger.raise_alarm(home.house, talk, message.id)
    home.pass_time(seconds=3)
    again = danger.raise_alarm(home.house, talk, message.id)
    assert again.interrupt is first.interrupt is True
    assert home.asked_ever(talk) == ["line_manager", "dsl"]
    assert home.topics(talk).count(Topic.DANGER) == 1


def test_writing_on_about_it_is_not_interrupted_again(home: Home) -> None:
    talk = home.talk()
    danger.raise_alarm(home.house, talk, home.message(talk, ALARMING).id)
    home.pass_time(minutes=9)
    later = danger.raise_alarm(home.house, talk, home.message(talk, "he has the knife still").id)
    assert not later.interrupt


def test_danger_after_a_while_interrupts_again(home: Home) -> None:
    talk = home.talk()
    danger.raise_alarm(home.house, talk, home.message(talk, ALARMING).id)
    home.pass_time(minutes=11)
    assert danger.raise_alarm(home.house, talk, home.message(talk, ALARMING).id).interrupt


def test_an_acknowledged_case_is_asked_anew_when_danger_comes(home: Home) -> None:
    talk = home.told_case()
    with home.store.work() as work:
        work.escalations.acknowledge(home.head(talk).id, "dsl")
    danger.raise_alarm(home.house, talk, home.message(talk, ALARMING).id)
    climb = home.climb(talk)
    assert climb is not None
    assert (climb.acknowledged_by, climb.urgency) == (None, Urgency.EMERGENCY)


@pytest.mark.parametrize(
    ("topic", "kind"),
    [(Topic.CALLED_999, EntryKind.ACTION_TAKEN), (Topic.DANGER_DISMISSED, EntryKind.NOTE)],
)
def test_what_came_of_it_is_kept_and_the_ladder_goes_on(
    home: Home, topic: Topic, kind: EntryKind
) -> None:
    talk = home.talk()
    danger.raise_alarm(home.house, talk, home.message(talk, ALARMING).id)
    before = home.climb(talk)
    press = home.message(talk, "I've called 999", kind=MessageKind.PRESS)
    assert danger.note(home.house, talk, press.id, topic) == home.head(talk).reference
    assert (home.entries(talk)[-1].topic, home.entries(talk)[-1].kind) == (topic, kind)
    assert home.climb(talk) == before


def test_danger_after_a_false_alarm_interrupts_at_once(home: Home) -> None:
    talk = home.case("he hits me")
    danger.raise_alarm(home.house, talk, home.message(talk, "i could murder a brew").id)
    press = home.message(talk, "No one is in danger", kind=MessageKind.PRESS)
    danger.note(home.house, talk, press.id, Topic.DANGER_DISMISSED)
    home.pass_time(minutes=1)
    assert danger.raise_alarm(home.house, talk, home.message(talk, ALARMING).id).interrupt


def test_whoever_has_it_hears_of_new_danger_once(home: Home) -> None:
    talk = home.talk()
    danger.raise_alarm(home.house, talk, home.message(talk, ALARMING).id)
    with home.store.work() as work:
        work.escalations.acknowledge(home.head(talk).id, "dsl")
    home.pass_time(minutes=11)
    message = home.message(talk, "he is back with it")
    for _ in range(2):  # the connector notices it, then the dialogue says what to do
        told = danger.raise_alarm(home.house, talk, message.id).told
    assert (told.holder, told.status) == ("Duty DSL", EscalationStatus.ACKNOWLEDGED)
    with home.store.read() as work:
        steps = work.escalations.steps(home.head(talk).id)
    news = [step["person"] for step in steps if step["purpose"] == "news"]
    assert news == ["dsl"]


def test_a_case_that_was_closed_is_not_raised_again_by_the_same_message(home: Home) -> None:
    """The dialogue may come back, and say what to do, after somebody has dealt with it."""
    talk = home.talk()
    message = home.message(talk, ALARMING)
    danger.raise_alarm(home.house, talk, message.id)
    with home.store.work() as work:
        work.escalations.acknowledge(home.head(talk).id, "dsl")
        work.escalations.close(home.head(talk).id, "dsl")
    before = home.climb(talk)
    alarm = danger.raise_alarm(home.house, talk, message.id)
    assert home.climb(talk) == before
    assert told_words.of_alarm(alarm) == (("utter_danger", {}),)  # nobody is being waited for
    danger.raise_alarm(home.house, talk, home.message(talk, "he is back with it").id)
    climb = home.climb(talk)
    assert climb is not None
    assert climb.status is EscalationStatus.CLIMBING


def test_what_came_of_it_needs_no_record(home: Home) -> None:
    talk = home.talk()
    assert danger.note(home.house, talk, home.message(talk).id, Topic.CALLED_999) is None


def test_a_press_keeps_no_words_in_the_note(home: Home) -> None:
    talk = home.case()
    press = home.message(talk, "Danger", kind=MessageKind.PRESS)
    danger.raise_alarm(home.house, talk, press.id)
    (note,) = [entry for entry in home.entries(talk) if entry.topic == Topic.DANGER]
    assert note.text == ""


def waiting(home: Home, talk: str, text: str) -> Message:
    """A message that nobody has answered."""
    with home.store.work() as work:
        message, _ = work.inbox.take(
            conversation_id=talk,
            channel="web",
            message_id=f"{talk}/{text}",
            kind=MessageKind.TEXT,
            text=text,
            strand=None,
            button=None,
            source_at=home.clock.now,
        )
    return message


def test_what_waits_in_front_of_danger_is_no_first_message_of_a_record_that_stands(
    home: Home,
) -> None:
    """It may be an opinion, which not everybody may read."""
    talk = home.told_case()
    before = home.topics(talk).count(Topic.FIRST_MESSAGE)
    waits = waiting(home, talk, "i think its her stepdad")
    danger.raise_alarm(home.house, talk, home.message(talk, "hes coming with a bat").id)
    assert home.topics(talk).count(Topic.FIRST_MESSAGE) == before
    (kept,) = [entry for entry in home.entries(talk) if entry.text == waits.text]
    assert (kept.kind, kept.topic) == (EntryKind.NOTE, None)


def test_a_line_that_waits_for_its_answer_is_not_written_twice(home: Home) -> None:
    talk = home.case()
    capture.keep(home.house, waiting(home, talk, "he hits me"))
    danger.raise_alarm(home.house, talk, home.message(talk, "he has a knife now").id)
    assert [entry.text for entry in home.entries(talk)].count("he hits me") == 1
