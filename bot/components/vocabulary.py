"""From a message to numbers: TF-IDF over the features that training has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.components.features import Groups, features

# How much each kind of feature weighs, and in how many examples one must stand to be learned:
# the best of five-fold cross-validation on data/nlu.
WEIGHTS = {"piece": 1.0, "phrase": 1.0, "group": 0.25}
FEWEST_EXAMPLES = {"piece": 2, "phrase": 1, "group": 1}

Places = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vocabulary:
    """The features that were learned: where each stands in a vector, and how rare it is."""

    places: Mapping[str, int]
    rarity: Floats
    groups: Groups

    @classmethod
    def of(cls, texts: Iterable[str], groups: Groups) -> Vocabulary:
        """Learns which features there are."""
        found = [features(text, groups) for text in texts]
        seen = Counter(
            (kind, name) for each in found for kind, names in each.items() for name in set(names)
        )
        kept = sorted(key for key, times in seen.items() if times >= FEWEST_EXAMPLES[key[0]])
        rarity = [np.log((1 + len(found)) / (1 + seen[key])) + 1 for key in kept]
        places = {_key(*key): place for place, key in enumerate(kept)}
        return cls(places, np.array(rarity, dtype=np.float32), groups)

    def vector(self, text: str) -> tuple[Places, Floats]:
        """Returns where a message's vector is not zero, and its values there."""
        found = features(text, self.groups)
        parts = [self._part(kind, names) for kind, names in found.items()]
        return np.concatenate([at for at, _ in parts]), np.concatenate([v for _, v in parts])

    def _part(self, kind: str, names: Iterable[str]) -> tuple[Places, Floats]:
        """One kind of feature, of the same length in a long message as in a short one."""
        keys = (_key(kind, name) for name in names)
        counts = Counter(self.places[key] for key in keys if key in self.places)
        at = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(times)) * self.rarity[at]
        return at, WEIGHTS[kind] * values / max(float(np.linalg.norm(values)), 1.0)


def _key(kind: str, name: str) -> str:
    """Keeps the kinds apart: two letters may be spelt like a word."""
    return f"{kind} {name}"
