"""`heard policy`: what it prints and with which number it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from policy.pack import pack_names
from run.cli import app
from run.coverage import untested_rules
from run.settings import ROOT


def heard(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["policy", *arguments])


def test_show_prints_every_pack() -> None:
    result = heard("show")
    assert result.exit_code == 0
    assert all(f"pack {name}, version" in result.stdout for name in pack_names())


def test_show_in_json_holds_rules_flowchart_and_law() -> None:
    shown = json.loads(heard("show", "--pack", "crossroads_west_wales", "--json").stdout)
    assert [rule["code"] for rule in shown["rules"]][:2] == ["X1", "X2"]
    assert shown["flowchart_drawn"]
    assert shown["law"]["jurisdiction"] == "wales"
    assert shown["overdue"] is False


def test_show_of_an_unknown_pack_says_which_there_are() -> None:
    result = heard("show", "--pack", "nobodys_policy")
    assert result.exit_code == 1
    assert "kent_shared_lives" in result.stderr


def test_lint_leaves_with_1_and_says_file_line_and_cure() -> None:
    result = heard("lint", "--pack", "manchester_settlement")
    assert result.exit_code == 1
    assert "manchester_settlement.yml:6: This policy was due for review" in result.stderr


def test_lint_in_json_holds_file_line_message_and_cure() -> None:
    result = heard("lint", "--pack", "manchester_settlement", "--json")
    assert result.exit_code == 1
    assert {"file", "line", "message", "cure"} == set(json.loads(result.stdout)[0])


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ("| K4 | 4 | shown | topic need_to_know | **missing** |", {"K4"}),
        ("| K4 | 4 | shown | topic need_to_know | unit/test_x.py::test_y |", set()),
    ],
)
def test_the_table_of_rules_says_which_have_no_test(
    tmp_path: Path, row: str, codes: set[str]
) -> None:
    page = tmp_path / "rules.md"
    page.write_text(f"# Rules\n\n{row}\n", encoding="utf-8")
    assert untested_rules(page) == codes


def test_without_the_table_no_rule_is_called_untested(tmp_path: Path) -> None:
    assert untested_rules(tmp_path / "rules.md") == frozenset()


def test_an_attached_policy_is_shown_beside_our_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARD_HOME", str(tmp_path / "home"))
    document = tmp_path / "ours.md"
    document.write_text("# Keeping confidence\nOur own words for it.\n", encoding="utf-8")
    file = str(ROOT / "organisations" / "children_and_families.yml")
    kept = heard("attach", str(document), "--organisation", file)
    assert kept.exit_code == 0, kept.output
    assert "found for 2 of 21 rules" in kept.stdout
    shown = heard("show", "--organisation", file).stdout
    assert "│ Our own words for it." in shown


def test_a_file_that_cannot_be_attached_is_refused_with_1(tmp_path: Path) -> None:
    document = tmp_path / "ours.exe"
    document.write_bytes(b"MZ")
    refused = heard("attach", str(document))
    assert refused.exit_code == 1
    assert "Save it as one of these" in refused.stderr


def test_a_wrong_document_does_not_take_the_place_of_the_right_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARD_HOME", str(tmp_path / "home"))
    file = str(ROOT / "organisations" / "children_and_families.yml")
    right, wrong = tmp_path / "ours.md", tmp_path / "menu.md"
    right.write_text("# Keeping confidence\nOur own words for it.\n", encoding="utf-8")
    wrong.write_text("Monday: soup\n", encoding="utf-8")
    assert heard("attach", str(right), "--organisation", file).exit_code == 0
    refused = heard("attach", str(wrong), "--organisation", file)
    assert refused.exit_code == 1
    assert "menu.md has no clause of" in refused.stderr
    assert "│ Our own words for it." in heard("show", "--organisation", file).stdout


def test_ask_answers_with_the_nearest_rule_first() -> None:
    question = ["ask", "--pack", "kent_shared_lives", "--role", "worker", "can i use gmail"]
    answer = json.loads(heard(*question, "--json").stdout)
    assert answer["found"] is True
    assert set(answer["clauses"][0]) == {"code", "clause", "summary", "score"}
    assert answer["clauses"][0]["code"] == "K13"
    assert heard(*question).stdout.startswith("K13, clause 12: ")


def test_ask_stays_silent_on_what_the_policy_does_not_cover() -> None:
    question = ["ask", "--pack", "kent_shared_lives", "--role", "worker", "when is payday"]
    assert json.loads(heard(*question, "--json").stdout) == {"clauses": [], "found": False}
    assert "Ask: Line manager." in heard(*question).stdout


def test_ask_for_a_role_that_the_pack_does_not_have_is_wrong_use() -> None:
    result = heard("ask", "--pack", "kent_shared_lives", "--role", "wizard", "may i")
    assert result.exit_code == 2
    assert "host" in result.stderr
