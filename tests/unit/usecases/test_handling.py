"""What whoever has a case does with it stands in the record, and the reporter hears of it."""

from __future__ import annotations

import pytest

from casework import escalate, handling
from casework.errors import AlreadyAcknowledged, QuestionsOpen, ReasonMissing, UnknownRecord
from casework.facts import EscalationStatus
from casework.vocabulary import WHICH_OF_US, EntryKind, Topic
from tests.unit.home import Home


@pytest.fixture
def talk(home: Home) -> str:
    """A case that the DSL has."""
    talk = home.told_case()
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, home.head(talk).reference, "dsl")
    return talk


def press(home: Home, talk: str, name: str, person: str, *args: str, **named: str) -> None:
    with home.store.work() as work:
        reference = home.head(talk).reference
        getattr(handling, name)(home.house, work, reference, person, *args, **named)


def test_a_first_step_is_kept_in_their_words_and_the_reporter_hears_only_that_there_was_one(
    home: Home, talk: str
) -> None:
    press(home, talk, "step", "dsl", "Rang the school and asked to keep him there.")
    assert "Rang the school and asked to keep him there." in home.texts(
        talk, EntryKind.ACTION_TAKEN
    )
    assert home.said(talk)[-1] == "utter_first_step"
    assert "school" not in str(home.turns(talk))


@pytest.mark.parametrize("name", ["step", "snooze", "close"])
def test_what_needs_a_reason_is_refused_without_one(home: Home, talk: str, name: str) -> None:
    with pytest.raises(ReasonMissing):
        press(home, talk, name, "dsl", "  ")


def test_more_time_is_kept_with_its_reason(home: Home, talk: str) -> None:
    press(home, talk, "snooze", "dsl", "In court until three.")
    assert "In court until three." in home.texts(talk, EntryKind.NOTE)


def test_passing_on_is_a_line_and_the_others_are_asked(home: Home, talk: str) -> None:
    press(home, talk, "pass_on", "dsl")
    climb = home.climb(talk)
    assert climb is not None
    assert (climb.acknowledged_by, climb.asked) == (None, ("line_manager",))
    assert "Duty DSL passed this on." in home.texts(talk, EntryKind.ACTION_TAKEN)


def test_a_hand_over_is_a_line_that_names_both(home: Home, talk: str) -> None:
    press(home, talk, "hand_over", "dsl", "deputy_dsl")
    assert "Duty DSL asked Deputy DSL to take this." in home.texts(talk, EntryKind.ACTION_TAKEN)


def test_a_case_is_not_closed_while_questions_are_open(home: Home, talk: str) -> None:
    with pytest.raises(QuestionsOpen, match="questions are still open"):
        press(home, talk, "close", "dsl", "Handed to Children's Services.")
    climb = home.climb(talk)
    assert climb is not None
    assert climb.status is EscalationStatus.ACKNOWLEDGED
    assert home.said(talk)[-1] == "utter_acknowledged"


def test_questions_can_be_set_aside_with_a_reason_and_then_it_closes(home: Home, talk: str) -> None:
    press(home, talk, "close", "dsl", "Done.", set_aside="They will not talk again.")
    climb = home.climb(talk)
    assert climb is not None
    assert climb.status is EscalationStatus.CLOSED
    with home.store.read() as work:
        assert handling.open_questions(home.house, work, home.head(talk)) == ()
    kept = [e for e in home.entries(talk) if e.source_key.startswith("set-aside/")]
    assert kept
    assert {(e.by, str(e.text)) for e in kept} == {("dsl", "They will not talk again.")}
    assert Topic.CLOSED in home.topics(talk)


def test_a_press_that_is_refused_writes_nothing(home: Home, talk: str) -> None:
    before = len(home.entries(talk))
    with pytest.raises(AlreadyAcknowledged):
        press(home, talk, "step", "line_manager", "I did something.")
    assert len(home.entries(talk)) == before


def test_whoever_is_in_conflict_finds_no_such_case(home: Home, talk: str) -> None:
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    for name, args in (("step", ("x",)), ("pass_on", ()), ("close", ("x",))):
        with pytest.raises(UnknownRecord):
            press(home, talk, name, "dsl", *args)
