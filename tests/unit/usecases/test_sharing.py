"""Should I share this, in each of the five organisations, down to what stands in the record."""

from __future__ import annotations

import pytest

from casework import danger, extract
from casework.facts import EscalationStatus, MessageKind
from casework.guided import Guided
from casework.vocabulary import EntryKind, Topic, Urgency
from policy.decide import Matter, ToDo
from tests.unit.usecases.walk import (
    CHILDREN,
    CROSSROADS,
    HOME_START,
    KENT,
    MANCHESTER,
    PACKS,
    Housed,
    Walk,
)

# ---- harm comes first ----


@pytest.mark.rule("M21", "M9", "M4", "C11", "C12", "X13", "X14", "X9", "H19", "K6", "K9")
@pytest.mark.parametrize("pack", PACKS)
def test_harm_raises_the_concern_before_any_question_about_sharing(
    housed: Housed, pack: str
) -> None:
    walk = Walk.begin(housed(pack))
    assert walk.asks == "harm_concern"
    walk.say("yes i think hes hurting her")
    climb = walk.home.climb(walk.talk)
    assert climb is not None
    assert (climb.urgency, climb.status) == (Urgency.URGENT, EscalationStatus.HOLDING)
    assert walk.asks == "involves_us"
    walk.say("no")
    assert "dsl" in walk.home.asked_ever(walk.talk)
    assert set(walk.home.house.pack.sharing.harm_gate.raise_rules) <= walk.codes()


@pytest.mark.parametrize("pack", PACKS)
def test_whoever_may_be_the_danger_gets_nothing_and_no_explanation(
    housed: Housed, pack: str
) -> None:
    walk = Walk.begin(housed(pack), "her ex says he needs her address urgently")
    walk.say("yes")
    walk.say("no")
    walk.say("it could be him")
    assert walk.outcome == "do_not_share"
    assert walk.asks == "why_not_shared"
    walk.say("he must not find her")
    assert walk.asks is None


@pytest.mark.parametrize("pack", PACKS)
def test_whoever_has_no_part_in_protecting_gets_nothing_however_urgent(
    housed: Housed, pack: str
) -> None:
    walk = Walk.begin(housed(pack), "a neighbour rings, its life and death")
    walk.until("recipient_protects", involves_us="no", recipient_is_danger="no")
    walk.say("no")
    assert walk.outcome == "do_not_share"
    assert walk.does(ToDo.RAISE_CONCERN)


@pytest.mark.rule("M21", "H19", "K6", "C11")
@pytest.mark.parametrize("pack", PACKS)
def test_whoever_protects_is_told_without_asking_for_consent(housed: Housed, pack: str) -> None:
    walk = Walk.begin(housed(pack), "childrens services ring about her bruises")
    walk.until("how_much", involves_us="no", recipient_is_danger="no")
    assert "consent" not in {step.question for step in walk.decision.path}


def test_whoever_is_named_as_the_danger_here_never_hears_of_it(housed: Housed) -> None:
    walk = Walk.begin(housed(MANCHESTER), "somebody asks about jess")
    walk.say("yes")
    walk.say("yes")
    assert walk.asks == "which_of_us"
    walk.say("the duty dsl")
    walk.home.pass_time(minutes=30)
    assert "dsl" not in walk.home.asked_ever(walk.talk)
    assert "dsl" in walk.home.left_out(walk.talk)


def test_the_concern_goes_up_by_itself_when_nobody_says_whom_it_concerns(housed: Housed) -> None:
    walk = Walk.begin(housed(MANCHESTER))
    walk.say("yes")
    walk.home.pass_time(minutes=1)
    assert walk.home.asked_ever(walk.talk)[:2] == ["line_manager", "dsl"]


# ---- the pack's own order, and its ends ----

FIRST_QUESTIONS = {
    KENT: ["about_host", "legitimate_purpose", "directly_involved", "recipient_is_host"],
    CHILDREN: ["legitimate_purpose", "identifiable", "confidential", "consent"],
    CROSSROADS: ["legitimate_purpose", "inside", "consent", "other_reason"],
    HOME_START: ["legitimate_purpose", "identifiable", "inside", "agency_interest"],
    MANCHESTER: ["legitimate_purpose", "identifiable", "confidential", "consent", "other_reason"],
}
TO_GO_ON = {"about_host": "no", "inside": "no", "consent": "no"}


