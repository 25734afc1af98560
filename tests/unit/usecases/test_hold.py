"""Who is told, when, and who must not be: the hold before the first ping, and the people it names.

Source: docs/adr/0003; reliability.md P1 and drill 25.
"""

from __future__ import annotations

import pytest

from casework import capture, danger, escalate, record
from casework.errors import AlreadyAcknowledged, NotAllowed, UnknownRecord
from casework.facts import EscalationStatus
from casework.vocabulary import INVOLVES_US, WHICH_OF_US, EntryKind, RecordKind, Urgency
from tests.unit.home import Home

FIRST_RUNG = ["line_manager", "dsl"]


def closed_case(home: Home, *words: str, person: str = "reporter") -> str:
    talk = home.case(*words, person=person)
    capture.close_capture(home.house, talk)
    return talk


def hold(home: Home) -> int:
    """How long the first ping may wait, in seconds."""
    return home.house.organisation.hold_seconds(home.house.pack, Urgency.URGENT)


def acknowledge(home: Home, talk: str, person: str) -> None:
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, home.head(talk).reference, person)


def test_nobody_is_asked_while_the_case_is_held(home: Home) -> None:
    talk = closed_case(home, "he hits me")
    home.pass_time(seconds=hold(home) - 2)
    assert home.asked_ever(talk) == []


def test_the_clock_ends_the_hold_and_the_reporter_is_told(home: Home) -> None:
    talk = closed_case(home, "he hits me")
    home.pass_time(seconds=hold(home))
    assert home.asked_ever(talk) == FIRST_RUNG
    assert home.said(talk) == ["utter_told_meanwhile"]


def test_the_answer_no_ends_the_hold(home: Home) -> None:
    talk = closed_case(home, "he hits me")
    kept = home.answer(talk, INVOLVES_US, "No", "no")
    assert kept.told is not None
    assert kept.told.names == "the Line Manager and the Duty DSL"
    assert home.asked_ever(talk) == FIRST_RUNG


def test_a_skipped_question_ends_the_hold_too(home: Home) -> None:
    talk = closed_case(home, "he hits me")
    assert home.answer(talk, INVOLVES_US, "Skip", record.SKIPPED).told is not None


@pytest.mark.parametrize("value", ["yes", "unsure"])
def test_a_yes_keeps_the_hold_until_they_say_who(home: Home, value: str) -> None:
    talk = closed_case(home, "she hits me")
    assert home.answer(talk, INVOLVES_US, value, value).told is None
    assert home.asked_ever(talk) == []
    assert home.answer(talk, WHICH_OF_US, "Don't know", record.DONT_KNOW).told is not None


def test_answers_after_the_clock_ping_nobody_twice(home: Home) -> None:
    talk = closed_case(home, "he hits me")
    home.pass_time(seconds=hold(home))
    home.answer(talk, INVOLVES_US, "No", "no")
    assert home.asked_ever(talk) == FIRST_RUNG


NAMED = [
    ("the duty dsl keeps hugging me", "dsl"),
    ("its the safeguarding lead who did it", "dsl"),
    ("my manager said she would hurt me", "line_manager"),
    ("it was my line manager", "line_manager"),
]


@pytest.mark.parametrize(("words", "person"), NAMED)
def test_whoever_the_words_name_is_left_out_of_the_first_ping(
    home: Home, words: str, person: str
) -> None:
    talk = closed_case(home, words)
    home.pass_time(hours=12)
    assert home.asked_ever(talk)
    assert person not in home.asked_ever(talk)


def test_whoever_reports_to_the_person_named_is_left_out_of_the_first_ping(home: Home) -> None:
    # The Line Manager and the Deputy DSL report to the On-call Manager.
    talk = closed_case(home, "the on-call manager hit him")
    home.pass_time(hours=12)
    assert not {"on_call", "line_manager", "deputy_dsl"} & set(home.asked_ever(talk))
    assert "dsl" in home.asked_ever(talk)


@pytest.mark.parametrize(("answer", "person"), [(words, person) for words, person in NAMED])
def test_whoever_the_answer_names_is_never_asked_and_never_sees_it(
    home: Home, answer: str, person: str
) -> None:
    talk = closed_case(home, "someone here hits me")
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, answer, None)
    home.pass_time(hours=12)
    assert person in home.left_out(talk)
    assert person not in home.asked_ever(talk)


def test_whoever_reports_to_the_person_in_the_answer_is_left_out_but_the_reporter_is_not(
    home: Home,
) -> None:
    talk = closed_case(home, "someone here hits me")
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, "my manager", None)
    assert home.left_out(talk) == {"line_manager", "volunteer"}


def test_no_after_all_lets_whoever_the_words_name_back_in(home: Home) -> None:
    talk = closed_case(home, "i told the duty dsl about it last week")
    home.answer(talk, INVOLVES_US, "never mind, no", "no")
    assert home.asked_ever(talk) == FIRST_RUNG


def test_no_after_all_brings_back_somebody_the_clock_had_passed_over(home: Home) -> None:
    talk = closed_case(home, "i told the duty dsl about it last week")
    home.pass_time(seconds=hold(home))
    assert home.asked_ever(talk) == ["line_manager"]
    home.answer(talk, INVOLVES_US, "never mind, no", "no")
    assert home.asked_ever(talk) == FIRST_RUNG


