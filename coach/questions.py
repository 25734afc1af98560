"""The type of a question to a person who tells, in the light of what they have said.

Source: labels.md, questions.type; recording-guidance.md 3b, 3c; C16.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, cast

from spacy.tokens import Doc, Span, Token

from coach.language import Reader
from coach.phrases import Phrases
from coach.rulebook import Rulebook
from coach.signs import QuestionType, Reason

_FAMILIES = ("safety", "kind", "trouble", "narrow", "invite", "directive", "option")
_FORMS = frozenset(
    {"tag_question", "negative_question", "why_blame"}
)  # press even where safety is asked
_NEGATIONS = frozenset({"not", "never", "no", "nobody"})
_DENIAL_REACH = 4  # words


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

    @classmethod
    def of(cls, book: Rulebook, read: Reader, concepts: Concepts) -> "QuestionRules":
        """Compile the rules of wording.toml."""
        return cls(read, {name: book.phrases("wording", name) for name in _FAMILIES}, concepts)

    def __call__(self, question: str, said: Sequence[str] = ()) -> Judgement | None:
        """Judge a question; None where the text is no question and presses nothing."""
        reading = self.read(question)
        trouble = self._trouble(reading.doc, [self.read(text).doc for text in said])
        if trouble is not None:
            reason, span = trouble
            return Judgement("suggestive", reason, reading.span(span.start, span.end))
        kind = self._kind(reading.doc)
        if kind is None and self.families["kind"].find(reading.doc):
            return Judgement("invitation", sure=True)  # "it's not your fault" asks nothing
        if kind != "option_posing":
            return kind and Judgement(kind)
        reason = "choice" if any(token.norm_ == "or" for token in reading.doc) else "yes_no"
        return Judgement(kind, reason, (0, len(question)))

    def _trouble(self, doc: Doc, said: Sequence[Doc]) -> tuple[Reason, Span] | None:
        if self.families["kind"].find(doc):
            return None
        pressing = self.families["trouble"].find(doc)
        pressing = [s for s in pressing if s.label_ != "tag_question" or _closes(s)]
        form = next((sign for sign in pressing if sign.label_ in _FORMS), None)
        if form is None and self.families["safety"].find(doc):
            return None
        sign = form or next(iter(pressing), None)
        if sign is not None:
            return cast(Reason, sign.label_), sign
        return self._brought_up(doc, said)

    def _brought_up(self, doc: Doc, said: Sequence[Doc]) -> tuple[Reason, Span] | None:
        told = {self.concepts.of(token) for text in said for token in text}
        denied = {self.concepts.of(token) for text in said for token in text if _denied(token)}
        for token in doc:
            concept = self.concepts.of(token)
            if concept and concept in denied:
                return "repeats", doc[token.i : token.i + 1]
            if concept and concept not in told:
                return "introduces", doc[token.i : token.i + 1]
        return None

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


def _closes(span: Span) -> bool:
    """Whether nothing but marks follows."""
    return all(token.is_punct or token.is_space for token in span.doc[span.end :])


def _denied(token: Token) -> bool:
    before = token.doc[max(token.sent.start, token.i - _DENIAL_REACH) : token.i]
    return any(word.norm_ in _NEGATIONS for word in before)
