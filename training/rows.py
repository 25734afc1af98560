"""The labelled rows: data/nlu, data/coach and the coach's own workshop; split by idea."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

TASKS = ("needs", "danger", "promise", "answer", "question")
# File of data/coach -> task, the field of its label, the field of what it is judged in the light of
FILES = {
    "danger.jsonl": ("danger", "danger", ""),
    "promises.jsonl": ("promise", "promise", ""),
    "answers.jsonl": ("answer", "answer", "question"),
    "questions.jsonl": ("question", "type", "context"),
}
COACH = ("data/coach", "tests/unit/coach/examples")
HELD_OUT = 10  # one idea in ten is never trained on: the thresholds and figures come from it


@dataclass(frozen=True)
class Row:
    """One example. `light` is the question or the words that `text` is judged in the light of."""

    task: str
    text: str
    label: str
    light: str = ""
    idea: str = ""

    @property
    def held_out(self) -> bool:
        """Whether its idea belongs to the part that measures; the same in every run."""
        return self._digest[0] % HELD_OUT == 0

    @property
    def number(self) -> int:
        """0 to 255 by its idea, by chance but the same in every run."""
        return self._digest[1]

    @property
    def _digest(self) -> bytes:
        return hashlib.sha256(f"{self.task}/{self.idea}".encode()).digest()


def read(root: Path) -> list[Row]:
    """Every training row of the project, each once."""
    rows = [*_needs(root / "data/nlu")]
    for folder in COACH:
        for name, (task, label, light) in FILES.items():
            path = root / folder / name
            if path.exists():
                rows += _lines(path, task, label, light)
    return list({(r.task, r.light, " ".join(r.text.lower().split())): r for r in rows}.values())


def wordings(root: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """How questions are asked, and how their opposites are, by id."""
    table = tomllib.loads((root / "coach/rules/wordings.toml").read_text(encoding="utf-8"))
    return table["asked"], table["turned"]


def labels(rows: Sequence[Row]) -> dict[str, list[str]]:
    """The labels of each task, in order."""
    return {task: sorted({row.label for row in rows if row.task == task}) for task in TASKS}


def unseen(folder: Path) -> list[Row]:
    """The labelled lines of a folder in the formats of `heard eval`, never trained on."""
    rows: list[Row] = []
    for name, (task, label, light) in {"intents.jsonl": ("needs", "need", ""), **FILES}.items():
        if (folder / name).exists():
            rows += _lines(folder / name, task, label, light)
    return rows


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Of (right, found) labels, over the right ones."""
    wanted = sorted({right for right, _ in pairs})
    return sum(_f1(pairs, label) for label in wanted) / len(wanted)


def _f1(pairs: Sequence[tuple[str, str]], label: str) -> float:
    both = sum(right == found == label for right, found in pairs)
    either = sum((right == label) + (found == label) for right, found in pairs)
    return 2 * both / either if either else 0.0


def _needs(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                text = line.removeprefix("-").strip()
                yield Row("needs", text, block["intent"], idea=text)


def _lines(path: Path, task: str, label: str, light: str) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        value = row[label]
        name = str(value).lower() if isinstance(value, bool) else value
        context = row[light] or "" if light else ""
        yield Row(task, row["text"], name, context, row.get("idea", row["text"]))