@pytest.mark.rule("M13", "M14", "M15", "M16", "M17", "C4", "C7", "X5", "X11", "X12", "H22", "K4")
@pytest.mark.rule("C18", "K5", "K8", "H26", "H2", "H3", "X6", "M30")
@pytest.mark.parametrize("pack", PACKS)
def test_the_questions_come_in_the_organisations_own_order(housed: Housed, pack: str) -> None:
    walk = Walk.begin(housed(pack))
    walk.say("no")
    asked = []
    while walk.asks and len(asked) < len(FIRST_QUESTIONS[pack]):
        asked.append(walk.asks)
        walk.say(TO_GO_ON.get(walk.asks, "yes"))
    assert asked == FIRST_QUESTIONS[pack]


@pytest.mark.rule("M11", "M20", "M13", "C18", "X5", "H2", "K4")
@pytest.mark.parametrize("pack", PACKS)
def test_not_sharing_asks_for_reasons_and_makes_the_full_record(housed: Housed, pack: str) -> None:
    walk = Walk.begin(housed(pack))
    walk.until("legitimate_purpose", harm_concern="no", about_host="no")
    walk.say("no")
    assert walk.outcome == "do_not_share"
    assert walk.asks == "why_not_shared"
    walk.say("they are just curious")
    assert walk.asks == "discussed_with_requester"
    walk.say("yes")
    assert walk.asks is None
    assert_full(walk, "do not share")


@pytest.mark.rule(
    "M11", "M20", "M18", "M5", "M6", "M7", "M8", "M10", "C4", "X5", "H8", "H19", "H30"
)
@pytest.mark.rule("K4", "K1", "C17", "X7", "X8")
@pytest.mark.parametrize("pack", PACKS)
def test_sharing_asks_how_and_makes_the_same_full_record(housed: Housed, pack: str) -> None:
    walk = Walk.begin(housed(pack))
    nos = {
        "harm_concern": "no",
        "about_host": "no",
        "telling_raises_risk": "no",
        "telling_spoils_investigation": "no",
    }
    walk.until("how_much", **nos)
    asked = []
    while walk.asks != "shared_with":
        assert walk.asks is not None
        asked.append(walk.asks)
        walk.say({"how_much": "still at the same address", **nos}.get(walk.asks, "yes"))
    assert asked[:4] == ["how_much", "fact_from_opinion", "right_recipient", "secure_route"]
    assert walk.outcome == "share"
    walk.say("housing, for her benefit")
    walk.until(None)
    assert_full(walk, "share")


def assert_full(walk: Walk, outcome: str) -> None:
    """Path, clauses, policy and its fingerprint, reasons: whatever was decided."""
    (entry,) = walk.decisions()
    lines = [line.partition(": ") for line in entry.text.splitlines()]
    titles = [title for title, _, _ in lines]
    pack = walk.home.house.pack
    assert (titles[0], lines[0][2]) == ("Decision", outcome)
    assert {"Why", "Asked", "To do", "Clauses", "Policy"} <= set(titles)
    assert titles.count("Asked") == len(walk.decision.path)
    assert pack.version in lines[-1][2]
    assert pack.sha256 in lines[-1][2]
    for code in walk.codes():
        assert code in entry.text


@pytest.mark.rule("M20", "M34", "M24", "C14", "C8", "X12", "H9")
@pytest.mark.parametrize("pack", PACKS)
def test_not_sure_leads_to_advice_and_what_came_of_it_is_recorded(
    housed: Housed, pack: str
) -> None:
    walk = Walk.begin(housed(pack))
    walk.until("legitimate_purpose", harm_concern="no", about_host="no")
    walk.say("not sure")
    assert walk.outcome == "seek_advice"
    assert set(walk.home.house.pack.sharing.advice.rules) <= walk.codes()
    assert walk.asks == "advice_outcome"
    walk.say("rang my manager, they say the school has no need for it")
    assert walk.asks == "legitimate_purpose"
    walk.say("no")
    assert walk.outcome == "do_not_share"
    advice = [e for e in walk.home.entries(walk.talk) if e.topic == "advice_outcome"]
    assert [str(entry.text) for entry in advice] == [
        "rang my manager, they say the school has no need for it"
    ]


