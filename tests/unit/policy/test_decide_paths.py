"""Every path of every flowchart ends as a table written from the policy's own text says."""

import pytest

from policy.decide import Outcome, ToDo, Why
from policy.pack import load_pack, pack_names
from tests.unit.policy.paths import Ended, expected, fits, missing, walk

GROUNDS = {
    *(Why.CONSENT, Why.NOT_IDENTIFIABLE, Why.NOT_CONFIDENTIAL, Why.NEED_TO_KNOW),
    *(Why.OTHER_REASON, Why.RECIPIENT_PROTECTS),
}
PATHS: dict[str, list[Ended]] = {name: list(walk(load_pack(name))) for name in pack_names()}


@pytest.mark.rule(
    "C7", "C11", "C12", "C14", "C18", "H6", "H22", "H26", "H30", "X5", "X6", "X11", "X12"
)
@pytest.mark.rule("M4", "M5", "M6", "M7", "M8", "M10", "M13", "M14", "M15", "M16", "M17", "M18")
@pytest.mark.parametrize("name", PATHS)
def test_every_path_ends_as_the_policy_says(name: str) -> None:
    table = expected(name)
    wrong = []
    for answers, decision in PATHS[name]:
        row = next((row for row in table["rows"] if fits(row, answers)), None)
        if row is None:
            wrong.append(f"no row: {answers}")
            continue
        rows = [row, *(also for also in table["also"] if fits(also, answers))]
        wrong += [f"{answers}: {one}" for row in rows for one in missing(row, decision)]
    assert wrong[:5] == []


@pytest.mark.parametrize("name", PATHS)
def test_every_row_of_the_table_is_met_by_a_path(name: str) -> None:
    table = expected(name)
    met = set()
    for answers, _ in PATHS[name]:
        met.add(next(n for n, row in enumerate(table["rows"]) if fits(row, answers)))
    assert met == set(range(len(table["rows"])))


@pytest.mark.parametrize("name", PATHS)
def test_every_path_ends_in_a_decision_that_is_recorded(name: str) -> None:
    assert all(end.decision.does(ToDo.RECORD_DECISION) for end in PATHS[name])


@pytest.mark.parametrize("name", PATHS)
def test_nothing_is_shared_without_a_ground(name: str) -> None:
    for _, decision in PATHS[name]:
        if decision.shares:
            assert {reason.why for reason in decision.reasons} & GROUNDS


@pytest.mark.parametrize("name", PATHS)
def test_nothing_is_shared_while_somebody_s_yes_is_waited_for(name: str) -> None:
    for _, decision in PATHS[name]:
        if any(wait.holds_sharing for wait in decision.waits_for):
            assert decision.outcome in (Outcome.DO_NOT_SHARE, Outcome.SEEK_ADVICE)


@pytest.mark.parametrize("name", PATHS)
def test_whoever_may_be_the_danger_or_has_no_part_gets_nothing(name: str) -> None:
    for answers, decision in PATHS[name]:
        if "recipient_is_danger" in answers and answers.get("recipient_protects") != "yes":
            assert not decision.shares
            assert decision.does(ToDo.RAISE_CONCERN)


@pytest.mark.parametrize("name", PATHS)
def test_harm_raises_the_concern_on_every_path(name: str) -> None:
    for answers, decision in PATHS[name]:
        if answers["harm_concern"] != "no" or answers.get("can_ask") == "risk":
            assert decision.does(ToDo.RAISE_CONCERN)


@pytest.mark.parametrize("name", PATHS)
def test_every_decision_says_why_and_shows_the_way_to_it(name: str) -> None:
    for answers, decision in PATHS[name]:
        assert decision.reasons
        shown = [step.question for step in decision.path]
        assert len(set(shown)) == len(shown)
        assert set(shown) <= set(answers)
        if answers.get("can_ask") != "risk":  # what was answered before it no longer counts
            assert set(shown) == set(answers)
        assert decision.clauses
