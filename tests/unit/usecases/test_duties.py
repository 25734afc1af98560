"""Duties with a date: on the calendar, done only when all is true, back when they come again."""

from __future__ import annotations

from datetime import date

import pytest

from casework import duties
from casework.errors import NotAllowed, StillMissing
from casework.facts import Duty
from policy.duties import duties_for, still_missing
from policy.pack import load_pack
from policy.pack.obligations import When
from tests.unit.home import Home
from tests.unit.usecases.walk import CHILDREN, CROSSROADS, HOME_START, KENT, MANCHESTER, Housed

TODAY = date(2026, 3, 3)


def begun(home: Home, person: str, after: When) -> list[Duty]:
    with home.store.work() as work:
        return duties.begin(home.house, work, person, after, TODAY)


def answer(home: Home, duty: Duty, person: str, *confirmed: str) -> Duty | None:
    with home.store.work() as work:
        return duties.answer(home.house, work, duty.id, person, confirmed)


EVERY_DUTY = [
    (CHILDREN, "reporter", "start_of_role", "child_protection_training"),
    (CROSSROADS, "line_manager", "start_of_role", "training_assessed"),
    (CROSSROADS, "reporter", "policy_changed", "policy_acceptance"),
    (HOME_START, "reporter", "start_of_role", "code_of_conduct"),
    (HOME_START, "volunteer", "end_of_support", "notes_at_end_of_support"),
    (KENT, "reporter", "start_of_role", "privacy_statement"),
    (MANCHESTER, "line_manager", "kept_record", "review_of_what_is_kept"),
    (MANCHESTER, "reporter", "leaving", "leavers_reminder"),
]


@pytest.mark.rule("C13", "X18", "X19", "X20", "X21", "H15", "H17", "K14", "M12", "M45")
@pytest.mark.parametrize(("pack", "person", "after", "kind"), EVERY_DUTY)
def test_it_is_put_on_the_calendar_once_and_overdue_until_it_is_done(
    housed: Housed, pack: str, person: str, after: When, kind: str
) -> None:
    home = housed(pack)
    duty = next(one for one in begun(home, person, after) if one.kind == kind)
    assert begun(home, person, after)[0].id
    home.pass_time(hours=24 * 400)
    with home.store.read() as work:
        late = [one.kind for one in duties.overdue(work)]
    assert late.count(kind) == 1
    answer(home, duty, person, *duties.of_kind(home.house, kind).first)
    with home.store.read() as work:
        assert kind not in [one.kind for one in duties.overdue(work)]


@pytest.mark.rule("X19", "X20", "H17", "H15")
@pytest.mark.parametrize(
    ("pack", "person", "after"),
    [
        (CROSSROADS, "reporter", "policy_changed"),
        (HOME_START, "volunteer", "start_of_role"),
        (HOME_START, "volunteer", "end_of_support"),
    ],
)
def test_it_is_not_done_before_all_that_comes_first_is_true(
    housed: Housed, pack: str, person: str, after: When
) -> None:
    home = housed(pack)
    duty = next(
        one for one in begun(home, person, after) if duties.of_kind(home.house, one.kind).first
    )
    first = duties.of_kind(home.house, duty.kind).first
    with pytest.raises(StillMissing) as missing:
        answer(home, duty, person, *list(first)[1:])
    assert first[next(iter(first))] in missing.value.say
    with home.store.read() as work:
        assert work.duties.get(duty.id).done_at is None


@pytest.mark.rule("H18")
def test_the_privacy_notice_is_done_when_the_absent_partner_was_thought_of() -> None:
    (notice,) = duties_for(load_pack(HOME_START), ["coordinator"], "first_visit")
    assert still_missing(notice, ["explained"]) == ("absent_partner",)


@pytest.mark.rule("K14")
def test_a_yearly_statement_comes_again_a_year_after_it_was_had(housed: Housed) -> None:
    home = housed(KENT)
    duty = next(
        d for d in begun(home, "reporter", "start_of_role") if d.kind == "privacy_statement"
    )
    again = answer(home, duty, "reporter")
    assert again is not None
    assert again.due_at.date() == date(2027, 3, 3)


def test_nobody_answers_for_somebody_else(housed: Housed) -> None:
    home = housed(KENT)
    duty = begun(home, "reporter", "start_of_role")[0]
    with pytest.raises(NotAllowed):
        answer(home, duty, "line_manager")
