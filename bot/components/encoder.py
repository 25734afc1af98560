"""What the sentence encoder of models/language says a message is about.

The service reads the same files in coach/encoder.py; the two environments share no code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Encoding, Tokenizer

MODEL = Path(__file__).resolve().parents[2] / "models/language"
TASK, DANGER = "needs", "danger"
IN_DANGER = "immediate_danger"
EVEN = 0.5
MOST_WINDOWS = 8  # of a long message: what is needed stands in its first lines


@dataclass(frozen=True)
class Encoder:
    """Reads messages; keeps none."""

    lower: InferenceSession
    upper: InferenceSession
    tokenizer: Tokenizer
    intents: Sequence[str]
    dangers: Sequence[str]

    @classmethod
    def read(cls, folder: Path = MODEL) -> Encoder:
        """Reads the artefact."""
        told = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(told["longest"])
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Without VNNI the eight-bit sums would overflow, and read another meaning here than there.
        options.add_session_config_entry("session.x64quantprecision", "1")
        lower, upper = (
            InferenceSession(
                str(folder / f"{name}.onnx"), options, providers=["CPUExecutionProvider"]
            )
            for name in ("lower", "upper")
        )
        return cls(lower, upper, tokenizer, told["labels"][TASK], told["labels"][DANGER])

    def chances(self, text: str) -> dict[str, float]:
        """Returns how likely each intent is; they add up to 1."""
        first = self.tokenizer.encode(text.encode("utf-8", "replace").decode())
        windows = [first, *first.overflowing][:MOST_WINDOWS]
        needs, danger = (
            np.mean(of, axis=0) for of in zip(*map(self._logits, windows), strict=True)
        )
        chances = dict(zip(self.intents, _shares(needs), strict=True))
        # Words that mean little ("her and the form") lean to danger. The head that was trained on
        # what only mentions danger has to find it likelier than not, or it counts as far less.
        likely = dict(zip(self.dangers, _shares(danger), strict=True))["true"]
        if likely < EVEN:
            chances[IN_DANGER] *= likely**2
        total = sum(chances.values())
        return {intent: chance / total for intent, chance in chances.items()}

    def _logits(self, window: Encoding) -> list[np.ndarray]:
        inputs = {
            "ids": window.ids, "mask": window.attention_mask, "types": window.type_ids,
        }  # fmt: skip
        rows = {name: np.array([row], dtype=np.int64) for name, row in inputs.items()}
        [states] = self.lower.run(None, rows)
        above = {"states": states, "mask": rows["mask"]}
        return [found[0] for found in self.upper.run([TASK, DANGER], above)]


def _shares(logits: np.ndarray) -> list[float]:
    raised = np.exp(logits - logits.max())
    return list(map(float, raised / raised.sum()))
