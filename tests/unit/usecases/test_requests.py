"""Somebody official asks, and information got out: in each of the five organisations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework import breach, official
from casework.vocabulary import RecordKind, Topic
from tests.unit.home import Home
from tests.unit.usecases.walk import CROSSROADS, HOME_START, KENT, MANCHESTER, PACKS, Housed, Walk


def asked_officially(home: Home) -> Walk:
    return Walk.begin(home, "police want her address", kind=RecordKind.OFFICIAL_REQUEST)


def got_out(home: Home) -> Walk:
    return Walk.begin(home, "i emailed the wrong family", kind=RecordKind.BREACH)


def plan(walk: Walk) -> str:
    return next(str(e.text) for e in walk.home.entries(walk.talk) if e.topic == Topic.PLAN)


CHECKS = ["identity", "entitlement", "number_found_independently", "called_back"]


@pytest.mark.rule("M40", "M41", "X12", "X5", "X11", "C4", "H3", "H22", "K4", "K6")
@pytest.mark.parametrize("pack", PACKS)
def test_a_caller_is_checked_and_rung_back_before_anything_else(housed: Housed, pack: str) -> None:
    walk = asked_officially(housed(pack))
    walk.say("they rang me")
    asked = []
    while walk.asks != "official_body":
        assert walk.asks is not None
        asked.append(walk.asks)
        walk.say("yes")
    assert asked == CHECKS
    answers = {e.topic: e.value for e in walk.home.entries(walk.talk) if e.topic in CHECKS}
    assert answers == dict.fromkeys(CHECKS, "yes")


@pytest.mark.rule("M40")
@pytest.mark.parametrize("failed", CHECKS)
def test_until_every_check_is_done_nothing_is_said(housed: Housed, failed: str) -> None:
    walk = asked_officially(housed(MANCHESTER))
    walk.say("They rang", button="choose")
    walk.until(failed)
    walk.say("no")
    assert walk.standing.ask is not None
    assert (walk.asks, walk.standing.ask.waits) == (failed, True)
    assert walk.home.climb(walk.talk) is None
    walk.say("yes")
    assert walk.asks != failed


@pytest.mark.rule("C18", "C21", "X12", "X13", "H11", "K6", "K0", "M36")
@pytest.mark.parametrize("pack", PACKS)
def test_what_is_asked_under_what_power_and_in_writing_is_recorded(
    housed: Housed, pack: str
) -> None:
    walk = asked_officially(housed(pack))
    walk.say("In writing", button="choose")
    walk.say("yes")
    asked = []
    while walk.asks:
        asked.append(walk.asks)
        walk.say("her address" if walk.asks == "what_is_asked" else "yes")
    assert asked == ["what_is_asked", "under_what_power", "in_writing"]
    told = walk.home.house.pack.official_request.told
    assert plan(walk).startswith(f"Told: {', '.join(told)}")
    assert walk.home.climb(walk.talk) is not None


@pytest.mark.rule("H24", "H11")
def test_where_the_policy_says_so_the_answer_is_a_statement_of_signed_entries(
    housed: Housed,
) -> None:
    walk = asked_officially(housed(HOME_START))
    walk.say("by letter")
    walk.until(None)
    found = official.plan_of(walk.home.house, walk.standing.case)
    assert (found.told, found.from_signed_entries) == (("trustee",), True)
    assert "signed, dated entries only" in plan(walk)


@pytest.mark.rule("H22")
@pytest.mark.parametrize("missing", ["agency_interest", "agency_arrangements"])
def test_another_agency_without_interest_or_arrangements_gets_nothing(
    housed: Housed, missing: str
) -> None:
    walk = asked_officially(housed(HOME_START))
    walk.say("by letter")
    walk.say("no")
    walk.until(missing)
    walk.say("no")
    assert walk.asks is None
    assert official.plan_of(walk.home.house, walk.standing.case).refused_at == missing


# ---- a breach ----


@pytest.mark.rule("H33", "H7", "X16", "X17", "K11", "C19", "C2", "M32", "M38", "C21", "H31")
@pytest.mark.parametrize("pack", PACKS)
def test_a_breach_is_recorded_and_told_whatever_is_decided_about_it(
    housed: Housed, pack: str
) -> None:
    walk = got_out(housed(pack))
    questions = list(walk.home.house.pack.breach.questions)
    asked = []
    while walk.asks:
        asked.append(walk.asks)
        walk.say("one email, this morning" if walk.standing.ask.free else "no")
    assert asked == questions
    assert walk.home.climb(walk.talk) is not None
    for role in walk.home.house.pack.breach.decides:
        assert walk.home.house.pack.roles[role].title in plan(walk)


@pytest.mark.rule("X16")
def test_an_accident_counts_as_much_as_intent(housed: Housed) -> None:
    texts = []
    for answer in ("yes", "no"):
        home = housed(CROSSROADS) if answer == "yes" else texts[0][1].home
        walk = got_out(home)
        while walk.asks:
            walk.say(answer if walk.asks == "by_accident" else "yes")
        texts.append((plan(walk), walk))
    assert texts[0][0] == texts[1][0]


@pytest.mark.rule("H32")
@pytest.mark.parametrize(("affects", "tell"), [("yes", True), ("not sure", True), ("no", False)])
def test_people_are_told_without_delay_where_it_may_affect_them(
    housed: Housed, affects: str, tell: bool
) -> None:
    walk = got_out(housed(HOME_START))
    while walk.asks:
        walk.say(affects if walk.asks == "may_affect_people" else "yes")
    assert breach.plan_of(walk.home.house, walk.standing.case).tell_people is tell


@pytest.mark.rule("H31", "H33")
def test_the_regulators_clock_runs_from_when_it_was_known_here(housed: Housed) -> None:
    walk = got_out(housed(HOME_START))
    found = breach.plan_of(walk.home.house, walk.standing.case)
    assert found.regulator_by is not None
    assert (found.regulator_by - walk.home.head(walk.talk).opened_at).total_seconds() == 72 * 3600


@pytest.mark.rule("H24", "H31")
def test_whoever_must_hear_and_whoever_decides_has_it_on_the_calendar(housed: Housed) -> None:
    home = housed(HOME_START)
    asked_officially(home).until("under_what_power", came_how="by letter")
    walk = got_out(home)
    walk.say("an email went wrong")
    with home.store.read() as work:
        due = work.duties.due(home.clock.now + timedelta(hours=72))
    assert [(duty.kind, duty.role) for duty in due] == [
        ("official_request", "trustee"),
        ("breach_decision", "dp_trustee"),
    ]


@pytest.mark.rule("K12")
def test_whoever_is_concerned_is_led_to_the_complaints_procedure(housed: Housed) -> None:
    walk = got_out(housed(KENT))
    walk.until(None)
    assert breach.plan_of(walk.home.house, walk.standing.case).complaint_rules == ("K12",)