@pytest.mark.rule("C8", "M24")
def test_advice_can_be_had_without_a_name_where_the_policy_says_so(housed: Housed) -> None:
    for pack, code in ((CHILDREN, "C8"), (MANCHESTER, "M24")):
        walk = Walk.begin(housed(pack))
        walk.until("legitimate_purpose", harm_concern="no")
        walk.say("not sure")
        assert walk.decision.advice_without_naming == code


@pytest.mark.rule("X1", "X3")
def test_whom_the_guidance_is_not_written_for_is_sent_to_their_own(housed: Housed) -> None:
    walk = Walk.begin(housed(CROSSROADS), person="volunteer")
    walk.say("no")
    assert walk.outcome == "seek_advice"
    assert "X1" in walk.codes()


# ---- consent ----


@pytest.mark.rule("M16", "X12", "K5", "H26", "C7")
def test_a_yes_in_front_of_somebody_with_power_is_no_yes(housed: Housed) -> None:
    walk = Walk.begin(housed(MANCHESTER))
    walk.until("consent", harm_concern="no")
    walk.say("she said its ok i think? he was stood there")
    assert walk.asks == "can_ask"
    walk.say("i'll ask")
    assert walk.outcome == "do_not_share"
    assert walk.decision.waits_for[0].matter is Matter.CONSENT
    assert walk.standing.ask is not None
    assert (walk.asks, walk.standing.ask.waits) == ("consent", True)


def test_the_next_day_just_writing_goes_on_where_it_waited(housed: Housed) -> None:
    walk = Walk.begin(housed(MANCHESTER))
    walk.until("consent", harm_concern="no")
    walk.say("she said its ok i think? he was stood there")
    walk.say("i'll ask")
    walk.home.pass_time(hours=26)
    walk.say("shes fine with it, was on her own")
    assert walk.asks == "how_much"
    walk.until("shared_with", how_much="same address")
    assert walk.outcome == "share"
    assert [entry.value for entry in walk.decisions()] == ["do_not_share", "share"]


@pytest.mark.rule("X13", "K9", "M9")
def test_danger_in_asking_opens_the_harm_gate(housed: Housed) -> None:
    walk = Walk.begin(housed(CROSSROADS))
    walk.until("consent", harm_concern="no", inside="no")
    walk.say("not sure, he was in the room")
    walk.say("That could put them at risk", button="choose")
    assert walk.does(ToDo.RAISE_CONCERN)
    assert walk.home.climb(walk.talk) is not None
    assert walk.asks == "involves_us"


def test_who_cannot_be_asked_goes_on_as_without_consent(housed: Housed) -> None:
    walk = Walk.begin(housed(MANCHESTER))
    walk.until("consent", harm_concern="no")
    walk.say("not sure")
    walk.say("i can't")
    assert walk.asks == "other_reason"


# ---- how ----


@pytest.mark.rule("K13", "H19", "H6")
@pytest.mark.parametrize("pack", [KENT, HOME_START])
def test_ordinary_email_is_refused_until_there_is_a_safe_way(housed: Housed, pack: str) -> None:
    walk = Walk.begin(housed(pack))
    walk.until("secure_route", harm_concern="no", about_host="no", recipient_is_host="no")
    walk.say("i'll just email it")
    assert walk.outcome == "do_not_share"
    assert walk.decision.waits_for[0].matter is Matter.SECURE_ROUTE
    walk.say("yes, by secure email")
    assert walk.asks != "secure_route"


@pytest.mark.rule("M5", "M6", "H19", "H30", "K4")
def test_the_extract_is_what_was_asked_for_and_says_what_was_left_out(housed: Housed) -> None:
    walk = Walk.begin(housed(MANCHESTER), "housing wants to know about jess and her mum")
    walk.until("how_much", harm_concern="no", identifiable="no")
    walk.say("still at the same address: yes")
    walk.say("no")
    with walk.home.store.read() as work:
        found = extract.compose(Guided.read(work, walk.home.head(walk.talk).id))
    assert found is not None
    assert found.goes == ("still at the same address: yes",)
    assert "what you wrote before anything was asked" in found.left_out
    assert found.marked


