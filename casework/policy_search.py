"""What does the policy say about …? The nearest rules of the person's own policy, or silence.

A question is compared with the ways in which people ask for each rule and with the rules'
summaries. Two readings are added: how near in meaning (coach.encoder) the nearest of them is, and
a linear reading (ridge regression) of all of them at once, by meaning and by words: "trustee" means
much like "manager", and is another rule. Whether it is covered at all is judged against questions
that no policy answers. Measured in docs/measured.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from policy.asked import not_covered, ways_of_asking
from policy.pack import Pack, Rule

Vector = NDArray[np.float32]
VECTORS = Path(__file__).resolve().parents[1] / "models" / "policy" / "questions.npz"

SHOWN = 3
STIFFNESS = 1.0  # of the ridge; from 0.3 to 3 nothing changes much
WORDS_SHARE = 0.5  # of likeness by words beside likeness by meaning, in the ridge
LINEAR_SHARE = 0.5
OWN_ROLE = 0.02  # what a rule gains that is addressed to the person who asks
NOWHERE = "-"


class Reader(Protocol):
    """What turns text into its meaning."""

    def vector(self, text: str) -> Vector:
        """Of length one: the product of two is their likeness."""
        ...


@dataclass(frozen=True)
class Match:
    """A rule and how well it fits the question; 1 is the best there can be, about."""

    rule: Rule
    score: float


@dataclass(frozen=True)
class Found:
    """Up to three rules, the best first; none when this policy does not speak of it."""

    matches: tuple[Match, ...]

    @property
    def found(self) -> bool:
        """Whether the policy speaks of it."""
        return bool(self.matches)


@dataclass(frozen=True)
class Gate:
    """Whether a question is covered: a logistic reading of three signs, fitted by
    scripts/policy_vectors.py on the development questions."""

    weights: Vector
    bias: float

    def opens(self, signs: Vector) -> bool:
        """Covered, more likely than not."""
        return float(signs @ self.weights) + self.bias > 0


@dataclass(frozen=True)
class Gates:
    """A policy whose ways of asking nobody has written yet is compared by its summaries alone,
    which are never as near to a question."""

    asked: Gate
    bare: Gate


class Known:
    """Vectors made beforehand, by text; anything else is read when it is needed."""

    def __init__(self, reader: Reader, made: Mapping[str, Vector], gates: Gates) -> None:
        self._reader, self._made, self.gates = reader, dict(made), gates

    @classmethod
    def read(cls, reader: Reader, path: Path = VECTORS) -> Self:
        """The file written by scripts/policy_vectors.py."""
        with np.load(path) as stored:
            texts, vectors = stored["texts"].tolist(), stored["vectors"].astype(np.float32)
            asked, bare = (
                Gate(weights.astype(np.float32), float(bias))
                for weights, bias in zip(stored["weights"], stored["biases"], strict=True)
            )
        return cls(reader, dict(zip(texts, vectors, strict=True)), Gates(asked, bare))

    def read_all(self, texts: Iterable[str]) -> list[Read]:
        """Each with its meaning."""
        return [Read(text, self._vector(text)) for text in texts]

    def _vector(self, text: str) -> Vector:
        if text not in self._made:
            self._made[text] = self._reader.vector(text)
        return self._made[text]


class Words:
    """The words of a text as a row of length one, rare words counting more (tf-idf)."""

    def __init__(self, texts: Sequence[str]) -> None:
        told = Counter(word for text in texts for word in _words(text))
        self._at = {word: n for n, word in enumerate(told)}
        counts = np.array([*told.values()], dtype=np.float32)
        self._rarity = np.log((1 + len(texts)) / (1 + counts)) + 1

    def row(self, text: str) -> Vector:
        """Zeros where none of its words is known."""
        row = np.zeros(len(self._at), dtype=np.float32)
        known = [self._at[word] for word in _words(text) if word in self._at]
        row[known] = self._rarity[known]
        length = float(np.linalg.norm(row))
        return row / length if length else row


@dataclass(frozen=True)
class Read:
    """A text and its meaning."""

    text: str
    vector: Vector


class Index:
    """The rules of one pack, ready to be compared with a question."""

    def __init__(
        self, codes: Sequence[str], ways: Sequence[Read], strangers: Sequence[Read], gate: Gate
    ) -> None:
        self.codes, self._gate = list(codes), gate
        self._rows = [*ways, *strangers]
        self._ways, self._strangers = (np.stack([r.vector for r in of]) for of in (ways, strangers))
        self._words = Words([read.text for read in self._rows])
        self._classes = [*dict.fromkeys(codes), NOWHERE]

    @cached_property
    def _linear(self) -> tuple[Vector, Vector]:
        rows = np.stack([self._row(read) for read in self._rows])
        labels = [*self.codes, *[NOWHERE] * len(self._strangers)]
        wanted = np.array([[label == one for one in self._classes] for label in labels], float)
        middle = rows.mean(axis=0)
        near = rows - middle
        inner = near @ near.T + STIFFNESS * np.eye(len(rows))
        return middle, np.asarray(near.T @ np.linalg.solve(inner, wanted), dtype=np.float32)

    def _row(self, read: Read) -> Vector:
        words = self._words.row(read.text)
        return np.concatenate([read.vector, np.sqrt(np.float32(WORDS_SHARE)) * words])

    def scores(self, question: Read) -> dict[str, float]:
        """By rule: how well it fits."""
        linear, likeness = self._readings(question), self._ways @ question.vector
        by_code: dict[str, list[float]] = {}
        for code, value in zip(self.codes, likeness, strict=True):
            by_code.setdefault(code, []).append(float(value))
        return {
            code: LINEAR_SHARE * linear[code] + (1 - LINEAR_SHARE) * _nearness(values)
            for code, values in by_code.items()
        }

    def covers(self, question: Read, best: str) -> bool:
        """Whether the policy speaks of it at all, where this rule fits best."""
        return self._gate.opens(self.signs(question, best))

    def signs(self, question: Read, best: str) -> Vector:
        """What the gate looks at."""
        linear = self._readings(question)
        likeness = np.sort(self._ways @ question.vector)[::-1]
        strange = np.sort(self._strangers @ question.vector)[::-1]
        signs = (
            linear[best] - linear[NOWHERE],
            likeness[0],
            likeness[:3].mean() - strange[:3].mean(),
        )
        return np.array(signs, dtype=np.float32)

    def _readings(self, question: Read) -> dict[str, float]:
        middle, weights = self._linear
        values = (self._row(question) - middle) @ weights
        return dict(zip(self._classes, map(float, values), strict=True))


def _nearness(values: Sequence[float]) -> float:
    """The nearest counts most, the next two steady it."""
    first, *others = sorted(values, reverse=True)
    return 0.7 * first + 0.3 * float(np.mean(others[:2] or [first]))


class PolicySearch:
    """Finds rules; keeps the index of each pack that was asked about."""

    def __init__(self, reader: Reader, known: Known) -> None:
        self._reader, self._known = reader, known
        self._indexes: dict[str, Index] = {}

    @classmethod
    def shipped(cls, reader: Reader) -> Self:
        """With the vectors that ship with Heard."""
        return cls(reader, Known.read(reader))

    def ask(self, pack: Pack, source: str | Path, roles: Collection[str], question: str) -> Found:
        """The rules of this pack that answer, for somebody in these roles.

        People whom the policy does not cover are told which guidance is theirs, by its rule.
        """
        if not question.strip():
            return Found(())
        asked = Read(question, self._reader.vector(question))
        index = self._index(pack, source)
        scores = {code: s + _own(pack.rule(code), roles) for code, s in index.scores(asked).items()}
        best = sorted(scores, key=lambda code: -scores[code])
        if not index.covers(asked, best[0]):
            return Found(())
        guidance = pack.guidance_for(roles)
        if guidance is not None:
            return Found((Match(pack.rule(guidance.rule), round(scores[best[0]], 3)),))
        return Found(tuple(Match(pack.rule(c), round(scores[c], 3)) for c in best[:SHOWN]))

    def _index(self, pack: Pack, source: str | Path) -> Index:
        if pack.sha256 not in self._indexes:
            ways = ways_of_asking(pack, source)
            self._indexes[pack.sha256] = build_index(self._known, pack, ways)
        return self._indexes[pack.sha256]


def build_index(known: Known, pack: Pack, ways: Mapping[str, Sequence[str]]) -> Index:
    """The index of a pack: ways of asking, where there are any, and its summaries."""
    pairs = [(code, text) for code, texts in ways.items() for text in texts]
    pairs += [(rule.code, rule.summary) for rule in pack.rules]
    codes, texts = zip(*pairs, strict=True)
    gate = known.gates.asked if ways else known.gates.bare
    return Index(codes, known.read_all(texts), known.read_all(not_covered()), gate)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


def _own(rule: Rule, roles: Collection[str]) -> float:
    return OWN_ROLE if set(rule.addressed_to) & set(roles) else 0.0
