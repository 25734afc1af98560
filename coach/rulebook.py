"""The rules as data: rules/*.toml, read once by `coach.load`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from spacy.language import Language as Pipeline

from coach.language import build
from coach.phrases import Groups, Phrases, Sets

_FILES = ("danger", "answers", "promises", "wording", "controls", "people")


@dataclass(frozen=True)
class Rulebook:
    """Every rule file, and the pipeline that knows their words."""

    words: Mapping[str, Any]
    tables: Mapping[str, Mapping[str, Groups]]

    @classmethod
    def read(cls) -> "Rulebook":
        """Read the files that ship with the package."""
        return cls(_toml("words"), {name: _toml(name) for name in _FILES})

    @cached_property
    def sets(self) -> Sets:
        """Named word sets."""
        sets: Sets = self.words["sets"]
        return sets

    @cached_property
    def wordings(self) -> Mapping[str, list[str]]:
        """How each question is asked, by id; the first is the one on the screen."""
        asked: Mapping[str, list[str]] = _toml("wordings")["asked"]
        return asked

    @cached_property
    def pipeline(self) -> Pipeline:
        """The pipeline, built on first use."""
        right = {wrong: word for word, ways in self.words["spelling"].items() for wrong in ways}
        return build(right, self.words["slips"]["of"], self.words["slips"]["not"])

    def phrases(self, table: str, family: str) -> Phrases:
        """One family of phrases, compiled."""
        return Phrases.compiled(self.pipeline.vocab, self.tables[table][family], self.sets)


def _toml(name: str) -> dict[str, Any]:
    text = files("coach").joinpath("rules", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
