"""Figures of `heard eval`."""

import pytest

from coach.evaluate import evaluate, rows

LINES = [
    {"text": "a", "answer": "yes"},
    {"text": "b", "answer": "yes"},
    {"text": "c", "answer": "no"},
    {"text": "d", "answer": "unsure"},
]


def test_figures_are_counted_per_label() -> None:
    said = {"a": "yes", "b": "no", "c": "no", "d": "yes"}
    report = evaluate(rows(LINES, "answer"), lambda line: said[line["text"]])
    assert report["n"] == 4
    assert report["accuracy"] == 0.5
    assert report["per_label"]["yes"] == {
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "support": 2,
    }
    assert report["per_label"]["unsure"]["f1"] == 0.0
    assert report["macro_f1"] == pytest.approx((0.5 + 2 / 3 + 0) / 3)


def test_wrong_lines_are_listed_with_what_was_said() -> None:
    report = evaluate(rows(LINES, "answer"), lambda line: "yes")
    assert [wrong["line"]["text"] for wrong in report["wrong"]] == ["c", "d"]
    assert report["wrong"][0]["label"] == "no"
    assert report["wrong"][0]["predicted"] == "yes"


def test_true_and_false_are_labels_too() -> None:
    report = evaluate(rows([{"text": "a", "promise": True}], "promise"), lambda line: "true")
    assert report["accuracy"] == 1.0


def test_no_lines_give_no_figures() -> None:
    report = evaluate([], lambda line: "yes")
    assert (report["n"], report["accuracy"], report["macro_f1"]) == (0, 0.0, 0.0)
