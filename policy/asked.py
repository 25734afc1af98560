"""Step 4 of 7: policy. How people ask for each rule, and what they ask that no policy answers.

Examples for the search only: nobody is ever shown one.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from policy.document import Document, Fault, Model, read
from policy.pack.loading import PACKS, pack_path
from policy.pack.names import Code, Text
from policy.pack.whole import Pack

FOLDER = "asked"


class WaysOfAsking(Model):
    """By rule: questions in the words of the people who ask."""

    rules: dict[Code, tuple[Text, ...]]


class NotCovered(Model):
    """Questions on which every policy about confidentiality is silent."""

    not_covered: tuple[Text, ...]


def ways_of_asking(pack: Pack, source: str | Path) -> Mapping[str, tuple[str, ...]]:
    """The questions for each rule of a pack; none where it has no such file beside it.

    Raises:
        FaultyFile: the file is there and something in it is wrong.
    """
    path = pack_path(source).parent / FOLDER / f"{pack.name}.yml"
    return read_ways(path, pack).sound().rules if path.exists() else {}


def read_ways(path: Path, pack: Pack) -> Document[WaysOfAsking]:
    """The file with whatever is wrong with it. Raises nothing."""
    document = read(path, WaysOfAsking)
    return document.having(_faults(document, document.model, pack)) if document.model else document


@cache
def not_covered() -> tuple[str, ...]:
    """Raises FaultyFile when the file that ships is damaged."""
    return read(PACKS / FOLDER / "not_covered.yml", NotCovered).sound().not_covered


def _faults(document: Document[WaysOfAsking], ways: WaysOfAsking, pack: Pack) -> Iterator[Fault]:
    known = {rule.code for rule in pack.rules}
    for code in ways.rules:
        if code not in known:
            cure = "Use the code of a rule of the pack."
            yield document.fault(("rules", code), f"There is no rule {code}.", cure)
