"""The sentence encoder of models/language: texts to vectors, and to what each task's head says.

Trained by `make train-language` (training/), read here with onnxruntime; it keeps nothing but the
last text it read, because a message is asked about danger, promises and its vector in turn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Encoding, Tokenizer

from coach.folding import fold

MODEL = Path(__file__).resolve().parents[1] / "models/language"
OVERLAP = 16  # word pieces that neighbouring windows of a long text share
AT_ONCE = 8  # windows
MOST_WINDOWS = 32  # about three thousand words; the rules read on

Vector = NDArray[np.float32]
ANSWER = "answer"
Task = Literal["needs", "danger", "promise", "answer", "question"]


@dataclass
class Encoder:
    """The lower layers, and what stands on them: what reads answers, and what reads all else.
    One for everybody; calls from several threads are fine."""

    lower: InferenceSession
    upper: InferenceSession
    answers: InferenceSession
    labels: Mapping[str, Sequence[str]]
    windows: Tokenizer
    pairs: Tokenizer
    _last: tuple[tuple[str, str], dict[str, Vector]] | None = field(default=None, repr=False)

    @classmethod
    def read(cls, folder: Path = MODEL) -> Self:
        """Reads the artefact (a fifth of a second). Prefer `shared`."""
        told = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        windows, pairs = (Tokenizer.from_file(str(folder / "tokenizer.json")) for _ in range(2))
        windows.enable_truncation(told["longest"], stride=OVERLAP)
        pairs.enable_truncation(told["longest"])
        lower, upper, answers = (
            _session(folder / f"{name}.onnx") for name in ("lower", "upper", "answers")
        )
        return cls(lower, upper, answers, told["labels"], windows, pairs)

    def vector(self, text: str) -> Vector:
        """What a text is about, for comparing: 384 numbers of length one (a dot product of two
        is their likeness). Near the vector of the untrained all-MiniLM-L6-v2, on purpose."""
        mean = self._outputs(text, "", "vector")["vector"].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    def vectors(self, texts: Sequence[str]) -> Vector:
        """One row for each text."""
        return np.stack([self.vector(text) for text in texts])

    def chances(self, task: Task, text: str, light: str = "") -> dict[str, float]:
        """How likely each label is, 0 to 1; of a long text, in the window that is surest of it.

        Args:
            light: The question that `text` answers, or what the person said before it.
        """
        logits = self._outputs(text, light, task)[task]
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = raised / raised.sum(axis=1, keepdims=True)
        # A danger or a promise anywhere in a long text is one; of other labels the mean is meant.
        labels = list(self.labels[task])
        best = shares[shares[:, labels.index("true")].argmax()] if "true" in labels else None
        row = shares.mean(axis=0) if best is None else best
        return dict(zip(labels, map(float, row), strict=True))

    def _outputs(self, text: str, light: str, wanted: str) -> dict[str, Vector]:
        last = self._last
        if last is not None and last[0] == (text, light) and wanted in last[1]:
            return last[1]
        pieces = self._pieces(fold(text).text, fold(light).text)
        found = self._run(pieces, self.answers if wanted == ANSWER else self.upper)
        self._last = ((text, light), found)
        return found

    def _pieces(self, text: str, light: str) -> list[Encoding]:
        if light:
            return [self.pairs.encode(light, text)]
        first = self.windows.encode(text)
        return [first, *first.overflowing][:MOST_WINDOWS]

    def _run(self, pieces: Sequence[Encoding], above: InferenceSession) -> dict[str, Vector]:
        parts = []
        for n in range(0, len(pieces), AT_ONCE):
            inputs = _inputs(pieces[n : n + AT_ONCE])
            [states] = self.lower.run(None, inputs)
            parts.append(above.run(None, {"states": states, "mask": inputs["mask"]}))
        names = [each.name for each in above.get_outputs()]
        return {
            name: np.concatenate(of)
            for name, of in zip(names, zip(*parts, strict=True), strict=True)
        }


@cache
def shared() -> Encoder:
    """The one encoder of this process, read when it is first needed."""
    return Encoder.read()


def _session(path: Path) -> InferenceSession:
    return InferenceSession(str(path), _alone(), providers=["CPUExecutionProvider"])


def _alone() -> SessionOptions:
    """One thread: a message is short, and the other core has other work. Sums that do not
    overflow where the processor has no VNNI, so that a danger there is one here."""
    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.x64quantprecision", "1")
    return options


def _inputs(pieces: Sequence[Encoding]) -> dict[str, Any]:
    width = max(len(each.ids) for each in pieces)

    def padded(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        return np.array([[*row, *[0] * (width - len(row))] for row in rows], dtype=np.int64)

    return {
        "ids": padded([each.ids for each in pieces]),
        "mask": padded([each.attention_mask for each in pieces]),
        "types": padded([each.type_ids for each in pieces]),
    }
