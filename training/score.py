"""`python -m training.score`, in the service's environment: what the shipped files reach.

Writes models/language/scores.json: the coach as it is used (rules and encoder), on the ideas held
out of training and on every folder of unseen lines; needs by the encoder alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import coach
from casework.talk import NEEDS
from coach.encoder import MODEL
from training.rows import TASKS, Row, macro_f1, read, unseen

ROOT = Path(__file__).resolve().parents[1]
SCORES = MODEL / "scores.json"
PARTS = ("lower", "upper", "answers")
RISKY = frozenset({"option_posing", "suggestive"})


def main() -> None:
    """Writes the scores beside the artefact."""
    SCORES.write_text(json.dumps(scores(coach.load()), indent=1) + "\n", encoding="utf-8")


def scores(reader: coach.Coach) -> dict[str, Any]:
    """Every figure, and which artefact they belong to."""
    sets: dict[str, Sequence[Row]] = {
        "held_out": [row for row in read(ROOT) if row.held_out],
        "tests/language": unseen(ROOT / "tests/language"),
    }
    return {
        **{f"{part}_sha256": _sha256(MODEL / f"{part}.onnx") for part in PARTS},
        **{name: _by_task(reader, rows) for name, rows in sets.items()},
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _by_task(reader: coach.Coach, rows: Sequence[Row]) -> dict[str, Any]:
    found = {}
    for task in TASKS:
        # An intent that came since the training is read by the reader that learns at set-up.
        known = reader.encoder.labels[task]
        own = [row for row in rows if row.task == task and row.label in known]
        pairs = [(row.label, READERS[task](reader, row)) for row in own]
        found[task] = {"n": len(own), "macro_f1": round(macro_f1(pairs), 4), **_extra(task, pairs)}
    return found


def _extra(task: str, pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    if task == "question":
        risks = [(str(a in RISKY), str(b in RISKY)) for a, b in pairs]
        return {"risky_macro_f1": round(macro_f1(risks), 4)}
    if task == "danger":
        hits = sum(a == b == "true" for a, b in pairs)
        alarms, dangers = (sum(pair[n] == "true" for pair in pairs) for n in (1, 0))
        return {
            "recall": round(hits / dangers, 4),
            "precision": round(hits / alarms, 4),
            "false_alarms_in_100": round(100 * (alarms - hits) / (len(pairs) - dangers), 2),
        }
    return {}


def _need(reader: coach.Coach, row: Row) -> str:
    chances = reader.encoder.chances("needs", row.text)
    if row.label in NEEDS:
        chances = {need: chances[need] for need in NEEDS}
    return max(chances, key=lambda need: chances[need])


READERS: Mapping[str, Callable[[coach.Coach, Row], str]] = {
    "needs": _need,
    "danger": lambda reader, row: str(reader.danger(row.text) is not None).lower(),
    "promise": lambda reader, row: str(reader.promise(row.text) is not None).lower(),
    "answer": lambda reader, row: reader.answer(row.light, row.text).value,
    "question": lambda reader, row: reader.question(row.text, [row.light]).type,
}


if __name__ == "__main__":
    main()
