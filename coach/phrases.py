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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any, Self

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

Sets = Mapping[str, Sequence[str]]
Groups = Mapping[str, Sequence[str]]
Pattern = list[dict[str, Any]]

_ITEM = re.compile(r"\([^)]*\)\??|\S+")
_ENDS_A_GAP = ["not", "never", "no", ".", "?", "!", ",", ";", "but", "\n"]


@dataclass(frozen=True)
class Group:
    """All phrases of one code. They are only looked for where a trigger word stands."""

    code: str
    triggers: frozenset[str]
    matcher: Matcher


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
        words = {token.norm_ for token in doc}
        found = [
            span
            for group in self.groups
            if not words.isdisjoint(group.triggers)
            for span in group.matcher(doc, as_spans=True)
        ]
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
    patterns = [pattern for phrase in phrases for pattern in patterns_of(phrase, sets)]
    matcher = Matcher(vocab, validate=False)
    matcher.add(code, patterns, greedy="LONGEST")
    rarest = [min(words_of(pattern), key=len) for pattern in patterns]
    return Group(code, frozenset(word for words in rarest for word in words), matcher)


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
        return {"NORM": {"NOT_IN": _ENDS_A_GAP}, "OP": "{0,3}"}
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
