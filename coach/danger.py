"""Immediate danger to life, or serious harm, now or within hours.

A sign counts unless the same text takes it back: it is over, denied, practised, or only asked
about as a rule. Missing one is worse than asking once too often. Source: labels.md, intents.need.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Protocol

from spacy.tokens import Doc, Span

from coach.language import Reader, Reading
from coach.phrases import Phrases
from coach.rulebook import Rulebook
from coach.signs import DangerSign

_DENIES_NEXT = frozenset({"no", "any"})
_NO_ONE = frozenset({("no", "one"), ("no", "sign"), ("no", "longer"), ("no", "risk")})
_DENIAL_REACH = 4  # words
_SHORT_CLAUSE = 4  # words and marks
_NAMES = frozenset({"emergency", "danger"})  # signs that may be mere names of danger
_ENDS = frozenset({".", "!", "?", "...", "…", "\n"})
_FULL, _TOO_LITTLE = 22, 4  # words and marks of a sentence
# Nobody laughs these off.
_GRAVE = frozenset({"weapon", "breathing", "attack", "overdose", "unconscious", "bleeding"})


class DangerReader(Protocol):
    """Whatever can notice danger: these rules now, a model beside them later."""

    def __call__(self, text: str) -> DangerSign | None: ...


@dataclass(frozen=True)
class DangerRules:
    """Danger by rule."""

    read: Reader
    present: Phrases
    recent: Phrases
    plain: Phrases
    abroad: Phrases
    gone: Phrases
    minor: Phrases
    cry: Phrases
    soon: Phrases
    when: Phrases
    before: Phrases
    live: Phrases
    closed: Phrases
    again: Phrases
    safe: Phrases
    unreal: Phrases
    idiom: Phrases
    general: Phrases
    condition: Phrases
    denies: frozenset[str]
    turns: frozenset[str]
    people: frozenset[str]
    cries: frozenset[str]

    @classmethod
    def of(cls, book: Rulebook, read: Reader) -> "DangerRules":
        """Compile the rules of danger.toml."""
        families = {name: book.phrases("danger", name) for name in book.tables["danger"]}
        denies, turns, people, cries = (
            frozenset(book.sets[name]) for name in ("denies", "turns", "person", "cry")
        )
        return cls(read=read, denies=denies, turns=turns, people=people, cries=cries, **families)

    def __call__(self, text: str) -> DangerSign | None:
        """The first sign of danger that nothing in the text takes back."""
        return self.certain(text) or self._first(self.read(text))

    def certain(self, text: str) -> DangerSign | None:
        """A sign so plain that no other opinion counts: a bare cry for help, a child who is flown
        out to be married, somebody who was taken away and stands outside again."""
        reading = self.read(text)
        if self.cries.issuperset(reading.words()):
            signs = self.cry.find(reading.doc)
        else:
            signs = [] if self._doubted(reading.doc) else self._certain(reading.doc)
        if signs:
            return _sign(reading, signs[0])
        return self._is_back(reading)

    def is_practice(self, text: str) -> bool:
        """Whether it says that nothing in it is real."""
        return any(span.label_ == "practice" for span in self.unreal.find(self.read(text).doc))

    def takes_back(self, text: str) -> bool:
        """Whether it names danger only to take it back: over, denied, practised, a question."""
        doc = self.read(text).doc
        everyday = any(span.label_ == "everyday" for span in self.idiom.find(doc))
        named = everyday or self.present.find(doc) or self.recent.find(doc) or self._closed(doc)
        return bool(named) and self(text) is None

    def _first(self, reading: Reading) -> DangerSign | None:
        unreal = self.unreal.find(reading.doc)
        if any(span.label_ == "practice" for span in unreal):
            return None
        signs = [sign for sign in self._signs(reading.doc) if not _unreal(sign, unreal)]
        first = min(signs, key=lambda sign: sign.start, default=None)
        return _sign(reading, first) if first is not None else None

    def _certain(self, doc: Doc) -> list[Span]:
        signs = [] if self.before.find(doc) else self.plain.find(doc)
        if self.minor.find(doc):
            signs += [*_together(self.abroad, doc), *_together(self.gone, doc)]
        idioms = self.idiom.find(doc)
        return [sign for sign in signs if not (self._denied(sign) or _overlaps(sign, idioms))]

    def _doubted(self, doc: Doc) -> bool:
        """Whether anything at all could take a sign back, wherever it stands."""
        general = not self.live.find(doc) and self.general.find(doc)
        return bool(self.unreal.find(doc) or self._closed(doc) or self.safe.find(doc) or general)

    def _signs(self, doc: Doc) -> list[Span]:
        idioms = self.idiom.find(doc)
        closed = self._closed(doc)
        present = [s for s in self.present.find(doc) if not _before(s, closed)]
        weaker = [s for s in self._recent(doc) + self._soon(doc) if not _over(s, closed)]
        signs = [s for s in present + weaker if not (self._denied(s) or _overlaps(s, idioms))]
        if not signs or self.live.find(doc):
            return signs
        asked, conditions = self.general.find(doc), self.condition.find(doc)
        return [s for s in signs if not (_governed(s, conditions) or _named(s, asked))]

    def _closed(self, doc: Doc) -> list[Span]:
        """What has ended, and has not begun again after it: "arrested, but let out"."""
        again = self.again.find(doc)
        return [c for c in self.closed.find(doc) if not any(c.start < a.start for a in again)]

    def _is_back(self, reading: Reading) -> DangerSign | None:
        """Whoever stood outside, was arrested and is back. Of a knife or a threat of last year
        "let out" says nothing about today."""
        ended = self.closed.find(reading.doc)
        if len(self._closed(reading.doc)) == len(ended) or self.before.find(reading.doc):
            return None
        sign = self._first(reading)
        return sign if sign is not None and sign.why == "intruder" else None

    def _recent(self, doc: Doc) -> list[Span]:
        past, live = self.before.find(doc), self.live.find(doc)
        return [s for s in self.recent.find(doc) if _near(s, live, short=0) or not _near(s, past)]

    def _soon(self, doc: Doc) -> list[Span]:
        if self.safe.find(doc) or not self.when.find(doc):
            return []
        return self.soon.find(doc)

    def _denied(self, sign: Span) -> bool:
        before = sign.doc[max(0, sign.start - _DENIAL_REACH) : sign.start]
        if len(before) and before[-1].norm_ in _DENIES_NEXT:
            return sign[0].norm_ not in self.people  # "no weapon", but "no, he is outside"
        words = list(takewhile(lambda w: w not in self.turns, (t.norm_ for t in reversed(before))))
        none = any(pair in _NO_ONE for pair in pairwise(reversed(words)))
        return none or not self.denies.isdisjoint(words)


def sentences(reading: Reading) -> list[tuple[int, int]]:
    """Where each sentence stands in the text as typed. One that goes on and on, as they do on a
    phone, ends with the clause that fills it; one of three words says too little alone."""
    doc, begun, found = reading.doc, 0, []
    for clause in doc.sents:
        whole = doc[begun : clause.end]
        ended = not _ENDS.isdisjoint(token.text for token in clause[-2:])
        if ended or len(whole) >= _FULL or clause.end == len(doc):
            begun = clause.end
            found += [reading.span(whole.start, whole.end)] if len(whole) > _TOO_LITTLE else []
    return found


def _sign(reading: Reading, sign: Span) -> DangerSign:
    return DangerSign(sign.label_, reading.span(sign.start, sign.end))


def _unreal(sign: Span, unreal: Sequence[Span]) -> bool:
    """Whether it is a story, or laughed off."""
    return _near(sign, [u for u in unreal if u.label_ != "laugh" or sign.label_ not in _GRAVE])


def _together(family: Phrases, doc: Doc) -> list[Span]:
    """What the first of its groups finds, where every group finds something."""
    found, codes = family.find(doc), [group.code for group in family.groups]
    if {span.label_ for span in found} != set(codes):
        return []
    return [span for span in found if span.label_ == codes[0]]


def _governed(sign: Span, conditions: Iterable[Span]) -> bool:
    """Whether it hangs on a general "if" in front of it: "if someone has a knife"."""
    return _near(sign, [c for c in conditions if c.end <= sign.start + 2])


def _named(sign: Span, asked: Sequence[Span]) -> bool:
    """Whether it is a mere name of danger in a question about the rule."""
    return bool(asked) and (sign.label_ in _NAMES or len(sign) == 1)


def _before(sign: Span, others: Iterable[Span]) -> bool:
    return any(sign.start <= other.start for other in others)


def _over(sign: Span, closed: Sequence[Span]) -> bool:
    """Whether it was said before what ended it, or with it."""
    return _before(sign, closed) or _near(sign, closed[-1:])


def _overlaps(sign: Span, others: Iterable[Span]) -> bool:
    return any(sign.start < other.end and other.start < sign.end for other in others)


def _near(sign: Span, others: Iterable[Span], short: int = _SHORT_CLAUSE) -> bool:
    """Whether one of the others speaks about the clause the sign begins in.

    A short clause ("years ago") goes with those beside it.
    """
    return any(c.start <= sign.start < c.end for o in others for c in _clauses(o, short))


def _clauses(span: Span, short: int) -> list[Span]:
    clauses = list(span.doc.sents)
    own = [i for i, c in enumerate(clauses) if c.start < span.end and span.start < c.end]
    beside = len(clauses[own[0]]) <= short
    return clauses[max(0, own[0] - beside) : own[-1] + 1 + beside]