def test_a_yes_without_a_name_does_not_let_whoever_the_words_name_back_in(home: Home) -> None:
    talk = closed_case(home, "the duty dsl keeps hugging me")
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    danger.raise_alarm(home.house, talk, home.message(talk, "he has a knife").id)
    home.answer(talk, WHICH_OF_US, "Skip", record.SKIPPED)
    home.pass_time(hours=12)
    assert "dsl" not in home.asked_ever(talk)


def test_another_name_in_the_answer_does_not_let_the_first_back_in(home: Home) -> None:
    talk = closed_case(home, "the duty dsl keeps hugging me")
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, "the new bloke in the kitchen", None)
    home.pass_time(hours=12)
    assert "dsl" not in home.asked_ever(talk)


def test_somebody_named_late_is_asked_no_more_and_loses_the_case(home: Home) -> None:
    talk = home.told_case()
    acknowledge(home, talk, "dsl")
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    climb = home.climb(talk)
    assert climb is not None
    assert (climb.acknowledged_by, climb.asked) == (None, ("line_manager",))


def test_danger_never_waits_for_the_question(home: Home) -> None:
    talk = closed_case(home, "he hits me")
    alarm = danger.raise_alarm(home.house, talk, home.message(talk, "he has a knife").id)
    assert "Duty DSL" in alarm.told.names
    assert home.asked_ever(talk) == FIRST_RUNG


def test_danger_leaves_out_whoever_the_words_name(home: Home) -> None:
    talk = home.case("the duty dsl has hit him")
    danger.raise_alarm(home.house, talk, home.message(talk, "he has a knife").id)
    home.pass_time(hours=12)
    assert "dsl" not in home.asked_ever(talk)


def test_the_reporter_is_never_asked_about_their_own_report(home: Home) -> None:
    talk = home.told_case(person="dsl")
    home.pass_time(hours=12)
    assert "dsl" not in home.asked_ever(talk)


def test_when_nobody_may_know_the_case_is_said_to_be_undelivered(home: Home) -> None:
    talk = closed_case(home, "they are all in it")
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    everybody = "my manager, the duty dsl, the deputy dsl, the on-call manager, the trustees"
    kept = home.answer(talk, WHICH_OF_US, everybody, None)
    assert kept.told is not None
    assert (kept.told.names, kept.told.status) == ("", EscalationStatus.UNDELIVERED)


def test_the_first_press_takes_the_case_and_the_reporter_hears_of_it(home: Home) -> None:
    talk = home.told_case()
    acknowledge(home, talk, "dsl")
    assert home.said(talk) == ["utter_acknowledged"]
    assert home.texts(talk, EntryKind.ACKNOWLEDGEMENT) == ["Duty DSL has this."]


def test_a_second_person_is_told_who_has_it(home: Home) -> None:
    talk = home.told_case()
    acknowledge(home, talk, "dsl")
    with pytest.raises(AlreadyAcknowledged, match="Duty DSL has had this since 14:00"):
        acknowledge(home, talk, "line_manager")


def test_the_same_press_twice_is_one_line(home: Home) -> None:
    talk = home.told_case()
    acknowledge(home, talk, "dsl")
    acknowledge(home, talk, "dsl")
    assert len(home.texts(talk, EntryKind.ACKNOWLEDGEMENT)) == 1


def test_somebody_who_was_not_asked_cannot_take_it(home: Home) -> None:
    with pytest.raises(NotAllowed):
        acknowledge(home, home.told_case(), "volunteer")


def test_somebody_left_out_is_told_there_is_no_such_case(home: Home) -> None:
    talk = home.told_case()
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    with pytest.raises(UnknownRecord):
        acknowledge(home, talk, "dsl")


def test_nobody_answering_asks_the_next_rung_and_says_so(home: Home) -> None:
    talk = home.told_case()
    home.pass_time(minutes=10)
    assert home.asked_ever(talk) == [*FIRST_RUNG, "deputy_dsl"]
    assert home.said(talk) == ["utter_nobody_yet"]


def test_the_last_rung_gives_the_numbers_outside(home: Home) -> None:
    talk = home.told_case()
    home.pass_time(minutes=30)
    last = home.turns(talk)[-1]["replies"][0]
    assert last["response"] == "utter_nobody_call"
    links = last["links"]
    assert [link["href"] for link in links] == ["tel:01632960111", "tel:999"]


@pytest.mark.parametrize(
    ("answers", "urgency"),
    [
        ([], Urgency.URGENT),
        ([("danger_now", "unsure")], Urgency.URGENT),
        ([("safe_now", "no")], Urgency.EMERGENCY),
        ([("safe_now", "unsure")], Urgency.URGENT),
        ([("danger_now", "yes")], Urgency.EMERGENCY),
    ],
)
def test_urgency_comes_from_what_was_answered(
    home: Home, answers: list[tuple[str, str]], urgency: Urgency
) -> None:
    talk = home.told_case()
    for question, value in answers:
        home.answer(talk, question, value, value)
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is urgency


def test_a_case_is_never_made_less_urgent(home: Home) -> None:
    talk = home.told_case()
    home.answer(talk, "safe_now", "No", "no")
    home.answer(talk, "safe_now", "Not sure", "unsure")
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.EMERGENCY


def test_a_concern_told_earlier_is_not_urgent_by_itself(home: Home) -> None:
    talk = home.case("he hit her last year", kind=RecordKind.CONCERN)
    capture.close_capture(home.house, talk)
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.STANDARD
