"""What the intent reader sees in a message: pieces of its words, its phrases, groups of words.

Pieces of two to four letters forgive typing on a phone. Phrases (a word, two in a row, two with
one between) hold the order. Groups (word_groups.yml) say that an aunt is family and a warrant
official, so that words nobody wrote an example with are understood too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import yaml

WORD_GROUPS = Path(__file__).with_name("word_groups.yml")
PIECES = range(2, 5)  # letters
LONGEST_ENTRY = 3  # words
TOKEN = re.compile(r"\w+|[^\w\s]")

Groups = Mapping[tuple[str, ...], Sequence[str]]


def features(text: str, groups: Groups) -> dict[str, list[str]]:
    """Returns what stands in a message, by kind, repeats included."""
    plain = folded(text)
    words = TOKEN.findall(plain)
    return {
        "piece": list(pieces(plain)),
        "phrase": list(phrases(words)),
        "group": list(groups_of(words, groups)),
    }


def folded(text: str) -> str:
    """Returns the text in small letters and without apostrophes, which phones bend or leave out."""
    return text.lower().replace("’", "").replace("'", "")


def pieces(plain: str) -> Iterator[str]:
    """Yields the runs of letters in each word, with a space where the word begins and ends."""
    for word in plain.split():
        padded = f" {word} "
        for size in PIECES:
            yield from (padded[n : n + size] for n in range(len(padded) - size + 1))


def phrases(words: Sequence[str]) -> Iterator[str]:
    """Yields each word, each two in a row, and each two with one between."""
    line = ["^", *words, "$"]
    yield from line
    yield from (f"{one} {two}" for one, two in pairwise(line))
    yield from (f"{one} _ {two}" for one, two in zip(line, line[2:], strict=False))


def groups_of(words: Sequence[str], groups: Groups) -> list[str]:
    """Returns the groups that any one to three words in a row belong to, each once."""
    runs = (
        tuple(words[n : n + size])
        for size in range(1, LONGEST_ENTRY + 1)
        for n in range(len(words) - size + 1)
    )
    return sorted({name for run in runs for name in groups.get(run, ())})


def read_groups(path: Path = WORD_GROUPS) -> dict[tuple[str, ...], list[str]]:
    """Turns a file of group -> entries into entry (as its words) -> groups."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        for entry in entries:
            groups.setdefault(tuple(TOKEN.findall(folded(entry))), []).append(name)
    return groups
