"""Walks a pack's flowchart answer by answer, and reads what should come out of each path."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from policy.decide import Decision, Facts, decide
from policy.law import Law, load_law
from policy.pack import Pack

TODAY = date(2026, 6, 2)
ENGLAND: Law = load_law("england")
EXPECTED = Path(__file__).parent / "expected"
_POSSIBLE = {"how_much": ("given", "unsure"), "can_ask": ("yes", "no", "unsure", "risk")}


class Ended(NamedTuple):
    answers: Mapping[str, str]
    decision: Decision


def possible(question: str) -> tuple[str, ...]:
    """What can be answered to a question."""
    return _POSSIBLE.get(question, ("yes", "no", "unsure"))


def decided(pack: Pack, answers: Mapping[str, str], **more: Any) -> Decision:
    """What these answers lead to on the day of the tests."""
    return decide(Facts(answers, **more), pack, ENGLAND, TODAY)


def walk(pack: Pack, answers: Mapping[str, str] | None = None) -> Iterator[Ended]:
    """Every path to its end."""
    so_far = answers or {}
    decision = decided(pack, so_far)
    if decision.asks is None:
        yield Ended(so_far, decision)
        return
    for answer in possible(decision.asks):
        yield from walk(pack, {**so_far, decision.asks: answer})


def expected(name: str) -> dict[str, list[dict[str, Any]]]:
    """The hand-written table for a pack."""
    table: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load(EXPECTED / f"{name}.yml")
    return table


def fits(row: Mapping[str, Any], answers: Mapping[str, str]) -> bool:
    """Whether a row speaks of this path."""
    return all(answers.get(question) in values for question, values in row["when"].items())


def missing(row: Mapping[str, Any], decision: Decision) -> list[str]:
    """What the row wants and the decision does not have."""
    has = {
        "does": {task.what for task in decision.must_do},
        "waits": {wait.matter for wait in decision.waits_for},
        "cites": {rule.code for rule in decision.clauses},
        "from": {party for wait in decision.waits_for for party in wait.parties},
    }
    lacks = [
        f"{key} {one}" for key, held in has.items() for one in row.get(key, ()) if one not in held
    ]
    if row.get("outcome", decision.outcome) != decision.outcome:
        lacks.append(f"outcome {row['outcome']}, not {decision.outcome}")
    return lacks
