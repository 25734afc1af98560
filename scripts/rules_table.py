"""Writes docs/rules.md: every rule of every policy, how it is carried, where, and by which test.

Run as ``python scripts/rules_table.py`` after a pack or a test has changed; with ``--check`` it
writes nothing and leaves with 1 when the file is not what would be written.
"""

from __future__ import annotations

import ast
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from policy.pack import load_pack, pack_names  # noqa: E402
from policy.pack.rules import Rule  # noqa: E402
from policy.places import places  # noqa: E402

TABLE = ROOT / "docs" / "rules.md"
TESTS = ROOT / "tests"
# A line of these files asks for one rule in other words; the test reads them all.
QUESTIONS = TESTS / "unit" / "policy" / "questions"
ASKED_BY = "test_policy_questions.py"
MISSING = "**missing**"
HEAD = """# Every rule, and the test that shows it is carried

Written by `python scripts/rules_table.py` from the packs and the tests. A test fails when it is
not what the packs say, names a test that is gone, or a rule has none. Mark a test with the rules
it shows, and run the script again:

    @pytest.mark.rule("K4", "H29")
    def test_nobody_without_need_opens_a_record(...) -> None: ...

A rule that is only *shown* is tested by asking for it in other words
(`tests/unit/policy/questions/`). One that is asked, enforced, timed or refused needs a marked
test too. `heard policy lint` tells which are missing.

How: *shown* (said with its clause), *asked* (a question), *enforced* (it cannot be otherwise),
*timed* (a reminder with a date), *refused* (Heard says no).
"""


def marked_tests() -> dict[str, list[str]]:
    """By code: the tests marked with it, as file::name, in the order of the files."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for code in _codes(node):
                    found[code].append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


def _codes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        for call in ast.walk(decorator):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                named = call.func.attr == "rule"
                yield from (a.value for a in call.args if named and isinstance(a, ast.Constant))


def asked_rules() -> set[str]:
    """The rules that a test question must find first."""
    lines = [
        line
        for path in sorted(QUESTIONS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return {row["rule"] for row in map(json.loads, lines) if row["rule"]}


def tests_of(rule: Rule, marked: dict[str, list[str]], asked: set[str]) -> list[str]:
    """The tests that count for a rule: what is more than shown needs a marked one."""
    tests = list(marked.get(rule.code, ()))
    if not tests and set(rule.carried) == {"shown"} and rule.code in asked:
        return [f"unit/policy/{ASKED_BY} ({rule.code})"]
    return tests


def untested() -> list[str]:
    """The rules without a test."""
    marked, asked = marked_tests(), asked_rules()
    return [rule.code for rule in _rules() if not tests_of(rule, marked, asked)]


def _rules() -> Iterator[Rule]:
    for name in pack_names():
        pack = load_pack(name)
        yield from (*pack.rules, *pack.owner_notices)


def table() -> str:
    """The whole page."""
    marked, asked = marked_tests(), asked_rules()
    parts = [HEAD]
    for name in pack_names():
        pack = load_pack(name)
        where = places(pack)
        parts.append(f"\n## {name}\n\n| rule | clause | how | where it lives | test |")
        parts.append("|---|---|---|---|---|")
        for rule in (*pack.rules, *pack.owner_notices):
            tests = "<br>".join(tests_of(rule, marked, asked)) or MISSING
            places_ = "; ".join(where.get(rule.code, ()))
            how = ", ".join(rule.carried)
            parts.append(f"| {rule.code} | {rule.clause} | {how} | {places_} | {tests} |")
    return "\n".join(parts) + "\n"


def main() -> int:
    written = table()
    if "--check" not in sys.argv:
        TABLE.write_text(written, encoding="utf-8")
        return 0
    if TABLE.exists() and TABLE.read_text(encoding="utf-8") == written:
        return 0
    print("docs/rules.md is stale. Run: python scripts/rules_table.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
