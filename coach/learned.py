"""Rules and encoder weighed against each other: each reader of the coach, as it is used.

A rule is right about the words it knows and silent about all others; the encoder has an opinion
about everything. The weights and thresholds were chosen on ideas held out of training and are
listed with what they gain in docs/language.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from coach.answers import DANGEROUS, RISKS, AnswerRules
from coach.danger import DangerRules, sentences
from coach.encoder import Encoder, Task
from coach.language import Reader, Reading
from coach.promises import PromiseRules
from coach.questions import Judgement, QuestionRules
from coach.signs import RISKY, Answer, AnswerValue, DangerSign, PromiseSign, QuestionType, Span

MEANING = "meaning"  # the code of what no rule names
# How likely the encoder must find it: at all, where a rule finds it in a short line, and where one
# finds danger named and taken back. Of a short line the rules have seen all there is.
SHORT, LONG = 8, 40  # words
DANGER_FROM, WITH_RULE_IN_SHORT = 0.3, 0.1
DANGER_TAKEN_BACK, TAKEN_BACK_IN_SHORT = 0.9, 0.98
# Of a long text, which is read in parts of which the likeliest counts, and of one of its sentences,
# asked alone: it brings back two in three of the dangers that are lost among a hundred calm words.
DANGER_FROM_IN_LONG, DANGER_IN_SENTENCE = 0.5, 0.88
PROMISE_FROM = 0.5
# "Im not going to tell the dsl", "made me promise not to tell anyone", "i wont tell anyone", "told
# her i wont tell": the rule is surer than most opinions, but that it may be about the phone ("i
# wont ring the manager").
PROMISE_BY_RULE = {"official": 0.05, "made_to": 0.05, "nobody": 0.05, "not_tell": 0.2}
PROMISE_FEWEST_WORDS = 4  # "yes i did" answers something; only a rule reads a promise in so few
PROMISE_ELSE = 0.98  # where a rule finds a promise about something else
MOST_CLAUSES = 40  # looked through for the words that are the trouble
# What a rule's word adds to the logarithm of a chance.
ANSWER_RULE, QUESTION_RULE = 0.4, 0.7
# Alone, and where the rules read the same. At 0.65 and 0.6, seven more of 951 replies were surely
# read as the opposite (by the files of then).
ANSWER_SURE, ANSWER_AGREED = 0.7, 0.65
ANSWER_FEWEST_WORDS = 3  # "purple monkey" answers nothing; in so few only a rule is sure
# "Nobody is at risk" has to be this sure, save where it begins with a bare no and the rules read
# no: a wrong no leaves somebody in danger.
NO_RISK_SURE = 0.95
NEVER = math.inf


@dataclass(frozen=True)
class Danger:
    """Danger by rule or by meaning."""

    rules: DangerRules
    encoder: Encoder
    read: Reader

    def __call__(self, text: str) -> DangerSign | None:
        """The sign of danger, with the words that are it."""
        certain = self.rules.certain(text)
        if certain is not None:
            return certain
        return self._by_whole(text) or self._by_sentence(text)

    def _by_whole(self, text: str) -> DangerSign | None:
        chance = self.encoder.chances("danger", text)["true"]
        sign = self.rules(text)
        words = len(text.split())
        short = words <= SHORT
        begins = DANGER_FROM_IN_LONG if words > LONG else DANGER_FROM
        if chance < (WITH_RULE_IN_SHORT if sign and short else begins):
            return None
        if sign is not None:
            return sign
        if not any(map(str.isalnum, text)):
            return None  # a face alone
        enough = TAKEN_BACK_IN_SHORT if short else DANGER_TAKEN_BACK
        if chance < enough and self.rules.takes_back(text):
            return None
        return DangerSign(MEANING, _likeliest(self.read(text), "danger", self.encoder))

    def _by_sentence(self, text: str) -> DangerSign | None:
        """The one sentence of a long calm text that is surely danger: among a hundred calm words
        the whole of it reads calm."""
        if len(text.split()) <= LONG or self.rules.is_practice(text):
            return None
        for start, end in sentences(self.read(text))[:MOST_CLAUSES]:
            words = text[start:end]
            chance = self.encoder.chances("danger", words)["true"]
            if chance >= DANGER_IN_SENTENCE and not self.rules.takes_back(words):
                return DangerSign(MEANING, (start, end))
        return None


@dataclass(frozen=True)
class Promises:
    """Promises of secrecy by rule or by meaning."""

    rules: PromiseRules
    encoder: Encoder
    read: Reader

    def __call__(self, text: str) -> PromiseSign | None:
        """The promise, with the words that are it."""
        chance = self.encoder.chances("promise", text)["true"]
        sign = self.rules(text)
        if sign and chance >= PROMISE_BY_RULE.get(sign.why, PROMISE_FROM):
            return sign
        alone = PROMISE_ELSE if self.rules.is_about_something_else(text) else PROMISE_FROM
        if chance < alone or len(text.split()) < PROMISE_FEWEST_WORDS:
            return None
        return PromiseSign(MEANING, _likeliest(self.read(text), "promise", self.encoder))


@dataclass(frozen=True)
class Answers:
    """Replies, in the light of the question as it is asked on the screen."""

    rules: AnswerRules
    encoder: Encoder
    wordings: Mapping[str, Sequence[str]]

    def __call__(self, question: str, text: str) -> Answer:
        """What the reply means, and how sure that is."""
        ruled, topic = self.rules(question, text), self.rules.topic(question)
        if ruled.sure:
            return ruled
        asked = self.wordings.get(question, [question])[0]
        chances = self.encoder.chances("answer", text, asked)
        if topic in DANGEROUS and ruled.value == "yes" and self.rules.danger(text) is not None:
            # Begins with a no: "no hes got a knife", but also "no the boiler man is at the door".
            return Answer("yes", chances["yes"], sure=self._danger(text) is not None)
        value, confidence = _weighed(chances, ruled.value, ANSWER_RULE)
        said = cast(AnswerValue, value)
        return Answer(said, confidence, confidence >= self._enough(topic, text, ruled.value, said))

    def _enough(self, topic: str, text: str, ruled: AnswerValue, value: AnswerValue) -> float:
        """How likely a meaning must be to go on with it."""
        words = [word for word in text.split() if any(map(str.isalnum, word))]
        few = len(words) < ANSWER_FEWEST_WORDS
        if few and value in ("yes", "no") and value != ruled:
            return NEVER
        doubted = topic == "consent" and ruled == "unsure" and value == "yes"
        if {value, ruled} == {"yes", "no"} or doubted:
            return NEVER
        if value == "no" and topic in RISKS:
            # "no one is feeding them": the encoder hears the denial and not what is denied.
            unread = ruled == "unsure" or (ruled != "no" and self.rules.denies(text))
            if unread or self.rules.says_yes(text) or self._danger(text) is not None:
                return NEVER
            if ruled != "no" or not self.rules.says_no(text):
                return NO_RISK_SURE
        return ANSWER_AGREED if value == ruled else ANSWER_SURE

    @cached_property
    def _danger(self) -> Danger:
        """Danger as the coach notices it, rules and encoder weighed."""
        return Danger(self.rules.danger, self.encoder, self.rules.read)


@dataclass(frozen=True)
class Questions:
    """Questions to the person who tells, in the light of what they last said."""

    rules: QuestionRules
    encoder: Encoder

    def __call__(self, question: str, said: Sequence[str] = ()) -> Judgement | None:
        """The type, with why it is risky and which words make it so."""
        ruled = self.rules(question, said)
        if ruled is not None and ruled.sure:
            return ruled
        chances = self.encoder.chances("question", question, " ".join(said))
        kind, _ = _weighed(chances, ruled.type if ruled else None, QUESTION_RULE)
        if ruled is not None and ruled.type == kind:
            return ruled
        return _unruled(cast(QuestionType, kind), question, self.rules.matter(question))


def _unruled(kind: QuestionType, question: str, matter: Span) -> Judgement:
    """The encoder's word alone: the question as a whole is the trouble, but for kind words."""
    if kind not in RISKY:
        return Judgement(kind)
    if kind == "suggestive":
        return Judgement(kind, "leads", matter)
    return Judgement(kind, "choice" if " or " in question.lower() else "yes_no", matter)


def _weighed(chances: Mapping[str, float], ruled: str | None, weight: float) -> tuple[str, float]:
    """The likeliest label when a rule's word counts too, and how likely it then is."""
    raised = {
        label: chance * (math.exp(weight) if label == ruled else 1)
        for label, chance in chances.items()
    }
    best = max(raised, key=lambda label: raised[label])
    return best, raised[best] / sum(raised.values())


def _likeliest(reading: Reading, task: Task, encoder: Encoder) -> Span:
    """The clause that alone reads most like it."""
    clauses = [reading.span(c.start, c.end) for c in reading.doc.sents] or [(0, 0)]
    if len(clauses) > 1:
        texts = [reading.typed[start:end] for start, end in clauses[:MOST_CLAUSES]]
        chances = [encoder.chances(task, text)["true"] for text in texts]
        clauses = [clauses[chances.index(max(chances))]]
    start, end = clauses[0]
    words = reading.typed[start:end]
    return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))
