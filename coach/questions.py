"""The type of a question to a person who tells, in the light of what they have said.

Source: labels.md, questions.type; recording-guidance.md 3b, 3c; C16.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, cast

from spacy.tokens import Doc, Span, Token

from coach.hearsay import told
from coach.language import Reader, Reading
from coach.phrases import Phrases
from coach.rulebook import Rulebook
from coach.signs import QuestionType, Reason
from coach.signs import Span as Offsets

_FAMILIES = (
    "safety",
    "kind",
    "care",
    "harmless",
    "trouble",
    "narrow",
    "invite",
    "directive",
    "option",
)
_FORMS = frozenset(
    {"tag_question", "negative_question", "why_blame"}
)  # press even where safety is asked
_STAFF = frozenset({"i", "we"})
_NEGATIONS = frozenset({"not", "never", "no", "nobody"})
_DENIAL_REACH = 4  # words
# Not needed for anybody's safety; beside kind words, others press as well.
_GRAVE = frozenset({"touch", "kiss", "sex", "photo", "force"})
_ACTS = _GRAVE | frozenset({"hit", "kick", "push", "choke", "bite"})
_SHARED = frozenset({"bath", "bed"})  # with somebody
_THIRD_OBJECTS = frozenset({"him", "her", "them"})
_NO_COMFORT = _ACTS | {"bed"}  # led by, however kindly it is asked


class Judgement(NamedTuple):
    """A type, with why it is risky and the words that make it so (offsets into the question).

    `sure`: nothing else need be asked about it.
    """

    type: QuestionType
    reason: Reason | None = None
    span: tuple[int, int] | None = None
    sure: bool = False


@dataclass(frozen=True)
class Concepts:
    """Things a question could bring up: acts, people, injuries, feelings, in all their forms."""

    forms: Mapping[str, str]

    @classmethod
    def of_book(cls, book: Rulebook) -> "Concepts":
        """Read the concepts of wording.toml."""
        words = book.tables["wording"]["concepts"]
        return cls({form: concept for concept, forms in words.items() for form in forms})

    def of(self, token: Token) -> str | None:
        """What a word brings up, if it is anything a person could be led by."""
        return self.forms.get(token.norm_)


class QuestionReader(Protocol):
    """Whatever can judge a question: these rules now, a model beside them later."""

    def __call__(self, question: str, said: Sequence[str]) -> Judgement | None: ...


@dataclass(frozen=True)
class QuestionRules:
    """Questions by rule."""

    read: Reader
    families: Mapping[str, Phrases]
    concepts: Concepts
    third: frozenset[str]

    @classmethod
    def of(cls, book: Rulebook, read: Reader, concepts: Concepts) -> "QuestionRules":
        """Compile the rules of wording.toml."""
        families = {name: book.phrases("wording", name) for name in _FAMILIES}
        third = frozenset(book.sets["third"]) | {"anyone"}
        return cls(read, families, concepts, third)

    def __call__(self, question: str, said: Sequence[str] = ()) -> Judgement | None:
        """Judge a question; None where the text is no question and presses nothing."""
        reading = self.read(question)
        trouble = self._trouble(reading, [self.read(text).doc for text in said])
        if trouble is not None:
            return trouble
        care = next(filter(_closes, self.families["care"].find(reading.doc)), None)
        if care is not None:
            return Judgement(cast(QuestionType, care.label_), sure=True)
        kind = self._kind(reading.doc)
        if kind is None and self.families["kind"].find(reading.doc):
            return Judgement("invitation", sure=True)  # "it's not your fault" asks nothing
        if kind != "option_posing":
            return kind and Judgement(kind)
        reason: Reason = "choice" if any(token.norm_ == "or" for token in reading.doc) else "yes_no"
        return Judgement(kind, reason, (0, len(question)))

    def matter(self, question: str) -> Offsets:
        """The part of a question that is no kind word: "I believe you. [Did he hurt you?]"."""
        reading = self.read(question)
        kind = _places(self.families["kind"].find(reading.doc))
        parts = [clause for clause in reading.doc.sents if kind.isdisjoint(_range(clause))]
        words = {token.i for part in parts for token in part} or {t.i for t in reading.doc} - kind
        runs = _runs([token for token in reading.doc if token.i in words])
        run = max(runs, key=len, default=None)
        return reading.span(run[0].i, run[-1].i + 1) if run else (0, len(question))

    def _trouble(self, reading: Reading, said: Sequence[Doc]) -> Judgement | None:
        doc = reading.doc
        kind = _places(self.families["kind"].find(doc))
        care = _places(self.families["care"].find(doc))
        apart = kind | {i for i in care if self.concepts.of(doc[i]) not in _NO_COMFORT}
        apart |= _places(self.families["harmless"].find(doc))
        safety = bool(self.families["safety"].find(doc))
        calm = apart | {t.i for c in doc.sents for t in c if not kind.isdisjoint(_range(c))}
        pressing = [s for s in self.families["trouble"].find(doc) if _presses(s, calm)]
        sign = next((s for s in pressing if s.label_ in _FORMS), None)
        if sign is None and not safety:
            sign = next(iter(pressing), None)
        new = [(why, token) for why, token in self._brought_up(doc, said) if token.i not in apart]
        somebody = next((token.i for token in doc if token.norm_ in self.third), len(doc))
        acts = _ACTS if kind else _GRAVE
        put = next(
            (
                (why, token)
                for why, token in new
                if (token.i > somebody and self._is_act(token, acts)) or self._is_shared(token)
            ),
            None,
        )
        if put:
            return _suggestive(reading, put[0], doc[put[1].i : put[1].i + 1], sure=True)
        if sign is not None:
            return _suggestive(reading, cast(Reason, sign.label_), sign)
        if kind:  # "I believe you, and I will tell my manager" is about the speaker
            new = [(why, token) for why, token in new if _STAFF.isdisjoint(_norms(token.sent))]
        if new and not safety:
            return _suggestive(reading, new[0][0], doc[new[0][1].i : new[0][1].i + 1])
        return None

    def _brought_up(self, doc: Doc, said: Sequence[Doc]) -> Iterator[tuple[Reason, Token]]:
        words = [token for text in said for token in told(text)]
        known = {self.concepts.of(token) for token in words}
        no = {self.concepts.of(token) for token in words if denied(token)}
        for token in doc:
            concept = self.concepts.of(token)
            if concept and concept in no:
                yield "repeats", token
            elif concept and concept not in known:
                yield "introduces", token

    def _is_act(self, token: Token, acts: frozenset[str]) -> bool:
        in_bed = token.norm_ == "bed" and token.i > 0 and token.nbor(-1).norm_ == "your"
        return in_bed or self.concepts.of(token) in acts

    def _is_shared(self, token: Token) -> bool:
        """ "A bath with him"."""
        company = _norms(token.doc[token.i + 1 : token.i + 3])
        return (
            self.concepts.of(token) in _SHARED
            and "with" in company
            and not (self.third | _THIRD_OBJECTS).isdisjoint(company)
        )

    def _kind(self, doc: Doc) -> QuestionType | None:
        if self.families["safety"].find(doc):
            return "clarify_safety"
        narrowed = next(iter(self.families["narrow"].find(doc)), None)
        if narrowed is not None:
            return "directive" if narrowed.label_ == "directive" else "option_posing"
        if self.families["invite"].find(doc):
            return "invitation"
        if self.families["directive"].find(doc):
            return "directive"
        return "option_posing" if self.families["option"].find(doc) else None


def _suggestive(reading: Reading, why: Reason, span: Span, *, sure: bool = False) -> Judgement:
    return Judgement("suggestive", why, reading.span(span.start, span.end), sure)


def _places(spans: Sequence[Span]) -> set[int]:
    return {place for span in spans for place in _range(span)}


def _range(span: Span) -> range:
    return range(span.start, span.end)


def _norms(span: Span) -> set[str]:
    return {token.norm_ for token in span}


def _runs(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Words that stand together, without marks at the ends."""
    run: list[Token] = []
    for token in tokens:
        if run and token.i != run[-1].i + 1:
            yield run
            run = []
        if run or not (token.is_punct or token.is_space):
            run.append(token)
    yield run


def _presses(span: Span, calm: set[int]) -> bool:
    if span.label_ == "tag_question" and not _closes(span):
        return False
    return calm.isdisjoint(_range(span))


def _closes(span: Span) -> bool:
    """Whether nothing but marks follows."""
    return all(token.is_punct or token.is_space for token in span.doc[span.end :])


def denied(token: Token) -> bool:
    """Whether a no stands shortly before it."""
    before = token.doc[max(token.sent.start, token.i - _DENIAL_REACH) : token.i]
    return any(word.norm_ in _NEGATIONS for word in before)
