"""Acknowledged is not acted on: the clock from the press to the first protective step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.errors import AlreadyAcknowledged, NotAllowed, SnoozedEnough, UnknownRecord
from casework.facts import Escalation, EscalationStatus, RecordHead
from casework.vocabulary import Urgency
from tests.integration.escalation.town import TWO_O_CLOCK, Town, new_head


@pytest.fixture
def held(town: Town) -> RecordHead:
    """A case that the DSL took at two o'clock."""
    head = new_head()
    town.start(head)
    town.press(head, "dsl")
    return head


def did(town: Town, head: RecordHead, press: str, *args: str) -> Escalation:
    with town.rows() as rows:
        climb: Escalation = getattr(rows, press)(head.id, *args)
        return climb


def answers(town: Town, head: RecordHead) -> list[tuple[str, str]]:
    return [(s["person"], s["result"]) for s in town.steps(head) if s["route"] == "answer"]


def purposes(town: Town, head: RecordHead) -> list[tuple[str, str]]:
    return [(s["person"], s["purpose"]) for s in town.steps(head) if s["route"] == "desk"]


def test_whoever_took_it_and_went_quiet_is_asked_and_then_replaced(
    town: Town, held: RecordHead
) -> None:
    town.pass_time(minutes=60)
    assert purposes(town, held)[-1] == ("dsl", "nudge")
    asked = town.standing(held)
    assert (asked.acknowledged_by, asked.due_at) == ("dsl", town.now + timedelta(minutes=10))
    town.pass_time(minutes=10)
    replaced = town.standing(held)
    assert (replaced.status, replaced.acknowledged_by) == (EscalationStatus.CLIMBING, None)
    assert replaced.asked == ("manager",)
    assert answers(town, held)[-1] == ("dsl", "went_quiet")
    assert town.told[-1].response == "utter_gone_on"
    assert town.told[-1].values == {"by": "Duty DSL", "next": "the Line Manager"}


def test_the_ladder_goes_on_after_whoever_was_replaced(town: Town, held: RecordHead) -> None:
    town.pass_time(minutes=80)
    assert town.standing(held).asked == ("deputy",)
    town.pass_time(hours=1)
    assert town.standing(held).status is EscalationStatus.UNDELIVERED


def test_whoever_was_replaced_may_take_it_again(town: Town, held: RecordHead) -> None:
    town.pass_time(minutes=70)
    assert town.press(held, "dsl").acknowledged_by == "dsl"


def test_a_first_step_stops_the_clock_and_the_reporter_hears_of_it(
    town: Town, held: RecordHead
) -> None:
    town.pass_time(minutes=5)
    stepped = did(town, held, "step_taken", "dsl")
    assert stepped.status is EscalationStatus.ACTING
    assert stepped.stepped_at == TWO_O_CLOCK + timedelta(minutes=5)
    town.pass_time(days=6)
    assert town.standing(held).acknowledged_by == "dsl"
    assert town.responses(held) == ["utter_acknowledged", "utter_first_step"]


def test_a_case_on_which_somebody_acts_is_looked_at_every_week_until_it_is_closed(
    town: Town, held: RecordHead
) -> None:
    did(town, held, "step_taken", "dsl")
    town.pass_time(days=14)
    assert purposes(town, held)[-2:] == [("dsl", "look_again")] * 2
    did(town, held, "close", "dsl")
    town.pass_time(days=14)
    assert purposes(town, held)[-2:] == [("dsl", "look_again")] * 2


def test_more_time_is_given_twice_and_no_more(town: Town, held: RecordHead) -> None:
    for minutes in (50, 100):
        town.pass_time(minutes=50)
        later = did(town, held, "snooze", "dsl")
        assert later.due_at == TWO_O_CLOCK + timedelta(minutes=minutes + 60)
    with pytest.raises(SnoozedEnough):
        did(town, held, "snooze", "dsl")
    town.pass_time(hours=1, minutes=10)
    assert town.standing(held).acknowledged_by is None


def test_whoever_has_it_can_pass_it_on(town: Town, held: RecordHead) -> None:
    passed = did(town, held, "pass_on", "dsl")
    assert (passed.acknowledged_by, passed.asked) == (None, ("manager",))
    assert town.responses(held) == ["utter_acknowledged", "utter_gone_on"]


