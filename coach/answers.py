"""What a typed reply means for the yes/no question it answers. Buttons never come here.

Order: hedges make a reply unsure; then what it says about the matter; then its yes or no.
Source: labels.md, answers.answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from spacy.tokens import Span

from coach.danger import DangerRules
from coach.language import Reader, Reading
from coach.phrases import Phrases, Sets
from coach.rulebook import Rulebook
from coach.signs import Answer, AnswerValue

_NO_LEAD, _DENIES = "none", "denies"
_SHARED = ("whole", "plain", "lead", "nobody", "hedge", "aside", "topics")
DANGEROUS = frozenset({"danger_now", "harm_concern"})
# A wrong no to these leaves somebody in danger, or puts them there.
RISKS = DANGEROUS | {"telling_raises_risk", "others_at_risk"}
# A guess that somebody is at risk is enough to act on; a guess that nobody is, is not.
_GUESS_COUNTS = frozenset({"danger_now", "harm_concern", "telling_raises_risk"})
_CONDITIONAL_BY_NATURE = frozenset({"telling_raises_risk", "consent"})
# "She said no" is all there is to say of what she said.
_SAID, _FEW = frozenset({"said", "says"}), 3  # words
# Before "said" in so few words: who is asked about, not the manager or the police.
_THEY = frozenset({"she", "he", "they", "client", "yes", "no"})
# Where their ability is doubted, "she can" is no yes.
_WHO_CAN = frozenset({"she", "he", "they"})
_TYPED_NO = "n"  # elsewhere it is short for "and"
_RISK = "risk"  # what is plain to every question about risk
_OPPOSITE: Mapping[AnswerValue, AnswerValue] = {"yes": "no", "no": "yes"}
_GOOD_MEANS: Mapping[str, AnswerValue] = {
    "danger_now": "no",
    "harm_concern": "no",
    "telling_raises_risk": "no",
    "others_at_risk": "no",
    "safe_now": "yes",
    "consent": "yes",
}
# What "nobody is safe" means; of a consent it says nothing.
_NOBODY_SAFE: Mapping[str, AnswerValue] = {
    topic: _OPPOSITE[good] for topic, good in _GOOD_MEANS.items() if topic != "consent"
}


class AnswerReader(Protocol):
    """Whatever can read a reply: these rules now, a model beside them later."""

    def __call__(self, question: str, text: str) -> Answer: ...


@dataclass(frozen=True)
class AnswerRules:
    """Replies by rule."""

    read: Reader
    danger: DangerRules
    shared: Mapping[str, Phrases]
    topics: Mapping[str, Phrases]
    sets: Sets

    @classmethod
    def of(cls, book: Rulebook, read: Reader, danger: DangerRules) -> "AnswerRules":
        """Compile the rules of answers.toml."""
        compiled = {name: book.phrases("answers", name) for name in book.tables["answers"]}
        shared = {name: compiled.pop(name) for name in _SHARED}
        return cls(read, danger, shared, compiled, book.sets)

    def __call__(self, question: str, text: str) -> Answer:
        """Read a reply to a question, given by its id or in its full wording.

        Sure only where no context could change it: nothing at all, a phrase that is the whole
        reply ("yes", "not sure"), a yes that the writer concludes with ("so yes"), what the person
        said where that was asked ("she said no"), that nobody is safe, or danger where danger was
        asked about and the reply does not begin with a no.
        """
        topic = self.topic(question)
        reading = self.read(text)
        words = reading.words()
        whole = self._whole(reading)
        if whole is None and sum(word[:1].isalnum() for word in words) <= 1 and len(words) <= 2:
            whole = self._lead(reading)  # a picture may follow
        if topic == "capacity" and whole == "yes" and words and words[0] in _WHO_CAN:
            return Answer("no", sure=False)
        if whole is not None or not words:
            return Answer(whole or "not_an_answer")
        if topic in DANGEROUS and self.danger(text):
            return Answer("yes", sure=not self.says_no(text))
        if self._is_plain_no(topic, reading):
            return Answer("no")
        value, hedges = self._value(topic, reading), self._hedges(reading)
        unsafe = topic in _NOBODY_SAFE and "strong" not in hedges
        if unsafe and self.shared["nobody"].find(reading.doc):
            return Answer(_NOBODY_SAFE[topic])
        reported = topic == "consent" and not hedges and value in _OPPOSITE and _they_said(words)
        return Answer(value, sure=reported or (value == "yes" and "concluded" in hedges))

    def says_no(self, text: str) -> bool:
        """Whether it begins with a bare no: "no hes at work", but not "no one is with her"."""
        reading = self.read(text)
        return self._lead(reading) == "no" and not self._denying(reading)

    def says_yes(self, text: str) -> bool:
        """Whether it begins with a yes: "yes she is safe" may be a no, and has to be asked."""
        return self._lead(self.read(text)) == "yes"

    def denies(self, text: str) -> bool:
        """Whether it begins by denying something: "no one is hurt", "no one is feeding them".

        Which of the two it is, only a rule that knows what is denied can say.
        """
        return self._denying(self.read(text))

    def topic(self, question: str) -> str:
        """The id of a question that is put by its id or in other words; nothing if unknown."""
        if question in self.topics:
            return question
        found = self.shared["topics"].find(self.read(question).doc)
        named = {span.label_ for span in found}
        return next((g.code for g in self.shared["topics"].groups if g.code in named), "")

    def _whole(self, reading: Reading) -> AnswerValue | None:
        typed = reading.folded.text.strip(" .!\n").lower()
        if typed == _TYPED_NO:
            return "no"
        return _entire(self.shared["whole"].find(reading.doc), reading)

    def _is_plain_no(self, topic: str, reading: Reading) -> bool:
        """Whether it is as plain as "no" to this question; "they are ok?" asks back."""
        codes = {topic, _RISK} if topic in RISKS else {topic}
        plain = [span for span in self.shared["plain"].find(reading.doc) if span.label_ in codes]
        asks = any(token.norm_ == "?" for token in reading.doc)
        return not asks and any(_words_in(span) == len(reading.words()) for span in plain)

    def _value(self, topic: str, reading: Reading) -> AnswerValue:
        lead = self._lead(reading)
        if topic in RISKS and self._denying(reading):
            lead = None  # "nothing to eat", "none of them are fed"
        if lead is None and self.shared["aside"].find(reading.doc):
            return "not_an_answer"
        about = self._about(topic, reading)
        if self._hedged(topic, reading, about) or _doubtful(topic, about, lead):
            return "unsure"
        return _settled(about - {"unsure"}, lead) or self._by_how_things_stand(topic, reading)

    def _lead(self, reading: Reading) -> AnswerValue | None:
        found = [span for span in self._begins(reading) if span.label_ != _DENIES]
        if any(span.label_ == _NO_LEAD for span in found):
            return None
        return next(map(_value, found), None)

    def _begins(self, reading: Reading) -> list[Span]:
        """What it begins with, mere openings aside."""
        words = (t for t in reading.doc if t.norm_ not in self.sets["fillers"] and not t.is_space)
        first = next((token.i for token in words), None)
        return [span for span in self.shared["lead"].find(reading.doc) if span.start == first]

    def _denying(self, reading: Reading) -> bool:
        return any(span.label_ == _DENIES for span in self._begins(reading))

    def _about(self, topic: str, reading: Reading) -> set[AnswerValue]:
        found = self.topics[topic].find(reading.doc) if topic else []
        return {_value(span) for span in found if not _outweighed(span, found)}

    def _hedged(self, topic: str, reading: Reading, about: set[AnswerValue]) -> bool:
        hedges = self._hedges(reading)
        conditional = "condition" in hedges and topic not in _CONDITIONAL_BY_NATURE
        guess = "weak" in hedges and not ("yes" in about and topic in _GUESS_COUNTS)
        concluded = "concluded" in hedges and "yes" in about
        return "strong" in hedges or ((conditional or guess) and not concluded)

    def _hedges(self, reading: Reading) -> set[str]:
        return {span.label_ for span in self.shared["hedge"].find(reading.doc)}

    def _by_how_things_stand(self, topic: str, reading: Reading) -> AnswerValue:
        """Where a topic is about good or bad, one kind of word alone answers it."""
        words = set(reading.words())
        bad, good = (not words.isdisjoint(self.sets[name]) for name in ("bad", "good"))
        denied = self._denying(reading) or not words.isdisjoint(self.sets["denies"])
        if topic not in _GOOD_MEANS or bad == good or denied:
            return "not_an_answer"
        return _GOOD_MEANS[topic] if good else _OPPOSITE[_GOOD_MEANS[topic]]


def _they_said(words: Sequence[str]) -> bool:
    """Whether so few words tell what the person said: "she said no", not "manager says no"."""
    said = next((i for i, word in enumerate(words) if word in _SAID), None)
    few = said is not None and len(words) <= _FEW
    return few and (not said or words[said - 1] in _THEY)


def _value(span: Span) -> AnswerValue:
    return span.label_  # type: ignore[return-value]  # codes in answers.toml are answer values


def _entire(found: Iterable[Span], reading: Reading) -> AnswerValue | None:
    """The meaning of a phrase that is the whole reply, marks aside."""
    length = len(reading.words())
    return next((_value(span) for span in found if length and _words_in(span) == length), None)


def _words_in(span: Span) -> int:
    return sum(not (token.is_punct or token.is_space) for token in span)


def _outweighed(span: Span, found: Iterable[Span]) -> bool:
    """Whether a longer phrase over the same words says something else ("not safe", "safe")."""
    return any(
        other.label_ != span.label_
        and len(other) > len(span)
        and other.start < span.end
        and span.start < other.end
        for other in found
    )


def _doubtful(topic: str, about: set[AnswerValue], lead: AnswerValue | None) -> bool:
    """A clear yes or no outweighs a doubt, save a yes to consent given under doubt."""
    return "unsure" in about and (lead is None or (topic == "consent" and lead == "yes"))


def _settled(about: set[AnswerValue], lead: AnswerValue | None) -> AnswerValue | None:
    if len(about) == 1:
        return next(iter(about))
    if about and lead is None:
        return "unsure"
    return lead
