"""Duties, breaches, requests and callers: what each policy demands, and by when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from policy.breaches import breach_plan
from policy.duties import due_on, duties_for, is_overdue, still_missing
from policy.law import load_law
from policy.pack import Pack, load_pack, pack_names
from policy.pack.obligations import DatedDuty
from policy.requests import caller_check, request_plan

PACKS = {name: load_pack(name) for name in pack_names()}
KENT, CROSSROADS = PACKS["kent_shared_lives"], PACKS["crossroads_west_wales"]
HOME_START, MANCHESTER = PACKS["home_start_mid_west_suffolk"], PACKS["manchester_settlement"]
CHILDREN_AND_FAMILIES = PACKS["children_and_families"]
ENGLAND = load_law("england")
DAY = date(2026, 1, 31)
NOON = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)


def duty(pack: Pack, name: str) -> DatedDuty:
    return next(one for one in pack.duties if one.id == name)


# ---- duties with a date ----


@pytest.mark.rule("K14")
def test_the_privacy_statement_comes_round_every_year() -> None:
    statement = duty(KENT, "privacy_statement")
    assert due_on(statement, DAY, None) == date(2026, 3, 2)
    assert due_on(statement, DAY, date(2026, 2, 10)) == date(2027, 2, 10)
    assert is_overdue(statement, DAY, date(2026, 2, 10), date(2027, 2, 11))
    assert {"worker", "host"} == set(statement.roles)


@pytest.mark.rule("X19", "X20", "X21")
def test_the_guidance_is_signed_once_it_was_read_and_questions_were_answered() -> None:
    acceptance = duty(CROSSROADS, "policy_acceptance")
    assert still_missing(acceptance, ()) == ("read", "questions")
    assert still_missing(acceptance, ("read",)) == ("questions",)
    assert still_missing(acceptance, ("read", "questions")) == ()
    assert acceptance.rules == ("X19", "X20", "X21")
    assert due_on(acceptance, DAY, date(2026, 2, 1)) is None


@pytest.mark.rule("X18")
def test_training_is_worked_out_by_the_line_manager_when_somebody_starts() -> None:
    (assessed,) = duties_for(CROSSROADS, ["staff", "community_staff"], "start_of_role")
    assert (assessed.rules, assessed.done_by) == (("X18",), "line_manager")


@pytest.mark.rule("H15")
def test_notes_are_destroyed_only_once_what_a_record_needs_was_lifted_out() -> None:
    (notes,) = duties_for(HOME_START, ["volunteer"], "end_of_support")
    assert still_missing(notes, ()) == ("concerns_lifted",)
    assert due_on(notes, DAY, None) == DAY + timedelta(days=7)


@pytest.mark.rule("H17")
@pytest.mark.parametrize("role", ["staff", "coordinator", "volunteer", "trustee"])
def test_everybody_signs_the_code_of_conduct_when_they_start(role: str) -> None:
    (code,) = duties_for(HOME_START, [role], "start_of_role")
    assert code.rules == ("H17",)


@pytest.mark.rule("H18")
def test_the_first_visit_explains_the_notice_and_reaches_the_absent_partner() -> None:
    (notice,) = duties_for(HOME_START, ["coordinator"], "first_visit")
    assert still_missing(notice, ["explained"]) == ("absent_partner",)
    assert due_on(notice, DAY, None) == DAY


@pytest.mark.rule("M12")
def test_what_is_kept_is_looked_at_again_every_year() -> None:
    (review,) = duties_for(MANCHESTER, ["line_manager"], "kept_record")
    assert due_on(review, DAY, date(2026, 2, 28)) == date(2027, 2, 28)


@pytest.mark.rule("M45")
@pytest.mark.parametrize("role", ["staff", "volunteer"])
def test_whoever_leaves_is_reminded_on_the_day(role: str) -> None:
    (reminder,) = duties_for(MANCHESTER, [role], "leaving")
    assert due_on(reminder, DAY, None) == DAY


def test_a_month_without_the_day_ends_with_its_last() -> None:
    monthly = duty(KENT, "privacy_statement").model_copy(update={"every_months": 1})
    assert due_on(monthly, DAY, DAY) == date(2026, 2, 28)
    assert due_on(monthly, DAY, date(2026, 12, 31)) == date(2027, 1, 31)


# ---- reading and consequences, by role ----


@pytest.mark.rule("X3", "X1")
@pytest.mark.parametrize(
    ("role", "read"),
    [
        ("office_staff", "A03c"),
        ("community_staff", "A03d"),
        ("volunteer", "D05d"),
    ],
)
def test_the_role_picks_what_has_to_be_read(role: str, read: str) -> None:
    assert any(read in one.title for one in CROSSROADS.reading_for([role]))
    others = {"A03c", "A03d", "D05d"} - {read}
    titles = " ".join(one.title for one in CROSSROADS.reading_for([role]))
    assert not any(other in titles for other in others)


@pytest.mark.rule("K11", "X17", "H12", "C19", "M37")
@pytest.mark.parametrize(
    ("pack", "role", "code"),
    [
        (KENT, "worker", "K11"),
        (KENT, "host", "K11"),
        (CROSSROADS, "staff", "X17"),
        (HOME_START, "volunteer", "H12"),
        (CHILDREN_AND_FAMILIES, "volunteer", "C19"),
        (MANCHESTER, "staff", "M37"),
    ],
)
def test_the_role_picks_what_follows_a_breach(pack: Pack, role: str, code: str) -> None:
    assert [rule.code for rule in pack.consequences_for([role])] == [code]


# ---- a breach ----


@pytest.mark.rule("H31", "H33")
def test_the_data_protection_trustee_decides_and_every_breach_is_recorded() -> None:
    plan = breach_plan(HOME_START, ENGLAND, NOON, {})
    assert plan.decides == ("dp_trustee",)
    assert {"H31", "H33"} <= set(plan.rules)


@pytest.mark.rule("C21")
def test_where_another_role_leads_on_information_it_decides() -> None:
    plan = breach_plan(CHILDREN_AND_FAMILIES, ENGLAND, NOON, {})
    assert (plan.decides, plan.decides_rule) == (("information_governance_lead",), "C21")
    request = request_plan(CHILDREN_AND_FAMILIES, {}, agency=False)
    assert request.told == ("information_governance_lead",)


@pytest.mark.parametrize("name", PACKS)
def test_the_regulator_s_clock_runs_72_hours_from_when_it_was_known(name: str) -> None:
    plan = breach_plan(PACKS[name], ENGLAND, NOON, {})
    assert plan.regulator_by == NOON + timedelta(hours=72)


@pytest.mark.rule("H32")
@pytest.mark.parametrize(
    ("answer", "told"), [("yes", True), ("unsure", True), ("no", False), (None, None)]
)
def test_people_are_told_when_it_may_affect_them(answer: str | None, told: bool | None) -> None:
    answers = {"may_affect_people": answer} if answer else {}
    plan = breach_plan(HOME_START, ENGLAND, NOON, answers)
    assert plan.tell_people is told
    assert ("H32" in plan.rules) is bool(told)


@pytest.mark.rule("X16")
def test_an_accident_is_a_breach_like_any_other() -> None:
    by_accident = breach_plan(CROSSROADS, ENGLAND, NOON, {"by_accident": "yes"})
    on_purpose = breach_plan(CROSSROADS, ENGLAND, NOON, {"by_accident": "no"})
    assert by_accident == on_purpose
    assert "X16" in by_accident.rules


@pytest.mark.rule("K12")
def test_a_complaint_about_a_breach_has_its_route() -> None:
    assert breach_plan(KENT, ENGLAND, NOON, {}).complaint_rules == ("K12",)


@pytest.mark.parametrize("name", PACKS)
def test_every_question_about_a_breach_is_asked_in_turn(name: str) -> None:
    answers: dict[str, str] = {}
    while (asks := breach_plan(PACKS[name], ENGLAND, NOON, answers).asks) is not None:
        assert asks not in answers
        answers[asks] = "given"
    assert set(answers) == set(PACKS[name].breach.questions)


# ---- somebody official, somebody on the telephone ----


@pytest.mark.rule("H24", "H11")
def test_a_formal_request_tells_the_trustees_and_is_answered_from_signed_entries() -> None:
    plan = request_plan(HOME_START, {}, agency=False)
    assert plan.told == ("trustee",)
    assert plan.from_signed_entries
    assert {"H24", "H11"} <= set(plan.rules)


@pytest.mark.rule("H22")
@pytest.mark.parametrize("question", ["agency_interest", "agency_arrangements"])
def test_an_agency_without_interest_or_arrangements_gets_nothing(question: str) -> None:
    plan = request_plan(HOME_START, {question: "no"}, agency=True)
    assert plan.refused_at == question
    assert plan.asks is None
    assert request_plan(HOME_START, {question: "no"}, agency=False).refused_at is None


@pytest.mark.rule("M40")
@pytest.mark.parametrize("name", PACKS)
def test_nothing_is_said_to_a_caller_before_every_check_is_yes(name: str) -> None:
    pack, answers = PACKS[name], dict[str, str]()
    while (asks := caller_check(pack, answers).asks) is not None:
        assert not caller_check(pack, answers).may_go_on
        answers[asks] = "yes"
    assert caller_check(pack, answers).may_go_on
    for question in pack.caller.checks:
        for answer in ("no", "unsure"):
            failed = caller_check(pack, {**answers, question: answer})
            assert (failed.may_go_on, failed.failed, failed.asks) == (False, question, None)


@pytest.mark.rule("M40")
def test_a_caller_s_number_is_found_independently_and_rung_back() -> None:
    checks = list(MANCHESTER.caller.checks)
    assert checks == ["identity", "entitlement", "number_found_independently", "called_back"]
    assert caller_check(MANCHESTER, {}).rules == ("M40",)
