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
TASK = "needs"
MOST_WINDOWS = 8  # of a long message: what is needed stands in its first lines


@dataclass(frozen=True)
class Encoder:
    """Reads messages; keeps none."""

    session: InferenceSession
    tokenizer: Tokenizer
    intents: Sequence[str]

    @classmethod
    def read(cls, folder: Path = MODEL) -> Encoder:
        """Reads the artefact."""
        told = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(told["longest"])
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        return cls(session, tokenizer, told["labels"][TASK])

    def chances(self, text: str) -> dict[str, float]:
        """Returns how likely each intent is; they add up to 1."""
        first = self.tokenizer.encode(text.encode("utf-8", "replace").decode())
        windows = [first, *first.overflowing][:MOST_WINDOWS]
        logits = np.mean([self._logits(each) for each in windows], axis=0)
        raised = np.exp(logits - logits.max())
        return dict(zip(self.intents, map(float, raised / raised.sum()), strict=True))

    def _logits(self, window: Encoding) -> np.ndarray:
        inputs = {
            "ids": window.ids, "mask": window.attention_mask, "types": window.type_ids,
        }  # fmt: skip
        rows = {name: np.array([row], dtype=np.int64) for name, row in inputs.items()}
        return self.session.run([TASK], rows)[0][0]
