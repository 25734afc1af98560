"""Somebody official asks, and information got out: in each of the five organisations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework import breach, guided, official
from casework.vocabulary import RecordKind, Topic
from tests.unit.home import Home
from tests.unit.usecases.walk import CROSSROADS, HOME_START, KENT, MANCHESTER, PACKS, Housed, Walk


def asked_officially(home: Home, first: str = "somebody official wants her address") -> Walk:
    return Walk.begin(home, first, kind=RecordKind.OFFICIAL_REQUEST)


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


@pytest.mark.rule("M40")
@pytest.mark.parametrize(
    ("failed", "said"),
    [
        ("identity", "ive rung him back and it's really them"),
        ("number_found_independently", "confirmed with their switchboard"),
        ("called_back", "rang them back just now"),
        ("entitlement", "yes"),
        ("entitlement", "the manager says yes they can"),
    ],
)
def test_who_comes_back_from_checking_goes_on(housed: Housed, failed: str, said: str) -> None:
    walk = asked_officially(housed(MANCHESTER))
    walk.until(failed, came_how="they rang")
    walk.say("not yet")
    walk.say(said)
    assert walk.asks not in (failed, None)


@pytest.mark.rule("M40", "M41")
@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("identity", "he rang me back"),
        ("identity", "sounds genuine"),
        ("identity", "it's him, i know his voice"),
        ("identity", "he confirmed it himself"),
        ("entitlement", "she said yes shes allowed"),
        ("entitlement", "he says hes her uncle so yes"),
        ("number_found_independently", "i rang back on the number they gave me"),
        ("number_found_independently", "rang them back just now"),
        ("number_found_independently", "did 1471 and rang it"),
        ("called_back", "they called back and it was him"),
        ("called_back", "yes i rang the number he left"),
    ],
)
def test_what_a_caller_says_or_does_themselves_checks_nobody(
    housed: Housed, check: str, said: str
) -> None:
    walk = asked_officially(housed(MANCHESTER))
    walk.until(check, came_how="they rang")
    ask = walk.standing.ask
    assert ask is not None
    message = walk.home.message(walk.talk, said)
    # A no, or asked again; never a yes.
    assert guided.understand(walk.home.house, message, ask, button=None) in ("no", guided.UNCLEAR)


@pytest.mark.rule("M40")
def test_what_the_manager_refuses_is_refused(housed: Housed) -> None:
    walk = asked_officially(housed(MANCHESTER))
    walk.until("entitlement", came_how="they rang")
    walk.say("not sure")
    walk.say("my manager said no")
    assert walk.asks is None
    assert "No yes to: Have you checked that they may have it?" in plan(walk)


@pytest.mark.rule("M40")
@pytest.mark.parametrize("said", ["he hung up", "she wouldn't give a name", "They won't say"])
@pytest.mark.parametrize("failed", CHECKS)
def test_a_caller_who_will_not_be_checked_gets_nothing_and_somebody_hears_of_it(
    housed: Housed, failed: str, said: str
) -> None:
    walk = asked_officially(housed(MANCHESTER))
    walk.until(failed, came_how="they rang")
    walk.say("no")
    walk.say(said, button="choose" if said.startswith("They") else None)
    assert walk.asks is None
    assert plan(walk).startswith("Not given. No yes to: Have you")
    assert walk.home.climb(walk.talk) is not None


@pytest.mark.parametrize(
    ("first", "asks"),
    [
        ("police on the phone asking about a service user", "identity"),
        ("we got a court order through the post", "what_is_asked"),
        ("two pcs in reception want to see her", "what_is_asked"),
        ("someone rang, she wants to know if tom is one of ours", "identity"),
        ("the council wants a report", "came_how"),
        ("police emailed and then rang", "came_how"),
        ("police want the phone we keep for him", "came_how"),
        ("solicitor for the council wrote asking for my notes", "what_is_asked"),
        ("her solicitor wrote to us, the police are involved she says", "official_body"),
        ("got a letter from the school, mum wants it because of the court case", "official_body"),
    ],
)
def test_nobody_is_asked_what_they_have_just_said(housed: Housed, first: str, asks: str) -> None:
    assert asked_officially(housed(MANCHESTER), first).asks == asks


def test_what_was_taken_from_the_first_message_can_be_put_right(housed: Housed) -> None:
    walk = asked_officially(housed(MANCHESTER), "the police wrote to me, can i call them")
    assert walk.asks == "what_is_asked"
    walk.change("came_how", "they rang")
    assert walk.asks == "identity"
    walk.change("came_how", "in writing")
    walk.change("official_body", "no")
    assert walk.asks == "what_is_asked"


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


@pytest.mark.rule("H22", "H24")
def test_another_agency_gets_no_statement_but_is_decided_about_like_any_sharing(
    housed: Housed,
) -> None:
    walk = asked_officially(housed(HOME_START))
    walk.say("by letter")
    walk.say("no")
    walk.until(None)
    assert not official.plan_of(walk.home.house, walk.standing.case).from_signed_entries
    assert "signed, dated entries" not in plan(walk)


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


@pytest.mark.rule("H31", "C21")
@pytest.mark.parametrize("pack", PACKS)
def test_whoever_decides_about_a_breach_is_the_first_to_be_told(housed: Housed, pack: str) -> None:
    walk = got_out(housed(pack))
    walk.say("an email to the wrong family")
    home = walk.home
    deciders = {
        person
        for role in home.house.pack.breach.decides
        for person in home.house.organisation.people_with_role(role, home.clock.now)
    }
    climb = home.climb(walk.talk)
    assert climb is not None
    assert set(climb.asked) == deciders


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
