"""Promises of secrecy: made, planned, offered or accepted by the person who writes.

Nobody can promise it in safeguarding; what is noticed can be put right. Source: labels.md,
promises.promise; C10.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from spacy.tokens import Doc, Span

from coach.language import Reader
from coach.phrases import Phrases
from coach.quotes import around, speaker_of
from coach.rulebook import Rulebook
from coach.signs import PromiseSign

_NOT_SPOKEN = frozenset({"accept", "made_to"})  # the writer's own, whoever speaks


class PromiseReader(Protocol):
    """Whatever can notice a promise: these rules now, a model beside them later."""

    def __call__(self, text: str) -> PromiseSign | None: ...


@dataclass(frozen=True)
class PromiseRules:
    """Promises by rule."""

    read: Reader
    promise: Phrases
    speaker: Phrases
    limit: Phrases
    tells: Phrases
    rule: Phrases

    @classmethod
    def of(cls, book: Rulebook, read: Reader) -> "PromiseRules":
        """Compile the rules of promises.toml."""
        families = book.tables["promises"]
        return cls(read, **{name: book.phrases("promises", name) for name in families})

    def __call__(self, text: str) -> PromiseSign | None:
        """The first promise of secrecy that is the writer's own."""
        reading = self.read(text)
        sign = next(iter(self._signs(reading.doc)), None)
        if sign is None:
            return None
        return PromiseSign(sign.label_, reading.span(sign.start, sign.end))

    def is_about_something_else(self, text: str) -> bool:
        """Whether all it promises is no matter of safeguarding, or leaves those out who must know:
        not to tell the other children, not to tell her off."""
        doc = self.read(text).doc
        return any(s.label_ == "else" for s in self.limit.find(doc)) and not self._signs(doc)

    def _signs(self, doc: Doc) -> list[Span]:
        if self.rule.find(doc):
            return []
        limits, speakers = self.limit.find(doc), self.speaker.find(doc)
        told = bool(self.tells.find(doc))
        signs = (s for s in self.promise.find(doc) if not _overlaps(s, limits))
        signs = (s for s in signs if not (told and s.label_ == "official"))
        return [sign for sign in signs if sign.label_ in _NOT_SPOKEN or _own(sign, speakers)]


def _own(sign: Span, speakers: Iterable[Span]) -> bool:
    """Whether the writer speaks it: whoever spoke the quote it stands in, or the last before it."""
    quote, named = around(sign), list(speakers)
    if quote is not None:
        said = speaker_of(quote, named)
    else:
        before = (speaker for speaker in named if speaker.start <= sign.start)
        said = max(before, key=lambda speaker: speaker.start, default=None)
    return said is None or said.label_ == "me"


def _overlaps(sign: Span, others: Iterable[Span]) -> bool:
    return any(sign.start < other.end and other.start < sign.end for other in others)
