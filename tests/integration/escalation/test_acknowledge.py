"""One press takes a case, and everybody learns who has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from casework.errors import AlreadyAcknowledged, HeardError, NotAllowed, UnknownRecord
from casework.facts import EscalationStatus
from casework.vocabulary import Urgency
from escalation.tick import STALE, Ticks
from tests.integration.escalation.town import TWO_O_CLOCK, Town, new_head


def test_a_press_takes_the_case_and_the_reporter_hears_who_and_when(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.pass_time(minutes=5)
    taken = town.press(head, "dsl")
    assert (taken.status, taken.acknowledged_by) == (EscalationStatus.ACKNOWLEDGED, "dsl")
    assert taken.acknowledged_at == TWO_O_CLOCK + timedelta(minutes=5)
    assert taken.due_at == taken.acknowledged_at + timedelta(hours=1)  # the second clock
    assert [(told.response, told.values) for told in town.told] == [
        ("utter_acknowledged", {"by": "Duty DSL", "at": "14:05"})
    ]


def test_a_taken_case_climbs_no_further(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.press(head, "dsl")
    assert town.pass_time(minutes=59) == ["stale"]
    assert town.asked(head) == ["manager", "dsl"]


def test_a_second_person_is_told_who_has_it(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.pass_time(minutes=5)
    town.press(head, "dsl")
    with pytest.raises(AlreadyAcknowledged) as refused:
        town.press(head, "manager")
    assert refused.value.say == "Duty DSL has had this since 14:05."
    assert town.standing(head).acknowledged_by == "dsl"


def test_pressing_twice_is_pressing_once(town: Town) -> None:
    head = new_head()
    town.start(head)
    assert town.press(head, "dsl") == town.press(head, "dsl")
    assert town.responses(head) == ["utter_acknowledged"]


def test_twenty_presses_at_once_have_one_owner(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.pass_time(minutes=15)
    people = ["manager", "dsl", "deputy", "on_call"] * 5

    def press(person: str) -> str:
        try:
            return str(town.press(head, person).acknowledged_by)
        except HeardError as refused:
            return refused.code

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(press, people))
    owner = town.standing(head).acknowledged_by
    assert [result for result in results if result != "already_acknowledged"] == [owner] * 5
    assert [step["person"] for step in town.steps(head) if step["route"] == "answer"] == [owner]
    assert town.responses(head).count("utter_acknowledged") == 1


def test_a_press_in_the_moment_a_rungs_time_ends_is_the_end_of_it(town: Town) -> None:
    for _ in range(10):
        head = new_head()
        town.start(head)
        town.now += timedelta(minutes=10)
        *_, due = town.queue.take(town.now)  # the others are of the cases before
        with ThreadPoolExecutor(2) as pool:
            ticked = pool.submit(Ticks(town.engine, town.around).run, due)
            pressed = pool.submit(town.press, head, "dsl")
            assert pressed.result().acknowledged_by == "dsl"
            assert ticked.result() in ("asked", STALE)
        asked = town.asked(head)
        town.pass_time(minutes=59)
        assert town.standing(head).status is EscalationStatus.ACKNOWLEDGED
        assert town.asked(head) == asked  # nobody after the press


def test_somebody_asked_earlier_may_still_take_it(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.pass_time(minutes=15)
    assert town.press(head, "dsl").acknowledged_by == "dsl"


def test_somebody_on_the_ladder_need_not_wait_for_their_turn(town: Town) -> None:
    head = new_head()
    town.start(head)
    assert town.press(head, "on_call").acknowledged_by == "on_call"


def test_a_trustee_may_take_it_once_asked(town: Town) -> None:
    head = new_head()
    town.start(head)
    with pytest.raises(NotAllowed):
        town.press(head, "trustee")
    town.pass_time(minutes=20)
    assert town.press(head, "trustee").acknowledged_by == "trustee"


@pytest.mark.parametrize("person", ["other_manager", "worker", "nobody_known"])
def test_a_stranger_to_the_ladder_is_refused(town: Town, person: str) -> None:
    head = new_head()
    town.start(head)
    town.press(head, "dsl")
    with pytest.raises(NotAllowed):
        town.press(head, person)


def test_somebody_left_out_finds_nothing_there(town: Town) -> None:
    head = new_head()
    town.start(head, left_out=frozenset({"dsl"}))
    with pytest.raises(UnknownRecord) as hidden:
        town.press(head, "dsl")
    with pytest.raises(UnknownRecord) as absent:
        town.press(new_head(), "dsl")
    assert hidden.value.say == absent.value.say


def test_what_nobody_answered_can_still_be_taken(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.pass_time(hours=5)
    assert town.press(head, "dsl").status is EscalationStatus.ACKNOWLEDGED


def test_a_taken_case_stays_taken_unless_it_becomes_more_urgent(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.press(head, "dsl")
    assert town.start(head, Urgency.STANDARD).acknowledged_by == "dsl"
    assert town.start(head, Urgency.URGENT).acknowledged_by == "dsl"
    raised = town.start(head, Urgency.EMERGENCY)
    assert (raised.status, raised.acknowledged_by) == (EscalationStatus.CLIMBING, None)
    assert raised.asked == ("manager", "dsl", "on_call")
    assert town.press(head, "manager").acknowledged_by == "manager"


def test_the_climb_can_be_read_back_in_order(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.pass_time(minutes=10)
    town.press(head, "deputy")
    assert [(s["rung"], s["route"], s["person"], s["result"]) for s in town.steps(head)] == [
        (0, "desk", "manager", "delivered"),
        (0, "desk", "dsl", "delivered"),
        (1, "desk", "deputy", "delivered"),
        (1, "conversation", "worker", "delivered"),
        (1, "answer", "deputy", "acknowledged"),
        (1, "conversation", "worker", "delivered"),
    ]
    assert all(step["at"].tzinfo is not None for step in town.steps(head))


@pytest.mark.parametrize("press", ["acknowledge", "pass_on", "snooze", "step_taken", "close"])
def test_nobody_takes_a_case_before_it_is_clear_whom_it_concerns(town: Town, press: str) -> None:
    head = new_head()
    town.start(head, hold_seconds=45)
    town.pass_time(seconds=23)
    with pytest.raises(UnknownRecord), town.rows() as rows:
        getattr(rows, press)(head.id, "manager")
    town.pass_time(seconds=22)
    assert town.asked(head) == ["manager", "dsl"]
    assert town.press(head, "manager").acknowledged_by == "manager"
