"""Whatever is answered, in whatever order: harm first, never a dead end, never a groundless yes."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.decide import Decision, Facts, Matter, Outcome, ToDo, Why, decide
from policy.law import load_law
from policy.pack import Pack, load_pack, pack_names
from tests.unit.policy.paths import ENGLAND, TODAY, decided, possible
from tests.unit.policy.test_decide_paths import GROUNDS

PACKS = {name: load_pack(name) for name in pack_names()}
MANCHESTER, KENT = PACKS["manchester_settlement"], PACKS["kent_shared_lives"]
HOME_START, CROSSROADS = PACKS["home_start_mid_west_suffolk"], PACKS["crossroads_west_wales"]
CHILDREN_AND_FAMILIES = PACKS["children_and_families"]

HOW = {
    "how_much": "given",
    "fact_from_opinion": "yes",
    "right_recipient": "yes",
    "secure_route": "yes",
}
PROTECTING = {"harm_concern": "yes", "recipient_is_danger": "no", "recipient_protects": "yes"}
WITHOUT_CONSENT = {
    "harm_concern": "no",
    "legitimate_purpose": "yes",
    "identifiable": "yes",
    "confidential": "yes",
    "consent": "no",
    "other_reason": "yes",
    "telling_raises_risk": "no",
    **HOW,
}
ANYTHING = st.sampled_from(["yes", "no", "unsure", "contradictory", "risk", "given", "", "maybe"])


def codes(decision: Decision) -> set[str]:
    return {rule.code for rule in decision.clauses}


@pytest.mark.parametrize("name", PACKS)
def test_the_first_question_is_always_about_harm(name: str) -> None:
    assert decided(PACKS[name], {}).asks == "harm_concern"


@pytest.mark.parametrize("name", PACKS)
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=st.lists(ANYTHING, max_size=30), approvals=st.lists(ANYTHING, max_size=2))
def test_any_answers_end_in_a_decision_or_advice_and_never_in_a_groundless_yes(
    name: str, answers: list[str], approvals: list[str]
) -> None:
    pack = PACKS[name]
    said = dict(zip((Matter.SHARING_WITHOUT_CONSENT, Matter.NOT_TELLING), approvals, strict=False))
    given_answers: dict[str, str] = {}
    for turn in range(40):
        decision = decided(pack, given_answers, approvals=said)
        if decision.asks is None:
            break
        assert decision.asks not in given_answers
        given_answers[decision.asks] = answers[turn] if turn < len(answers) else "unsure"
    assert decision.outcome is not None
    if decision.shares:
        assert {reason.why for reason in decision.reasons} & GROUNDS
        assert not any(wait.holds_sharing for wait in decision.waits_for)
    if given_answers["harm_concern"] != "no":
        assert decision.does(ToDo.RAISE_CONCERN)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_after_going_back_answers_that_were_left_behind_count_for_nothing(
    data: st.DataObject,
) -> None:
    pack = data.draw(st.sampled_from(list(PACKS.values())))
    answers: dict[str, str] = {}
    while (asks := decided(pack, answers).asks) is not None:
        answers[asks] = data.draw(st.sampled_from(possible(asks)))
    changed = data.draw(st.sampled_from(sorted(answers)))
    again = decided(pack, {**answers, changed: data.draw(st.sampled_from(possible(changed)))})
    on_the_way = {step.question: step.answer for step in again.path}
    assert decided(pack, on_the_way) == again


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("answer", ["unsure", "contradictory", "erm", ""])
def test_not_sure_whether_anyone_is_harmed_raises_it_and_sends_to_somebody(
    name: str, answer: str
) -> None:
    decision = decided(PACKS[name], {"harm_concern": answer})
    assert decision.outcome is Outcome.SEEK_ADVICE
    assert decision.does(ToDo.RAISE_CONCERN)
    assert decision.does(ToDo.SAY_NOTHING_TO_RECIPIENT)
    assert decision.advice_from


@pytest.mark.rule("M21", "M9", "C3", "X13", "H19", "K6")
@pytest.mark.parametrize("name", PACKS)
def test_harm_raises_the_concern_before_another_question_is_answered(name: str) -> None:
    decision = decided(PACKS[name], {"harm_concern": "yes"})
    assert decision.does(ToDo.RAISE_CONCERN)
    assert decision.asks == "recipient_is_danger"
    assert "dsl" in next(t.roles for t in decision.must_do if t.what is ToDo.RAISE_CONCERN)


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("danger", ["yes", "unsure", "contradictory"])
def test_urgency_opens_no_door_to_somebody_who_may_be_the_danger(name: str, danger: str) -> None:
    answers = {**PROTECTING, **HOW, "recipient_is_danger": danger}
    decision = decided(PACKS[name], answers, danger_now=True)
    assert not decision.shares
    assert decision.asks is None
    assert decision.does(ToDo.CALL_EMERGENCY)


@pytest.mark.parametrize("name", PACKS)
def test_a_no_to_harm_does_not_outweigh_an_asker_who_may_harm(name: str) -> None:
    decision = decided(PACKS[name], {"harm_concern": "no", "recipient_is_danger": "yes"})
    assert decision.outcome is Outcome.DO_NOT_SHARE
    assert decision.does(ToDo.RAISE_CONCERN)


@pytest.mark.rule("M9", "M36", "X14")
@pytest.mark.parametrize("pack", [MANCHESTER, CROSSROADS], ids=lambda pack: pack.name)
def test_protection_consults_a_manager_and_does_not_wait_for_one(pack: Pack) -> None:
    decision = decided(pack, {**PROTECTING, **HOW, "telling_raises_risk": "no"})
    assert decision.outcome is Outcome.SHARE_WITH_CARE
    assert decision.waits_for == ()
    assert decision.does(ToDo.CONSULT)


@pytest.mark.rule("K13")
def test_no_secure_route_stops_sharing_but_not_protection() -> None:
    calm = {
        "harm_concern": "no",
        "about_host": "no",
        "legitimate_purpose": "yes",
        "directly_involved": "yes",
        "recipient_is_host": "no",
        **HOW,
        "secure_route": "no",
        "telling_raises_risk": "no",
    }
    refused = decided(KENT, calm)
    assert refused.outcome is Outcome.DO_NOT_SHARE
    assert "K13" in codes(refused)
    urgent = decided(KENT, {**PROTECTING, **HOW, "secure_route": "no", "telling_raises_risk": "no"})
    assert urgent.outcome is Outcome.SHARE_WITH_CARE
    assert urgent.does(ToDo.USE_A_SAFE_ROUTE)


@pytest.mark.rule("M36", "M17")
@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({}, Outcome.SEEK_ADVICE),
        ({Matter.SHARING_WITHOUT_CONSENT: "yes"}, Outcome.SHARE_WITH_CARE),
        ({Matter.SHARING_WITHOUT_CONSENT: "no"}, Outcome.DO_NOT_SHARE),
    ],
)
def test_sharing_without_consent_is_decided_with_a_manager(
    said: dict[str, str], outcome: Outcome
) -> None:
    decision = decided(MANCHESTER, WITHOUT_CONSENT, approvals=said)
    assert decision.outcome is outcome
    assert "M36" in codes(decision)


@pytest.mark.rule("C18")
def test_where_the_policy_asks_for_no_manager_none_is_waited_for() -> None:
    decision = decided(CHILDREN_AND_FAMILIES, WITHOUT_CONSENT)
    assert decision.outcome is Outcome.SHARE_WITH_CARE
    assert decision.waits_for == ()


@pytest.mark.rule("K10", "K9")
@pytest.mark.parametrize(
    ("said", "done"),
    [
        (None, ToDo.HOLD_TELLING),
        ("yes", ToDo.DO_NOT_TELL_PERSON),
        ("no", ToDo.TELL_PERSON),
    ],
)
def test_not_telling_is_a_deviation_that_a_manager_records(said: str | None, done: ToDo) -> None:
    approvals = {Matter.NOT_TELLING: said} if said else {}
    answers = {**PROTECTING, **HOW, "telling_raises_risk": "yes"}
    decision = decided(KENT, answers, approvals=approvals)
    assert decision.outcome is Outcome.SHARE_WITH_CARE
    assert decision.does(done)
    assert "K10" in codes(decision)


@pytest.mark.rule("H10", "H19", "H16")
@pytest.mark.parametrize("question", ["telling_raises_risk", "telling_spoils_investigation"])
def test_the_family_is_not_told_when_that_adds_harm_or_spoils_an_investigation(
    question: str,
) -> None:
    calm = {"telling_raises_risk": "no", "telling_spoils_investigation": "no"}
    decision = decided(HOME_START, {**PROTECTING, **HOW, **calm, question: "yes"})
    assert decision.does(ToDo.DO_NOT_TELL_PERSON)
    assert decision.waits_for == ()
    assert {"H10", "H19"} <= codes(decision)


@pytest.mark.rule("M19")
def test_the_person_is_told_unless_that_raises_risk() -> None:
    told = decided(MANCHESTER, {**PROTECTING, **HOW, "telling_raises_risk": "no"})
    assert told.does(ToDo.TELL_PERSON)
    not_told = decided(MANCHESTER, {**PROTECTING, **HOW, "telling_raises_risk": "yes"})
    assert not_told.does(ToDo.DO_NOT_TELL_PERSON)


@pytest.mark.rule("X13")
def test_danger_in_asking_for_consent_opens_the_harm_gate() -> None:
    calm = {"harm_concern": "no", "legitimate_purpose": "yes", "inside": "no"}
    decision = decided(CROSSROADS, {**calm, "consent": "unsure", "can_ask": "risk"})
    assert decision.asks == "recipient_is_danger"
    assert decision.does(ToDo.RAISE_CONCERN)


@pytest.mark.rule("X1")
def test_a_volunteer_is_sent_to_the_guidance_written_for_volunteers() -> None:
    decision = decided(CROSSROADS, {"harm_concern": "no"}, roles=("volunteer",))
    assert decision.outcome is Outcome.SEEK_ADVICE
    assert codes(decision) >= {"X1"}
    harm = decided(CROSSROADS, {"harm_concern": "yes"}, roles=("volunteer",))
    assert harm.does(ToDo.RAISE_CONCERN)


@pytest.mark.rule("C8", "M24")
def test_advice_can_be_had_without_naming() -> None:
    assert decided(CHILDREN_AND_FAMILIES, {"harm_concern": "unsure"}).advice_without_naming == "C8"
    assert decided(MANCHESTER, {"harm_concern": "unsure"}).advice_without_naming == "M24"


@pytest.mark.rule("M34", "M20", "X9")
@pytest.mark.parametrize(
    ("pack", "roles", "rule"),
    [(MANCHESTER, ("line_manager",), "M34"), (CROSSROADS, ("line_manager", "on_call"), "X9")],
    ids=["M34", "X9"],
)
def test_whoever_is_unsure_is_sent_to_the_person_the_policy_names(
    pack: Pack, roles: tuple[str, ...], rule: str
) -> None:
    decision = decided(pack, {"harm_concern": "no", "legitimate_purpose": "unsure"})
    assert decision.outcome is Outcome.SEEK_ADVICE
    asked = next(task for task in decision.must_do if task.what is ToDo.ASK_FOR_ADVICE)
    assert asked.roles == roles
    assert rule in asked.rules


@pytest.mark.rule("M11", "M20")
def test_not_sharing_is_recorded_and_talked_over_with_whoever_asked() -> None:
    decision = decided(MANCHESTER, {"harm_concern": "no", "legitimate_purpose": "no"})
    assert decision.outcome is Outcome.DO_NOT_SHARE
    assert decision.does(ToDo.RECORD_DECISION)
    assert decision.does(ToDo.DISCUSS_WITH_REQUESTER)
    assert {"M11", "M13"} <= codes(decision)


@pytest.mark.rule("X15")
def test_danger_now_rings_the_emergency_services_first() -> None:
    decision = decided(CROSSROADS, {}, danger_now=True)
    assert decision.must_do[0].what is ToDo.CALL_EMERGENCY
    assert decision.must_do[0].rules == ("X15",)


@pytest.mark.rule("K5", "K6", "K8")
@pytest.mark.parametrize(
    ("about", "parties"),
    [
        ({"about_host": "yes", "host_permission": "unsure"}, ("host",)),
        (
            {
                "about_host": "no",
                "legitimate_purpose": "yes",
                "directly_involved": "no",
                "agreed_at_review": "yes",
                "consent": "unsure",
            },
            ("person", "advocate"),
        ),
    ],
)
def test_consent_is_asked_of_whoever_it_is_about(
    about: dict[str, str], parties: tuple[str, ...]
) -> None:
    decision = decided(KENT, {"harm_concern": "no", **about, "can_ask": "yes"})
    assert decision.outcome is Outcome.DO_NOT_SHARE
    assert [wait.parties for wait in decision.waits_for] == [parties]


def test_protection_rests_on_the_law_in_force_on_the_day() -> None:
    answers = {**PROTECTING, **HOW, "telling_raises_risk": "no"}
    now = {entry.id for entry in decided(MANCHESTER, answers).laws}
    assert "recognised_legitimate_interest" in now
    assert "dfe_information_sharing_2024" in now
    assert "childrens_wellbeing_act_duty_to_share" not in now
    before = decide(Facts(answers), MANCHESTER, ENGLAND, date(2026, 2, 4))
    assert "recognised_legitimate_interest" not in {entry.id for entry in before.laws}


def test_why_there_was_no_consent_is_recorded_when_protecting() -> None:
    decision = decided(MANCHESTER, {**PROTECTING, **HOW, "telling_raises_risk": "no"})
    assert decision.does(ToDo.RECORD_WHY_NO_CONSENT)


def test_a_duty_that_begins_later_changes_what_has_to_be_done() -> None:
    begun = tuple(
        entry.model_copy(
            update={"status": "in_force", "verified": True, "starts": date(2026, 5, 1)}
        )
        if entry.status in ("not_commenced", "bill")
        else entry
        for entry in ENGLAND.entries
    )
    law = ENGLAND.model_copy(update={"entries": begun})
    harm = decide(Facts({"harm_concern": "yes"}), MANCHESTER, law, TODAY)
    assert harm.does(ToDo.REPORT_YOURSELF)
    refused = {"harm_concern": "yes", "recipient_is_danger": "no", "recipient_protects": "no"}
    assert decide(Facts(refused), MANCHESTER, law, TODAY).does(ToDo.RECORD_DETRIMENT)
    assert not decided(MANCHESTER, refused).does(ToDo.RECORD_DETRIMENT)


@pytest.mark.parametrize("jurisdiction", ["england", "wales", "scotland", "northern_ireland"])
def test_every_pack_decides_under_every_law_table(jurisdiction: str) -> None:
    law = load_law(jurisdiction)
    for pack in PACKS.values():
        decision = decide(Facts({**PROTECTING, "harm_concern": "unsure"}), pack, law, TODAY)
        assert decision.outcome is Outcome.SEEK_ADVICE


def test_without_consent_nothing_but_a_ground_lets_it_out() -> None:
    answers = {**WITHOUT_CONSENT, "other_reason": "no"}
    decision = decided(MANCHESTER, answers)
    assert decision.outcome is Outcome.DO_NOT_SHARE
    assert [reason.why for reason in decision.reasons] == [Why.NO_GROUND]
