"""What a policy's owner should put right is said with its line and cure, and nothing else is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from policy.document import Fault
from policy.drawing import draw
from policy.law import load_law
from policy.lint import lint
from policy.pack import PACKS, load_pack, pack_names, read_pack
from policy.page import page

TODAY = date(2026, 6, 2)
ENGLAND = load_law("england")
SHIPPED = (PACKS / "manchester_settlement.yml").read_text(encoding="utf-8")
Changed = Callable[[str, str], list[Fault]]


@pytest.fixture
def after(tmp_path: Path) -> Changed:
    """The findings that a change of the shipped pack adds."""
    before = {fault.message for fault in found("manchester_settlement")}

    def change(old: str, new: str) -> list[Fault]:
        assert old in SHIPPED
        path = tmp_path / "manchester_settlement.yml"
        path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
        return [f for f in lint(read_pack(path), ENGLAND, TODAY) if f.message not in before]

    return change


def found(name: str) -> list[Fault]:
    return lint(read_pack(name), ENGLAND, TODAY)


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("children_and_families", ["C22"]),
        ("crossroads_west_wales", []),
        ("home_start_mid_west_suffolk", ["due for review on 2022-11-30"]),
        ("kent_shared_lives", []),
    ],
)
def test_only_what_is_true_is_found(name: str, about: list[str]) -> None:
    messages = [fault.message for fault in found(name)]
    assert len(messages) == len(about)
    assert all(words in message for words, message in zip(about, messages, strict=True))


@pytest.mark.rule("M29")
def test_a_policy_of_2016_is_overdue_prints_old_law_and_lacks_its_flowchart() -> None:
    messages = [fault.message for fault in found("manchester_settlement")]
    assert "due for review on 2018-02-01" in messages[0]
    printed = [message.split(" ")[0] for message in messages[1:-1]]
    assert printed == ["M2", *(f"M{n}" for n in range(22, 29))]
    assert all("What counts is" in message for message in messages[1:-1])
    assert "M29" in messages[-1]


def test_every_finding_has_its_line_and_a_cure() -> None:
    for fault in found("manchester_settlement"):
        assert fault.line > 1
        assert fault.cure


def test_a_rule_without_a_test_is_found_at_its_line() -> None:
    (fault,) = lint(read_pack("kent_shared_lives"), ENGLAND, TODAY, untested={"K4"})
    line = (PACKS / "kent_shared_lives.yml").read_text().splitlines()[fault.line - 1]
    assert "K4" in line


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    children: round_the_clock\n    adults: round_the_clock",
         "    children: office_hours\n    adults: office_hours", "out of hours"),
        ("[line_manager]\n    rule: M34", "[dsl]\n    rule: M34", "decides on `unsure`"),
        ("approval: {roles: [line_manager]", "approval: {roles: [dsl]", "on `without_consent`"),
        ("    every_months: 12", "    every_months: 6", "every 6 months and 12 months"),
        ("    after: leaving\n", "    after: end_of_support\n", "destroy notes"),
        ("wording_of: dpa_1998", "wording_of: dpa_1066", "which england has not"),
        ("    always: false", "    always: true\n    unless: {spoils: {ask: Is it?}}", "and yet"),
    ],
)  # fmt: skip
def test_two_parts_of_a_pack_that_cannot_both_be_kept_are_found(
    after: Changed, old: str, new: str, words: str
) -> None:
    assert any(words in fault.message for fault in after(old, new))


@pytest.mark.rule("M29", "M13", "M14", "M15", "M16")
def test_the_missing_flowchart_is_drawn_from_section_7() -> None:
    lines = draw(load_pack("manchester_settlement"))
    questions = [line.split("  ")[-1] for line in lines if line.startswith("[") and "  " in line]
    assert questions[3:] == [
        *("legitimate_purpose", "identifiable", "confidential", "consent", "other_reason"),
    ]
    assert lines[0].endswith("harm_concern")


@pytest.mark.parametrize("name", pack_names())
def test_a_drawing_shows_every_question_and_leads_only_to_what_it_shows(name: str) -> None:
    pack = load_pack(name)
    drawn = "\n".join(draw(pack))
    for node in pack.sharing.flowchart.nodes:
        assert drawn.count(f"  {node}\n") == 1
    targets = {part.split("]")[0] for part in drawn.split("► [")[1:]}
    assert all(f"[{target}]" in drawn.replace("► [", "") for target in targets)


@pytest.mark.parametrize("name", pack_names())
def test_the_page_shows_every_rule_with_its_clause(name: str) -> None:
    pack = load_pack(name)
    lines = page(pack, ENGLAND, TODAY)
    for rule in (*pack.rules, *pack.owner_notices):
        assert any(line.startswith(f"  {rule.code:<4} clause {rule.clause}") for line in lines)


def test_the_page_shows_older_wording_with_what_counts() -> None:
    text = "\n".join(page(load_pack("manchester_settlement"), ENGLAND, TODAY))
    assert text.count("Older wording. What counts: DfE: information sharing advice (2024)") == 7


def test_the_page_says_what_law_is_switched_off() -> None:
    text = "\n".join(page(load_pack("kent_shared_lives"), ENGLAND, TODAY))
    assert text.count("OFF: ") == 2
    assert "Nobody has seen a commencement date" in " ".join(text.split())
