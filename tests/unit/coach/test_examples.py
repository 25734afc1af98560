"""Our own examples, the rules' workshop: what has been reached on them is kept.

They are no measure of unseen text; that is tests/language.
"""

from collections.abc import Callable
from typing import Any

from coach import Coach
from coach.evaluate import Line, as_label, evaluate, rows

Examples = Callable[[str], list[dict[str, Any]]]


def test_danger_is_missed_at_most_once_in_fifty(reads: Coach, examples: Examples) -> None:
    def predict(line: Line) -> str:
        return as_label(reads.danger(line["text"]) is not None)

    report = evaluate(rows(examples("danger"), "danger"), predict)
    assert report["per_label"]["true"]["recall"] >= 0.98
    assert report["per_label"]["true"]["precision"] >= 0.96


def test_replies_are_understood(reads: Coach, examples: Examples) -> None:
    def predict(line: Line) -> str:
        return reads.answer(line["question"], line["text"]).value

    assert evaluate(rows(examples("answers"), "answer"), predict)["macro_f1"] >= 0.92


def test_questions_are_typed(reads: Coach, examples: Examples) -> None:
    def said(line: Line) -> list[str]:
        return [line["context"]] if line["context"] else []

    lines = examples("questions")
    by_type = evaluate(rows(lines, "type"), lambda q: reads.question(q["text"], said(q)).type)
    by_risk = evaluate(
        rows(lines, "risky"), lambda q: as_label(reads.question(q["text"], said(q)).risky)
    )
    assert by_type["macro_f1"] >= 0.97
    assert by_risk["accuracy"] >= 0.98


def test_promises_are_noticed(reads: Coach, examples: Examples) -> None:
    def predict(line: Line) -> str:
        return as_label(reads.promise(line["text"]) is not None)

    assert evaluate(rows(examples("promises"), "promise"), predict)["macro_f1"] >= 0.95
