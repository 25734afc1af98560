"""What the coach can say about a text: plain values, no sentences for people.

Spans are (start, end) character offsets into the text as it was typed. Codes (`why`, `reason`)
name a rule; the words staff read for a code live in domain.yml.
"""

from dataclasses import dataclass
from typing import Literal

Span = tuple[int, int]
AnswerValue = Literal["yes", "no", "unsure", "not_an_answer"]
QuestionType = Literal["invitation", "directive", "option_posing", "suggestive", "clarify_safety"]
Reason = Literal[
    "introduces",
    "presses",
    "tag_question",
    "negative_question",
    "why_blame",
    "repeats",
    "disbelief",
    "reward",
    "choice",
    "yes_no",
    "leads",
]
Control = Literal[
    "skip",
    "dont_know",
    "finish",
    "done",
    "help",
    "status",
    "start_again",
    "due",
    "remind_me",
    "called_999",
    "no_danger",
    "undo",
    "stop",
    "more",
]
RISKY: frozenset[QuestionType] = frozenset({"option_posing", "suggestive"})


@dataclass(frozen=True)
class DangerSign:
    """Immediate danger was noticed; `why` is the rule that noticed it (e.g. "weapon")."""

    why: str
    span: Span


@dataclass(frozen=True)
class Answer:
    """What a reply means for the question it answers.

    Attributes:
        value: The likeliest meaning.
        confidence: How likely, 0 to 1.
        sure: Whether that is enough to go on; otherwise it is asked again, never guessed.
    """

    value: AnswerValue
    confidence: float = 1.0
    sure: bool = True


@dataclass(frozen=True)
class WordingAdvice:
    """A question for the person who tells, judged in the light of what they have said.

    Attributes:
        type: The kind of question. Source: labels, questions.type.
        reason: Why it is risky, or None where it is not.
        span: The words that are the trouble, or None where nothing is.
        quoted: The question itself, cut out of the text around it.
        anchor: A short quote from what was said, to ask about openly instead, or None.
        asked: Whether it was put to them already ("I asked if ...").
    """

    type: QuestionType
    reason: Reason | None
    span: Span | None
    quoted: str
    anchor: str | None
    asked: bool

    @property
    def risky(self) -> bool:
        """Whether asking it could put words in the person's mouth."""
        return self.type in RISKY


@dataclass(frozen=True)
class PromiseSign:
    """The speaker promises, promised, plans or offers secrecy; `why` names the rule."""

    why: str
    span: Span


@dataclass(frozen=True)
class Known:
    """Somebody in the directory, with every name, nickname and role title they go by."""

    person_id: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Mention:
    """A directory person named in a text."""

    person_id: str
    span: Span
