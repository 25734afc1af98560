"""From rows to the files of models/language, and what those files then say of rows never seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from onnxruntime import InferenceSession, SessionOptions

from training.asked import asked
from training.batches import Batches, tokenizer
from training.export import export
from training.fit import Run, fit
from training.network import base
from training.rows import TASKS, Row, labels, macro_f1, wordings

ROOT = Path(__file__).resolve().parents[1]


def make(
    run: Run, rows: Sequence[Row], kept: Sequence[Row], out: Path, say: Callable[[str], None]
) -> dict[str, float]:
    """Trains on the rows that are kept, writes the artefact, and reads the held-out rows with it.

    Returns macro-F1 by task.
    """
    batches = Batches(tokenizer(str(base() / "tokenizer.json")), labels(rows), *wordings(ROOT))
    export(*fit(run, batches, kept, asked(ROOT), say), batches.labels, out)
    return figures(out, batches, [row for row in rows if row.held_out])


def figures(folder: Path, batches: Batches, rows: Sequence[Row]) -> dict[str, float]:
    """Macro-F1 by task of the files in a folder, read with onnxruntime."""
    options = SessionOptions()
    options.add_session_config_entry("session.x64quantprecision", "1")  # as the readers do
    lower, upper, answers = (
        InferenceSession(folder / f"{name}.onnx", options) for name in ("lower", "upper", "answers")
    )
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for task in TASKS:
        own = [row for row in rows if row.task == task]
        found: list[int] = []
        for batch in batches.plain(own):
            names = ("ids", "mask", "types")
            inputs = {n: of.numpy() for n, of in zip(names, batch.inputs, strict=True)}
            [states] = lower.run(None, inputs)
            above = {"states": states, "mask": inputs["mask"]}
            [logits] = (answers if task == "answer" else upper).run([task], above)
            found += logits.argmax(1).tolist()
        pairs[task] = [
            (row.label, batches.labels[task][at]) for row, at in zip(own, found, strict=True)
        ]
    return {task: round(macro_f1(pairs[task]), 4) for task in TASKS}
