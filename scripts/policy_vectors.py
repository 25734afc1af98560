"""Writes models/policy/questions.npz: the vectors of all ways of asking, and the gate.

Run as ``python scripts/policy_vectors.py`` after data/policies or the encoder has changed. The
gate is fitted on the development questions, tests/unit/policy/questions; those in unseen/ measure.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from casework.policy_search import VECTORS, Gate, Gates, Known, Vector, build_index  # noqa: E402
from coach import encoder  # noqa: E402
from policy.asked import not_covered, ways_of_asking  # noqa: E402
from policy.pack import load_pack, pack_names  # noqa: E402

QUESTIONS = ROOT / "tests" / "unit" / "policy" / "questions"
Labelled = tuple[str, str]


def texts() -> list[str]:
    """Everything that is compared with a question, in a fixed order."""
    found = {text for _, text in _labelled_everywhere()} | set(not_covered())
    return sorted(found)


def fingerprint() -> str:
    """Of the texts, of the questions that the gate is fitted on, and of the encoder that read
    them."""
    read = sha256()
    for name in ("lower", "upper"):
        read.update((encoder.MODEL / f"{name}.onnx").read_bytes())
    read.update("\n".join(texts()).encode())
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        read.update(path.read_bytes())
    return read.hexdigest()


def _labelled(name: str) -> tuple[list[Labelled], list[Labelled]]:
    pack = load_pack(name)
    ways = [(c, t) for c, texts_ in ways_of_asking(pack, name).items() for t in texts_]
    return ways, [(rule.code, rule.summary) for rule in pack.rules]


def _labelled_everywhere() -> Iterator[Labelled]:
    for name in pack_names():
        ways, summaries = _labelled(name)
        yield from (*ways, *summaries)


def fit_gate(known: Known, *, bare: bool) -> Gate:
    """A logistic regression on the signs of the development questions. The ways of asking would
    not do: the encoder has learned to tell those apart."""
    signs, covered = _signs(known, bare=bare)
    middle, spread = signs.mean(axis=0), signs.std(axis=0)
    rows = np.c_[(signs - middle) / spread, np.ones(len(signs))]
    found = np.zeros(rows.shape[1])
    for _ in range(3000):
        likely = 1 / (1 + np.exp(-rows @ found))
        found -= 0.5 * (rows.T @ (likely - covered) / len(rows) + 1e-3 * found)
    weights = found[:-1] / spread
    return Gate(weights.astype(np.float32), float(found[-1] - weights @ middle))


def _signs(known: Known, *, bare: bool) -> tuple[Vector, Vector]:
    signs, covered = [], []
    for name in pack_names():
        pack = load_pack(name)
        index = build_index(known, pack, {} if bare else ways_of_asking(pack, name))
        lines = (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        for row, read in zip(rows, known.read_all(row["text"] for row in rows), strict=True):
            scores = index.scores(read)
            signs.append(index.signs(read, max(scores, key=lambda code: scores[code])))
            covered.append(row["rule"] is not None)
    return np.array(signs), np.array(covered, dtype=np.float32)


def main() -> None:
    """Reads every text (about a minute) and writes the file."""
    reader = encoder.shared()
    found = texts()
    vectors = np.stack([reader.vector(text) for text in found]).astype(np.float16)
    no_gate = Gate(np.zeros(3, dtype=np.float32), 0.0)
    made = dict(zip(found, vectors.astype(np.float32), strict=True))
    known = Known(reader, made, Gates(no_gate, no_gate))
    gates = [fit_gate(known, bare=bare) for bare in (False, True)]
    VECTORS.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        VECTORS,
        texts=np.array(found),
        vectors=vectors,
        weights=np.stack([gate.weights for gate in gates]),
        biases=np.array([gate.bias for gate in gates]),
        fingerprint=fingerprint(),
    )


if __name__ == "__main__":
    main()
