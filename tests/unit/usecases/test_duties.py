"""Duties with a date: on the calendar, done only when all is true, back when they come again."""

from __future__ import annotations

from datetime import date

import pytest

from casework import duties, duty_guide, duty_record, duty_words
from casework.errors import NotAllowed, StillMissing, UnknownRecord
from casework.facts import Duty
from policy.duties import duties_for, still_missing
from policy.pack import load_pack
from policy.pack.obligations import When
from tests.unit.home import Home
from tests.unit.usecases.walk import (
    CHILDREN,
    CROSSROADS,
    HOME_START,
    KENT,
    MANCHESTER,
    Housed,
    Walk,
)

TODAY = date(2026, 3, 3)


def begun(home: Home, person: str, after: When) -> list[Duty]:
    with home.store.work() as work:
        return duties.begin(home.house, work, person, after, TODAY)


def answer(home: Home, duty: Duty, person: str, *confirmed: str) -> Duty | None:
    with home.store.work() as work:
        return duties.answer(home.house, work, duty.id, person, confirmed)


EVERY_DUTY = [
    (CHILDREN, "reporter", "start_of_role", "child_protection_training"),
    (CROSSROADS, "reporter", "start_of_role", "training_assessed"),
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
    with home.store.read() as work:
        (doer,) = duties.holders(home.house.organisation, work, duty)
    answer(home, duty, doer, *duties.of_kind(home.house, kind).first)
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


def put_before(home: Home, person: str) -> list[tuple[str, str]]:
    with home.store.read() as work:
        said = duty_words.due(home.house, work, person)
        said += duty_words.done_for(home.house, work, person)
    return [(name, slots["title"]) for name, slots in said]


@pytest.mark.rule("X18")
def test_what_the_manager_does_for_a_new_worker_is_before_both_of_them(housed: Housed) -> None:
    home = housed(CROSSROADS)
    (duty,) = begun(home, "reporter", "start_of_role")
    home.pass_time(hours=24 * 20)
    title = "Work out the training needed"
    assert put_before(home, "line_manager") == [("utter_due_soon", f"{title}: Care Worker")]
    assert put_before(home, "reporter") == [("utter_due_for_you", title)]
    assert put_before(home, "volunteer") == []
    with pytest.raises(NotAllowed):
        answer(home, duty, "reporter")
    answer(home, duty, "line_manager")
    assert put_before(home, "line_manager") == put_before(home, "reporter") == []


@pytest.mark.rule("X18")
def test_whose_manager_is_away_or_new_has_it_done_by_the_one_who_has_them_now(
    housed: Housed,
) -> None:
    home = housed(CROSSROADS)
    (duty,) = begun(home, "reporter", "start_of_role")
    people = home.house.organisation.people
    for manager, doers in (("deputy_dsl", {"deputy_dsl"}), (None, {"dsl", "deputy_dsl"})):
        home.organise(
            tuple(
                one.model_copy(update={"line_manager": manager}) if one.id == "reporter" else one
                for one in people
            )
        )
        with home.store.read() as work:
            assert duties.holders(home.house.organisation, work, duty) == doers


@pytest.mark.rule("X18")
def test_it_is_begun_answered_and_signed_by_the_manager(housed: Housed) -> None:
    home = housed(CROSSROADS)
    (duty,) = begun(home, "reporter", "start_of_role")
    talk = home.talk("line_manager")
    walk = Walk(home, duty_guide.begin(home.house, talk, duty.id))
    assert walk.standing.ask is not None
    assert walk.standing.ask.rules == ("X18",)
    walk.say("yes")
    with home.store.read() as work:
        assert work.duties.get(duty.id).done_by == "line_manager"
    with pytest.raises(UnknownRecord):
        duty_guide.begin(home.house, home.talk(), duty.id)


@pytest.mark.rule("X18")
def test_whoever_oversees_it_closes_it_in_the_record_of_whoever_does_it(housed: Housed) -> None:
    home = housed(CROSSROADS)
    (duty,) = begun(home, "reporter", "start_of_role")
    with home.store.work() as work:
        with pytest.raises(NotAllowed):
            duty_record.close(home.house, work, duty.id, "reporter", "no need")
        duty_record.close(home.house, work, duty.id, "dsl", "has left")
        assert duty_record.find(work, duty, "line_manager") is not None
        assert duty_record.find(work, duty, "reporter") is None


def test_nobody_answers_for_somebody_else(housed: Housed) -> None:
    home = housed(KENT)
    duty = begun(home, "reporter", "start_of_role")[0]
    with pytest.raises(NotAllowed):
        answer(home, duty, "line_manager")
