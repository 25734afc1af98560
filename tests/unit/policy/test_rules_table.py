"""docs/rules.md lists every rule with its test, and is what the script would write now."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "rules_table.py"))


def page() -> str:
    text: str = SCRIPT["TABLE"].read_text(encoding="utf-8")
    return text


def without_tests(text: str) -> list[str]:
    """The page without its last column, which grows with every test that anybody marks."""
    return [line.rsplit(" | ", 1)[0] for line in text.splitlines()]


def test_the_page_says_of_every_rule_what_the_packs_say() -> None:
    cure = "Run: python scripts/rules_table.py"
    assert without_tests(page()) == without_tests(SCRIPT["table"]()), cure


def test_every_test_the_page_names_is_there() -> None:
    there = {test for tests in SCRIPT["marked_tests"]().values() for test in tests}
    cells = [line.rsplit(" | ", 1)[1] for line in page().splitlines() if line.startswith("| ")]
    named = {one for cell in cells for one in cell.removesuffix(" |").split("<br>") if "::" in one}
    assert named - there == set()


def test_every_rule_has_a_row_and_lives_somewhere() -> None:
    rows = [line.split(" | ") for line in SCRIPT["table"]().splitlines() if line[2:4].strip()]
    rules = {row[0][2:]: row[3] for row in rows if row[0].startswith("| ") and len(row) == 5}
    codes = {rule.code for rule in SCRIPT["_rules"]()}
    assert codes <= set(rules)
    assert [code for code in codes if not rules[code].strip()] == []


def test_every_rule_has_its_test() -> None:
    assert list(SCRIPT["untested"]()) == []


def test_no_test_is_marked_with_a_rule_that_no_policy_has() -> None:
    known = {rule.code for rule in SCRIPT["_rules"]()}
    assert set(SCRIPT["marked_tests"]()) <= known


@pytest.mark.parametrize("carried", ["asked", "enforced", "timed", "refused"])
def test_a_rule_that_is_more_than_shown_is_not_covered_by_asking_for_it(carried: str) -> None:
    rule = next(one for one in SCRIPT["_rules"]() if carried in one.carried)
    assert SCRIPT["tests_of"](rule, {}, {rule.code}) == []