# ---- telling the person ----


@pytest.mark.rule("M19", "H16", "H10", "X13", "C5")
@pytest.mark.parametrize("pack", [CHILDREN, CROSSROADS, HOME_START, MANCHESTER])
def test_they_are_not_told_where_that_raises_the_risk(housed: Housed, pack: str) -> None:
    walk = Walk.begin(housed(pack))
    walk.until(
        "telling_raises_risk", harm_concern="yes", involves_us="no", recipient_is_danger="no"
    )
    walk.say("yes")
    assert walk.does(ToDo.DO_NOT_TELL_PERSON)
    walk.until(None)
    assert "told_person" not in walk.home.topics(walk.talk)


@pytest.mark.rule("K10")
def test_where_the_policy_knows_no_exception_a_manager_decides_about_telling(
    housed: Housed,
) -> None:
    walk = Walk.begin(housed(KENT))
    walk.until(
        "telling_raises_risk", harm_concern="yes", involves_us="no", recipient_is_danger="no"
    )
    walk.say("yes")
    assert walk.outcome == "share_with_care"
    assert walk.does(ToDo.HOLD_TELLING)
    assert [wait.matter for wait in walk.decision.waits_for] == [Matter.NOT_TELLING]


@pytest.mark.rule("M19", "H16")
@pytest.mark.parametrize("pack", [HOME_START, MANCHESTER])
def test_who_was_not_told_and_why_stands_in_the_record(housed: Housed, pack: str) -> None:
    """Where the policy always tells them, a no is a "not yet" (test_duty_guide.py, K10)."""
    walk = Walk.begin(housed(pack))
    no = dict.fromkeys(
        ("harm_concern", "telling_raises_risk", "telling_spoils_investigation"), "no"
    )
    walk.until("told_person", **no)
    walk.say("no")
    assert walk.asks == "why_not_told"
    walk.say("she is in hospital")
    assert walk.asks is None
    assert "she is in hospital" in walk.home.texts(walk.talk, EntryKind.ANSWER)


# ---- going back ----


def test_a_changed_answer_decides_anew_and_the_first_decision_stays(housed: Housed) -> None:
    walk = Walk.begin(housed(MANCHESTER))
    walk.say("no")
    walk.say("no")
    assert walk.outcome == "do_not_share"
    walk.change("legitimate_purpose", "yes")
    assert walk.asks == "identifiable"
    walk.say("no")
    walk.until("shared_with", telling_raises_risk="no", how_much="nothing but the number")
    first, second = walk.decisions()
    assert (first.value, second.value) == ("do_not_share", "share")
    assert (second.links_to, second.relation) == (first.seq, "replaces")


def test_danger_at_any_moment_wins_over_whatever_was_answered(housed: Housed) -> None:
    walk = Walk.begin(housed(MANCHESTER))
    walk.say("no")
    walk.say("yes")
    message = walk.home.message(walk.talk, "hes outside with a knife")
    danger.raise_alarm(walk.home.house, walk.talk, message.id)
    assert walk.does(ToDo.CALL_EMERGENCY)
    assert walk.asks in ("involves_us", "recipient_is_danger")
    assert Topic.DANGER in walk.home.topics(walk.talk)


def test_danger_that_was_taken_back_decides_nothing(housed: Housed) -> None:
    walk = Walk.begin(housed(MANCHESTER))
    walk.say("no")
    asked = walk.asks
    message = walk.home.message(walk.talk, "hes kicking off at reception")
    danger.raise_alarm(walk.home.house, walk.talk, message.id)
    assert walk.asks != asked
    press = walk.home.message(walk.talk, "No one is in danger", kind=MessageKind.PRESS)
    danger.note(walk.home.house, walk.talk, press.id, Topic.DANGER_DISMISSED)
    assert walk.asks == asked
    assert not walk.does(ToDo.CALL_EMERGENCY)
