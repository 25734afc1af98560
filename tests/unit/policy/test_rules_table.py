"""docs/rules.md lists every rule with its test, and is what the script would write now."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "rules_table.py"))
# Carried by parts that are being built. A rule leaves this list with its test; the list ends
# empty, and then this test holds for every rule.
PENDING_RULES = """
    C1 C2 C4 C5 C6 C9 C10 C13 C15 C16 C17 C19 C20 C21 X2 X3 X4 X7 X8 X9 X10 X16 X17 X18 X19
    X20 X21 H1 H2 H3 H4 H5 H6 H7 H8 H9 H11 H12 H13 H14 H15 H17 H18 H20 H21 H23 H24 H25 H27 H28
    H29 H30 H31 H32 H33 K0 K1 K2 K3 K4 K7 K11 K12 K14 M1 M3 M12 M30 M31 M32 M33 M34 M35 M37
    M38 M39 M40 M41 M42 M43 M44 M45
"""


def test_the_page_is_fresh() -> None:
    cure = "Run: python scripts/rules_table.py"
    assert SCRIPT["TABLE"].read_text(encoding="utf-8") == SCRIPT["table"](), cure


def test_every_rule_has_a_row_and_lives_somewhere() -> None:
    rows = [line.split(" | ") for line in SCRIPT["table"]().splitlines() if line[2:4].strip()]
    rules = {row[0][2:]: row[3] for row in rows if row[0].startswith("| ") and len(row) == 5}
    codes = {rule.code for rule in SCRIPT["_rules"]()}
    assert codes <= set(rules)
    assert [code for code in codes if not rules[code].strip()] == []


def test_every_rule_has_its_test() -> None:
    assert set(SCRIPT["untested"]()) <= set(PENDING_RULES.split())


def test_no_test_is_marked_with_a_rule_that_no_policy_has() -> None:
    known = {rule.code for rule in SCRIPT["_rules"]()}
    assert set(SCRIPT["marked_tests"]()) <= known


@pytest.mark.parametrize("carried", ["asked", "enforced", "timed", "refused"])
def test_a_rule_that_is_more_than_shown_is_not_covered_by_asking_for_it(carried: str) -> None:
    rule = next(one for one in SCRIPT["_rules"]() if carried in one.carried)
    assert SCRIPT["tests_of"](rule, {}, {rule.code}) == []
