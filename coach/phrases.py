"""Families of phrases, written as plain words in rules/*.toml and found with spaCy's Matcher.

The little language of a phrase, word by word:

    knife          this word, after spelling is put right ("isnt" reads "is not")
    knife|blade    either word
    @they          any word of the set `they` in rules/words.toml
    #              a number in figures
    (is got|has)   either of these, which may be several words
    ...            up to three other words, none of them a negation or the end of a clause
    a?             may be missing
    ^ she          only where a sentence begins
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any, Self

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

Sets = Mapping[str, Sequence[str]]
Groups = Mapping[str, Sequence[str]]
Pattern = list[dict[str, Any]]
Places = Mapping[str, Sequence[int]]  # by word

_ITEM = re.compile(r"\([^)]*\)\??|\S+")
_PLACES = "places of words"
MOST_IN_A_GAP = 3
GAP = f"{{0,{MOST_IN_A_GAP}}}"
_ENDS_A_GAP = ["not", "never", "no", ".", "?", "!", ",", ";", "but", "\n"]


@dataclass(frozen=True)
class Trigger:
    """Phrases that cannot do without one word. They are only looked for around it: a matcher tries
    every phrase at every word, and a long text has thousands of words."""

    reach: int  # words of the longest phrase
    needed: Collection[Sequence[frozenset[str]]]  # for each phrase, sets that must each be met
    matcher: Matcher

    def find(self, doc: Doc, word: str, places: Places) -> Iterator[Span]:
        """What is found around the word, wherever it stands, if all words of a phrase are there."""
        if any(all(not needed.isdisjoint(places) for needed in each) for each in self.needed):
            for start, end in _windows(places[word], self.reach, len(doc)):
                yield from self.matcher(doc[start:end], as_spans=True)


@dataclass(frozen=True)
class Group:
    """All phrases of one code, by the word that each cannot do without."""

    code: str
    triggers: Mapping[str, Trigger]

    def find(self, doc: Doc, places: Places) -> list[Span]:
        """The longest phrases; none overlaps another."""
        return filter_spans(
            span
            for word in self.triggers.keys() & places.keys()
            for span in self.triggers[word].find(doc, word, places)
        )


@dataclass(frozen=True)
class Phrases:
    """A family of groups."""

    groups: tuple[Group, ...]

    @classmethod
    def compiled(cls, vocab: Vocab, groups: Groups, sets: Sets) -> Self:
        """Compile phrases by code.

        Raises:
            KeyError: a phrase names a set that words.toml does not have.
            ValueError: a bracket stands inside a word.
        """
        return cls(tuple(_group(vocab, code, phrases, sets) for code, phrases in groups.items()))

    def find(self, doc: Doc) -> list[Span]:
        """Every phrase found, in the order of the text; a span's `label_` is its code."""
        places = _places(doc)
        found = [span for group in self.groups for span in group.find(doc, places)]
        return sorted(found, key=lambda span: (span.start, -span.end))


def patterns_of(phrase: str, sets: Sets) -> list[Pattern]:
    """The Matcher patterns one phrase stands for."""
    items = _ITEM.findall(phrase)
    choices = [list(_choices(item, anchors=_anchors(items[:i]))) for i, item in enumerate(items)]
    return [_pattern(list(chain.from_iterable(parts)), sets) for parts in product(*choices)]


def words_of(pattern: Pattern) -> list[list[str]]:
    """For each word a pattern cannot do without, the words that may stand there."""
    return [token["NORM"]["IN"] for token in pattern if "OP" not in token and "NORM" in token]


def _group(vocab: Vocab, code: str, phrases: Sequence[str], sets: Sets) -> Group:
    by_word = defaultdict[str, list[Pattern]](list)
    for phrase in phrases:
        for pattern in patterns_of(phrase, sets):
            for word in min(words_of(pattern), key=len):
                by_word[word].append(pattern)
    triggers = {word: _trigger(vocab, code, patterns) for word, patterns in by_word.items()}
    return Group(code, triggers)


def _trigger(vocab: Vocab, code: str, patterns: list[Pattern]) -> Trigger:
    matcher = Matcher(vocab, validate=False)
    matcher.add(code, patterns)
    needed = {tuple(map(frozenset, words_of(pattern))) for pattern in patterns}
    return Trigger(max(map(_longest, patterns)), needed, matcher)


def _places(doc: Doc) -> Places:
    """Where each word stands. Some forty families look through the same text: it is counted once,
    and stays with the text."""
    if _PLACES not in doc.user_data:
        places = defaultdict[str, list[int]](list)
        for token in doc:
            places[token.norm_].append(token.i)
        doc.user_data[_PLACES] = dict(places)
    found: Places = doc.user_data[_PLACES]
    return found


def _longest(pattern: Pattern) -> int:
    return sum(MOST_IN_A_GAP if token.get("OP") == GAP else 1 for token in pattern)


def _windows(places: Iterable[int], reach: int, end: int) -> Iterator[tuple[int, int]]:
    """From where to where to look, in order; those that touch are one."""
    start = stop = 0
    for place in places:
        if place - reach > stop:
            if stop:
                yield start, stop
            start = place - reach
        start, stop = max(0, start), min(end, place + reach)
    if stop:
        yield start, stop


def _anchors(before: Sequence[str]) -> bool:
    """Whether the next item may be the one that stands where a sentence begins."""
    return before[:1] == ["^"] and all(item.endswith("?") for item in before[1:])


def _choices(item: str, *, anchors: bool) -> Iterator[list[str]]:
    if not item.startswith("("):
        if anchors and item.endswith("?"):
            yield []
        yield [item.removesuffix("?") if anchors else item]
        return
    inner, _, optional = item[1:].rpartition(")")
    alternatives = [alternative.split() for alternative in inner.split("|")]
    single = "|".join(words[0] for words in alternatives if len(words) == 1)
    if optional:
        yield []
    if single:
        yield [single]
    yield from (words for words in alternatives if len(words) > 1)


def _pattern(items: Sequence[str], sets: Sets) -> Pattern:
    if items[0] != "^":
        return [_token(item, sets) for item in items]
    first, *others = _pattern(items[1:], sets)
    return [first | {"IS_SENT_START": True}, *others]


def _token(item: str, sets: Sets) -> dict[str, Any]:
    if item == "...":
        return {"NORM": {"NOT_IN": _ENDS_A_GAP}, "OP": GAP}
    if item == "#":
        return {"IS_DIGIT": True}
    optional = item.endswith("?") and item != "?"
    names = item.removesuffix("?").split("|") if optional else item.split("|")
    words = [word for name in names for word in _words(name, sets)]
    return {"NORM": {"IN": words}} | ({"OP": "?"} if optional else {})


def _words(name: str, sets: Sets) -> Sequence[str]:
    if not name or not {"(", ")", "#"}.isdisjoint(name):
        raise ValueError(f"not a word: {name!r}")
    return sets[name[1:]] if name.startswith("@") else [name]