def test_whoever_is_asked_can_pass_it_on_and_the_last_one_moves_it_up(town: Town) -> None:
    head = new_head()
    town.start(head)
    assert did(town, head, "pass_on", "manager").asked == ("dsl",)
    moved = did(town, head, "pass_on", "dsl")
    assert (moved.rung, moved.asked) == (1, ("deputy",))
    assert town.responses(head) == ["utter_nobody_yet"]


def test_when_all_have_passed_it_on_the_last_and_a_trustee_are_asked(town: Town) -> None:
    head = new_head()
    town.start(head)
    for person in ("manager", "dsl", "deputy", "on_call"):
        climb = did(town, head, "pass_on", person)
    assert climb.status is EscalationStatus.UNDELIVERED
    assert climb.asked == ("on_call", "trustee")
    assert town.responses(head)[-1] == "utter_nobody_call"


def test_a_hand_over_leaves_it_with_the_holder_until_the_other_takes_it(
    town: Town, held: RecordHead
) -> None:
    handed = did(town, held, "hand_over", "dsl", "deputy")
    assert (handed.acknowledged_by, handed.handed_to) == ("dsl", "deputy")
    assert purposes(town, held)[-1] == ("deputy", "handed")
    taken = town.press(held, "deputy")
    assert (taken.acknowledged_by, taken.handed_to) == ("deputy", None)
    assert taken.due_at == TWO_O_CLOCK + timedelta(hours=1)  # the clock goes on
    assert [told.values["by"] for told in town.told] == ["Duty DSL", "Deputy DSL"]


@pytest.mark.parametrize("person", ["worker", "other_manager", "dsl"])
def test_a_case_is_handed_over_to_nobody_who_may_not_have_it(
    town: Town, held: RecordHead, person: str
) -> None:
    with pytest.raises(NotAllowed):
        did(town, held, "hand_over", "dsl", person)


@pytest.mark.parametrize("press", ["step_taken", "snooze", "pass_on", "close"])
def test_a_press_by_somebody_else_is_refused_with_who_has_it(
    town: Town, held: RecordHead, press: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = (town.standing(held), town.steps(held))
    with pytest.raises(AlreadyAcknowledged, match=r"Duty DSL has had this since 14:00\."):
        did(town, held, press, "manager")
    assert (town.standing(held), town.steps(held)) == before
    assert "press_refused" in caplog.text


@pytest.mark.parametrize("press", ["step_taken", "snooze", "pass_on", "close"])
def test_somebody_left_out_finds_nothing_to_press(town: Town, press: str) -> None:
    head = new_head()
    town.start(head, left_out=frozenset({"dsl"}))
    with pytest.raises(UnknownRecord):
        did(town, head, press, "dsl")


def test_an_old_button_of_whoever_was_replaced_does_nothing(town: Town, held: RecordHead) -> None:
    town.pass_time(minutes=70)
    town.press(held, "manager")
    with pytest.raises(AlreadyAcknowledged, match="Line Manager has had this"):
        did(town, held, "step_taken", "dsl")


def test_a_closed_case_climbs_no_more_until_something_new_is_told(
    town: Town, held: RecordHead
) -> None:
    assert did(town, held, "close", "dsl").status is EscalationStatus.CLOSED
    with town.rows() as rows:
        assert rows.open_ones() == []
    town.pass_time(days=30)
    assert town.responses(held) == ["utter_acknowledged", "utter_closed"]
    again = town.start(held, Urgency.URGENT)
    assert (again.status, again.asked) == (EscalationStatus.CLIMBING, ("manager", "dsl"))


def test_whoever_was_handed_it_and_is_then_named_can_take_nothing(
    town: Town, held: RecordHead
) -> None:
    did(town, held, "hand_over", "dsl", "deputy")
    with town.rows() as rows:
        rows.leave_out(held.id, frozenset({"deputy"}))
    assert town.standing(held).handed_to is None
    with pytest.raises(UnknownRecord):
        town.press(held, "deputy")
