"""Writes models/policy/questions.npz: the vectors of all ways of asking, and the gate.

Run as ``python scripts/policy_vectors.py`` after data/policies or the encoder has changed. The
gate is fitted on questions held out from the index, a fifth at a time, never on test questions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from casework.policy_search import VECTORS, Gate, Index, Known, Vector  # noqa: E402
from coach import encoder  # noqa: E402
from policy.asked import not_covered, ways_of_asking  # noqa: E402
from policy.pack import load_pack, pack_names  # noqa: E402

FOLDS = 5
Labelled = tuple[str, str]


def texts() -> list[str]:
    """Everything that is compared with a question, in a fixed order."""
    found = {text for _, text in _labelled_everywhere()} | set(not_covered())
    return sorted(found)


def fingerprint() -> str:
    """Of the texts and of the encoder that read them."""
    read = sha256((encoder.MODEL / "encoder.onnx").read_bytes())
    read.update("\n".join(texts()).encode())
    return read.hexdigest()


def _labelled(name: str) -> tuple[list[Labelled], list[Labelled]]:
    pack = load_pack(name)
    ways = [(c, t) for c, texts_ in ways_of_asking(pack, name).items() for t in texts_]
    return ways, [(rule.code, rule.summary) for rule in pack.rules]


def _labelled_everywhere() -> Iterator[Labelled]:
    for name in pack_names():
        ways, summaries = _labelled(name)
        yield from (*ways, *summaries)


def fit_gate(known: Known) -> Gate:
    """A logistic regression on the signs of held-out questions, both kinds weighing the same."""
    signs, covered = _held_out(known)
    middle, spread = signs.mean(axis=0), signs.std(axis=0)
    rows = np.c_[(signs - middle) / spread, np.ones(len(signs))]
    share = covered.mean()
    weight = np.where(covered == 1, 0.5 / share, 0.5 / (1 - share))
    found = np.zeros(rows.shape[1])
    for _ in range(3000):
        likely = 1 / (1 + np.exp(-rows @ found))
        found -= 0.5 * (rows.T @ ((likely - covered) * weight) / len(rows) + 1e-3 * found)
    weights = found[:-1] / spread
    return Gate(weights.astype(np.float32), float(found[-1] - weights @ middle))


def _held_out(known: Known) -> tuple[Vector, Vector]:
    dice = np.random.default_rng(0)
    strangers = known.vectors(not_covered())
    signs, covered = [], []
    for name in pack_names():
        ways, summaries = _labelled(name)
        codes = np.array([code for code, _ in ways])
        rows = known.vectors(text for _, text in ways)
        told = known.vectors(text for _, text in summaries)
        fold, fold_of_strangers = (dice.integers(0, FOLDS, len(x)) for x in (rows, strangers))
        for n in range(FOLDS):
            kept = fold != n
            index = Index(
                [*codes[kept], *(code for code, _ in summaries)],
                np.vstack([rows[kept], told]),
                strangers[fold_of_strangers != n],
            )
            for row in (*rows[~kept], *strangers[fold_of_strangers == n]):
                scores = index.scores(row)
                signs.append(index.signs(row, max(scores, key=lambda code: scores[code])))
            covered += [1] * int((~kept).sum()) + [0] * int((fold_of_strangers == n).sum())
    return np.array(signs), np.array(covered, dtype=np.float32)


def main() -> None:
    """Reads every text (about a minute) and writes the file."""
    reader = encoder.shared()
    found = texts()
    vectors = np.stack([reader.vector(text) for text in found]).astype(np.float16)
    no_gate = Gate(np.zeros(3, dtype=np.float32), 0.0)
    made = dict(zip(found, vectors.astype(np.float32), strict=True))
    gate = fit_gate(Known(reader, made, no_gate))
    VECTORS.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        VECTORS,
        texts=np.array(found),
        vectors=vectors,
        weights=gate.weights,
        bias=gate.bias,
        fingerprint=fingerprint(),
    )


if __name__ == "__main__":
    main()
