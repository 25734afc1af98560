"""Figures for `heard eval`: how often a reader is right on labelled lines, and where not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

Task = Literal["intents", "answers", "questions", "promises", "danger"]
Line = Mapping[str, Any]
Predict = Callable[[Line], str]

# The field that holds the label. Source: design.md section 6, eval lines; danger is ours.
LABELS: Mapping[Task, str] = {
    "intents": "need",
    "answers": "answer",
    "questions": "type",
    "promises": "promise",
    "danger": "danger",
}


class PerLabel(TypedDict):
    """Figures of one label, 0 to 1; `support` is how many lines carry it."""

    precision: float
    recall: float
    f1: float
    support: int


class Wrong(TypedDict):
    """A line that was read wrongly."""

    line: Line
    label: str
    predicted: str


class Report(TypedDict):
    """What `heard eval` prints. `macro_f1` is over the labels that occur in the lines."""

    n: int
    accuracy: float
    macro_f1: float
    per_label: dict[str, PerLabel]
    wrong: list[Wrong]


@dataclass(frozen=True)
class Row:
    """A labelled line and its label as text ("true", "directive")."""

    line: Line
    label: str


def rows(lines: Iterable[Line], field: str) -> list[Row]:
    """Lines with the label in `field` (see `LABELS`; for questions also "risky").

    Raises:
        KeyError: a line has no such field.
    """
    return [Row(line, as_label(line[field])) for line in lines]


def as_label(value: object) -> str:
    """A label as text; JSON's true and false keep their spelling."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def evaluate(labelled: Sequence[Row], predict: Predict) -> Report:
    """Run `predict` over every line and count."""
    pairs = [(row, predict(row.line)) for row in labelled]
    right = sum(row.label == said for row, said in pairs)
    per_label = {label: _figures(label, pairs) for label in sorted({r.label for r in labelled})}
    return {
        "n": len(pairs),
        "accuracy": _share(right, len(pairs)),
        "macro_f1": _share(sum(figures["f1"] for figures in per_label.values()), len(per_label)),
        "per_label": per_label,
        "wrong": [
            {"line": row.line, "label": row.label, "predicted": said}
            for row, said in pairs
            if row.label != said
        ],
    }


def _figures(label: str, pairs: Sequence[tuple[Row, str]]) -> PerLabel:
    hits = sum(row.label == said == label for row, said in pairs)
    support = sum(row.label == label for row, _ in pairs)
    precision = _share(hits, sum(said == label for _, said in pairs))
    recall = _share(hits, support)
    f1 = _share(2 * precision * recall, precision + recall)
    return {"precision": precision, "recall": recall, "f1": f1, "support": support}


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
