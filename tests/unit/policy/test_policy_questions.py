"""What does the policy say about …? Asked in other words, the right rule comes first; asked about
something else, it stays silent.
"""

import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from casework.policy_search import VECTORS, Found, PolicySearch
from coach import encoder
from policy.asked import not_covered, read_ways, ways_of_asking
from policy.pack import PACKS, load_pack, pack_names

QUESTIONS = Path(__file__).parent / "questions"
ROOT = Path(__file__).parents[3]
LOADED = {name: load_pack(name) for name in pack_names()}
Rows = dict[str, list[dict[str, Any]]]


def rows_of(folder: Path) -> Rows:
    """The questions by pack."""
    return {
        name: [
            json.loads(line)
            for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        for name in LOADED
    }


ROWS = rows_of(QUESTIONS)
# Written by a hand that saw neither the ways of asking nor the search. Nothing is mended by them.
UNSEEN = rows_of(QUESTIONS / "unseen")
SHOWN_ONLY = {
    rule.code for pack in LOADED.values() for rule in pack.rules if rule.carried == ("shown",)
}


@pytest.fixture(scope="module")
def search() -> PolicySearch:
    return PolicySearch.shipped(encoder.shared())


Answers = dict[str, list[tuple[dict[str, Any], Found]]]


def answers_to(search: PolicySearch, asked: Rows) -> Answers:
    return {
        name: [(row, search.ask(LOADED[name], name, [row["role"]], row["text"])) for row in rows]
        for name, rows in asked.items()
    }


@pytest.fixture(scope="module")
def answers(search: PolicySearch) -> Answers:
    return answers_to(search, ROWS)


@pytest.fixture(scope="module", params=["seen", "unseen"])
def measured(request: pytest.FixtureRequest, search: PolicySearch) -> Answers:
    return answers_to(search, ROWS if request.param == "seen" else UNSEEN)


def codes(found: Found) -> list[str]:
    return [match.rule.code for match in found.matches]


@pytest.mark.parametrize("name", LOADED)
def test_every_pack_is_asked_thirty_questions_and_more(name: str) -> None:
    assert sum(1 for row in ROWS[name] if row["rule"]) >= 30
    assert sum(1 for row in ROWS[name] if row["rule"] is None) >= 15


def covered(answers: Answers) -> list[tuple[str, list[str]]]:
    return [(r["rule"], codes(a)) for rows in answers.values() for r, a in rows if r["rule"]]


def test_the_right_rule_comes_first(measured: Answers) -> None:
    first = [found[:1] == [rule] for rule, found in covered(measured)]
    assert sum(first) / len(first) >= 0.80


def test_the_right_rule_is_among_the_first_three(measured: Answers) -> None:
    among = [rule in found for rule, found in covered(measured)]
    assert sum(among) / len(among) >= 0.95


def test_what_the_policy_does_not_cover_is_answered_with_silence(measured: Answers) -> None:
    silent = [not a.found for rows in measured.values() for row, a in rows if row["rule"] is None]
    assert sum(silent) / len(silent) >= 0.90


@pytest.mark.parametrize("name", LOADED)
def test_a_rule_that_is_only_shown_comes_up_when_asked_for_in_other_words(
    name: str, answers: Answers
) -> None:
    wanted = {row["rule"] for row, _ in answers[name] if row["rule"] in SHOWN_ONLY}
    among = {row["rule"] for row, found in answers[name] if row["rule"] in codes(found)}
    assert wanted - among == set()


@pytest.mark.parametrize("name", LOADED)
def test_no_answer_is_without_a_clause_and_the_best_is_first(name: str, answers: Answers) -> None:
    for _, found in answers[name]:
        scores = [match.score for match in found.matches]
        assert scores == sorted(scores, reverse=True)
        assert all(match.rule.clause and match.rule.summary for match in found.matches)


@pytest.mark.rule("X1")
def test_a_volunteer_is_told_which_guidance_is_theirs(search: PolicySearch) -> None:
    pack = LOADED["crossroads_west_wales"]
    question = "may i tell her son how she is"
    assert codes(search.ask(pack, pack.name, ["volunteer"], question)) == ["X1"]
    assert codes(search.ask(pack, pack.name, ["staff"], question))[0] == "X6"


@pytest.mark.parametrize("nothing", ["", "   ", "?", "asdf qwer", "1234"])
def test_nothing_asked_is_nothing_found(search: PolicySearch, nothing: str) -> None:
    pack = LOADED["kent_shared_lives"]
    assert not search.ask(pack, pack.name, ["worker"], nothing).found


def test_a_pack_without_examples_is_searched_by_its_summaries(
    search: PolicySearch, tmp_path: Path
) -> None:
    path = tmp_path / "riverbank.yml"
    text = (PACKS / "kent_shared_lives.yml").read_text(encoding="utf-8")
    path.write_text(text.replace("name: kent_shared_lives", "name: riverbank"), encoding="utf-8")
    found = search.ask(load_pack(path), path, ["worker"], "can staff and hosts use email")
    assert codes(found)[0] == "K13"


@pytest.mark.parametrize("name", LOADED)
def test_every_rule_has_ways_of_asking_and_none_is_a_test_question(name: str) -> None:
    ways = ways_of_asking(LOADED[name], name)
    assert set(ways) == {rule.code for rule in LOADED[name].rules}
    assert all(len(texts) >= 8 for texts in ways.values())
    known = {text.casefold() for texts in ways.values() for text in texts} | set(not_covered())
    asked = [row["text"].casefold() for row in (*ROWS[name], *UNSEEN[name])]
    assert len(set(asked)) == len(asked)
    assert not known & set(asked)


def test_a_way_of_asking_for_a_rule_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kent_shared_lives.yml"
    path.write_text("rules:\n  K99: [what]\n", encoding="utf-8")
    (fault,) = read_ways(path, LOADED["kent_shared_lives"]).faults
    assert (fault.line, fault.message) == (2, "There is no rule K99.")


def test_the_vectors_that_ship_are_those_of_the_packs_and_of_the_encoder() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "policy_vectors.py"))
    with np.load(VECTORS) as stored:
        fresh = str(stored["fingerprint"]) == script["fingerprint"]()
    assert fresh, "Run: python scripts/policy_vectors.py"
