"""How people ask for the rules of a policy: what the general vector is taught to tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

from training.noise import typed

RULES, WAYS, STRANGERS = 14, 4, 8  # of one sample: rules, ways of asking for each, and of none


@dataclass(frozen=True)
class Asked:
    """The ways of asking by organisation and rule, and what is asked that no policy answers."""

    packs: Sequence[Mapping[str, Sequence[str]]]
    strangers: Sequence[str]

    def texts(self) -> list[str]:
        """All of them, each once, in order."""
        ways = {text for pack in self.packs for of in pack.values() for text in of}
        return sorted(ways | set(self.strangers))

    def some(self, chance: Random) -> list[tuple[str, str, str]]:
        """A rule of one pack, a way of asking for it as it is typed, and as it was written.

        A stranger has a rule of its own: it is like no other.
        """
        pack = chance.choice(self.packs)
        rules = chance.sample(list(pack), min(RULES, len(pack)))
        found = [
            (rule, text)
            for rule in rules
            for text in chance.sample(pack[rule], min(WAYS, len(pack[rule])))
        ]
        found += [(f"-{text}", text) for text in chance.sample(self.strangers, STRANGERS)]
        return [(r, typed(t, chance) if chance.random() < 0.5 else t, t) for r, t in found]


def asked(root: Path) -> Asked:
    """Those of data/policies, with the rules' own summaries among them."""
    folder = root / "data/policies"
    packs = []
    for path in sorted((folder / "asked").glob("*.yml")):
        if path.name != "not_covered.yml":
            rules = _read(folder / path.name)["rules"]
            ways = _read(path)["rules"]
            packs.append({r["code"]: [*ways.get(r["code"], ()), r["summary"]] for r in rules})
    return Asked(packs, _read(folder / "asked/not_covered.yml")["not_covered"])


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
