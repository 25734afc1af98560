"""The ladder itself: nothing here touches a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from casework.organisation import ClockOverrides
from escalation.ladder import Reach, Turn, freeze, from_json, may_take, tells_outside, to_json, wait
from policy.pack import Rung, Window
from policy.pack.ladders import OfKind
from tests.unit.escalation.people import LADDER, PACK, organisation

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def reach(*left_out: str) -> Reach:
    return Reach(organisation(), "worker", NOON, left_out)


def test_a_kept_ladder_comes_back_as_it_was() -> None:
    back = from_json(to_json(LADDER))
    assert to_json(back) == to_json(LADDER)
    assert [rung.acknowledge_within for rung in back] == [r.acknowledge_within for r in LADDER]


def test_a_kept_ladder_holds_roles_and_seconds_and_nothing_else() -> None:
    assert to_json(LADDER)[0] == {
        "roles": ["line_manager", "dsl"],
        "seconds": 600,
        "outside": False,
    }


def test_the_organisations_own_clock_is_frozen_with_the_ladder() -> None:
    quick = ClockOverrides(urgent=Window(acknowledge_within_seconds=2))
    frozen = to_json(freeze(PACK, organisation(clocks=quick), "urgent", "disclosure"))
    assert [rung["seconds"] for rung in frozen] == [2, 2, 2]


def test_the_first_rung_asks_the_reporters_own_manager() -> None:
    assert reach().first(LADDER, 0) == Turn(0, ("manager", "dsl"))


def test_a_rung_with_nobody_left_is_passed_over() -> None:
    assert reach("deputy").first(LADDER, 1) == Turn(2, ("on_call",))


def test_no_rung_with_anybody_is_no_turn() -> None:
    assert reach("manager", "dsl", "deputy", "on_call").first(LADDER, 0) is None


def test_the_last_resort_is_the_last_rung_with_anybody_and_a_trustee() -> None:
    assert reach("on_call").last(LADDER) == Turn(1, ("deputy", "trustee"))


def test_the_last_resort_may_be_nobody_at_all() -> None:
    everybody = ("manager", "dsl", "deputy", "on_call", "trustee")
    assert reach(*everybody).last(LADDER) == Turn(2, ())


def test_a_reporter_who_left_the_directory_stops_nothing() -> None:
    gone = Reach(organisation(), "somebody_else", NOON, ())
    assert gone.first(LADDER, 0) == Turn(0, ("dsl",))


@pytest.mark.parametrize(
    ("repeats", "minutes"), [(0, 10), (1, 20), (2, 40), (3, 60), (4, 60), (5000, 60)]
)
def test_repeats_slow_down_to_one_an_hour(repeats: int, minutes: int) -> None:
    assert wait(LADDER[0], repeats) == timedelta(minutes=minutes)


def test_a_rung_that_waits_longer_than_an_hour_keeps_its_own_time() -> None:
    day = Rung(roles=("dsl",), acknowledge_within_minutes=1440)
    assert wait(day, 3) == timedelta(days=1)


def test_the_last_rung_gives_the_numbers_outside_even_when_the_pack_forgot() -> None:
    forgetful = LADDER[:2]
    assert [tells_outside(forgetful, n) for n in (0, 1)] == [False, True]


@pytest.mark.parametrize("person", ["manager", "dsl", "deputy", "on_call"])
def test_whoever_stands_on_the_ladder_may_take_the_case(person: str) -> None:
    assert may_take(LADDER, organisation(), reporter="worker", person=person)


@pytest.mark.parametrize("person", ["other_manager", "worker", "trustee", "nobody"])
def test_nobody_else_may_take_the_case(person: str) -> None:
    assert not may_take(LADDER, organisation(), reporter="worker", person=person)


def test_a_kind_may_have_a_ladder_of_its_own_and_keeps_the_rest() -> None:
    own = OfKind(standard=(Rung(roles=("trustee",), acknowledge_within_minutes=60, outside=True),))
    ladders = PACK.ladders.model_copy(update={"by_kind": {"breach": own}})
    pack = PACK.model_copy(update={"ladders": ladders})
    roles = {
        kind: [rung.roles for rung in freeze(pack, organisation(), "standard", kind)]
        for kind in ("breach", "concern")
    }
    assert roles == {"breach": [("trustee",)], "concern": [rung.roles for rung in LADDER]}
    assert freeze(pack, organisation(), "urgent", "breach") == LADDER
