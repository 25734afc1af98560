"""The reading every check shares: spaCy's blank English, spelling put right, clauses marked.

Nothing is learned and nothing is downloaded. `Language` is built once by `coach.load`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import spacy
from spacy.language import Language as Pipeline
from spacy.tokens import Doc, Token

import coach.quotes  # noqa: F401  (names its part of the pipeline)
from coach.folding import Folded, fold
from coach.signs import Span

_ENDS = frozenset({".", "!", "?", "...", "…", "\n", ",", ";", "-", "–", "—", ":", "(", ")"})
_TURNS = frozenset({"but", "though", "although", "however"})
_JOINS = frozenset({"and", "so", "then", "because", "cos", "&", "plus"})
# What spaCy keeps whole because it may be something else; here it hardly ever is.
_TYPED_TOGETHER = {"its": ("it", "s"), "s/u": ("s/u",), "o/d": ("o/d",), "w/": ("w/",)}
_FUZZY_FROM = 6  # letters; shorter words have too many neighbours


@dataclass(frozen=True)
class Reading:
    """A text as the rules see it, with the way back to what was typed."""

    typed: str
    folded: Folded
    doc: Doc

    def span(self, start: int, end: int) -> Span:
        """Offsets into the typed text for the tokens start to end."""
        first, last = self.doc[start], self.doc[end - 1]
        return self.folded.span(first.idx, last.idx + len(last))

    def words(self) -> list[str]:
        """The words in their right spelling, without marks and spaces."""
        return [token.norm_ for token in self.doc if not (token.is_punct or token.is_space)]


Reader = Callable[[str], Reading]


@Pipeline.factory("heard_spelling")
class Spelling:
    """Writes each word's right spelling into its norm."""

    def __init__(
        self,
        nlp: Pipeline,
        name: str,
        right: Mapping[str, str],
        keys: Sequence[str],
        left_alone: Sequence[str],
    ) -> None:
        self._right = right
        self._left_alone = frozenset(left_alone) | frozenset(keys)
        self._keys = defaultdict[str, list[str]](list)
        for key in keys:
            for shape in shapes(key):
                self._keys[shape].append(key)

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            token.norm_ = self._norm(token.norm_)
        return doc

    def _norm(self, word: str) -> str:
        if word in self._right:
            return self._right[word]
        if len(word) < _FUZZY_FROM or word in self._left_alone or not word.isalpha():
            return word
        near = self._nearest(word) or word
        return self._right.get(near, near)

    def _nearest(self, word: str) -> str | None:
        """The rule word one slip of the thumb away: a letter missing, doubled, wrong or swapped."""
        keys = (key for shape in shapes(word) for key in self._keys.get(shape, ()))
        return next((key for key in keys if one_slip(word, key)), None)


@Pipeline.component("heard_clauses")
def _mark_clauses(doc: Doc) -> Doc:
    # All at once: spaCy looks through the whole text each time a token is told where it stands.
    starts = [1, *(1 if _starts_a_clause(token) else -1 for token in doc[1:])]
    column: Any = np.array(starts[: len(doc)], np.int64).view(np.uint64)
    return doc.from_array(["SENT_START"], column)


def _starts_a_clause(token: Token) -> bool:
    before = token.nbor(-1)
    if before.norm_ in _ENDS:
        return token.norm_ not in _ENDS
    return token.norm_ in _TURNS or token.norm_ in _JOINS


def one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many, wrong, or swapped with its neighbour."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    pairs = enumerate(zip(typed, meant, strict=False))
    start = next((i for i, (a, b) in pairs if a != b), min(len(typed), len(meant)))
    rest, other = typed[start:], meant[start:]
    swapped = rest[:2] == other[1::-1] and rest[2:] == other[2:]
    return swapped or rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]


def build(right: Mapping[str, str], keys: Iterable[str], left_alone: Iterable[str]) -> Pipeline:
    """The pipeline: tokens, right spelling, clauses, quotes."""
    pipeline = spacy.blank("en")
    for typed, parts in _TYPED_TOGETHER.items():
        special = [{"ORTH": part} for part in parts]
        pipeline.tokenizer.add_special_case(typed, special)  # type: ignore[union-attr]
    spelling = {"right": dict(right), "keys": sorted(keys), "left_alone": sorted(left_alone)}
    pipeline.add_pipe("heard_spelling", config=spelling)
    pipeline.add_pipe("heard_clauses")
    pipeline.add_pipe("heard_quotes")
    return pipeline


def reader(pipeline: Pipeline) -> Reader:
    """A function that reads a text with this pipeline.

    It remembers the last one only: a message is asked about danger, promises and wording in turn.
    """

    @lru_cache(maxsize=1)
    def read(text: str) -> Reading:
        folded = fold(text)
        return Reading(text, folded, pipeline(folded.text))

    return read


def shapes(word: str) -> Sequence[str]:
    """The word, and with each letter left out: words that are `one_slip` apart share a shape."""
    return tuple(dict.fromkeys((word, *(word[:i] + word[i + 1 :] for i in range(len(word))))))
