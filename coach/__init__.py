"""Step 4 of 7: coach. What a staff member's words mean, and what is wrong with a planned sentence.

Rules on spaCy's blank English pipeline, weighed against the sentence encoder of models/language
(`coach.learned`); nothing is downloaded, and no text is kept or leaves the process. Each reader is
a Protocol (`DangerReader`, `AnswerReader`, `QuestionReader`, `PromiseReader`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coach.anchors import Anchors
from coach.answers import AnswerReader, AnswerRules
from coach.controls import Controls
from coach.danger import DangerReader, DangerRules
from coach.encoder import Encoder, shared
from coach.language import reader
from coach.learned import Answers, Danger, Promises, Questions
from coach.mentions import Mentions
from coach.promises import PromiseReader, PromiseRules
from coach.questions import Concepts, QuestionRules
from coach.rulebook import Rulebook
from coach.signs import (
    Answer,
    Control,
    DangerSign,
    Known,
    Mention,
    PromiseSign,
    WordingAdvice,
)
from coach.wording import Wording

__all__ = [
    "Answer",
    "Coach",
    "Control",
    "DangerSign",
    "Encoder",
    "Known",
    "Mention",
    "PromiseSign",
    "WordingAdvice",
    "load",
]


@dataclass(frozen=True)
class Coach:
    """Reads what staff type. Every method takes the text as typed and keeps nothing of it."""

    _danger: DangerReader
    _answers: AnswerReader
    _promises: PromiseReader
    _wording: Wording
    _controls: Controls
    _mentions: Mentions
    encoder: Encoder  # text -> vector, for search by meaning

    def danger(self, text: str) -> DangerSign | None:
        """Immediate danger to life, or serious harm, now or within hours."""
        return self._danger(text)

    def answer(self, question: str, text: str) -> Answer:
        """What a typed reply means for a yes/no question, given by its id or full wording."""
        return self._answers(question, text)

    def control(self, text: str) -> Control | None:
        """The command this message is, if it is nothing else."""
        return self._controls(text)

    def wording(self, text: str, said: Sequence[str] = ()) -> WordingAdvice | None:
        """Advice on words planned for, or already put to, the person who tells.

        Args:
            text: "can i ask if ...", "should i say ...", "I asked ...", or the bare question.
            said: What the person has said so far, in order; the only source of `anchor`.
        """
        return self._wording(text, said)

    def question(self, question: str, said: Sequence[str] = ()) -> WordingAdvice:
        """Advice on a text that is known to be a question to the person who tells."""
        return self._wording.advise(question, said)

    def is_wording_check(self, text: str) -> bool:
        """Whether a line typed into an open capture is talk to the assistant about wording."""
        return self._wording.is_check(text)

    def asks_what_to_say(self, text: str) -> bool:
        """Whether this asks for words to say to the person, now."""
        return self._wording.asks_what_to_say(text)

    def promise(self, text: str) -> PromiseSign | None:
        """A promise of secrecy that the writer made, plans, offers or accepted."""
        return self._promises(text)

    def mentions(self, text: str, people: Sequence[Known]) -> list[Mention]:
        """Directory people named in a text, by name, nickname or role."""
        return self._mentions(text, people)


def load() -> Coach:
    """Build the pipeline, compile the rules, read the encoder (about a second); keep the result."""
    book = Rulebook.read()
    read = reader(book.pipeline)
    encoder = shared()
    danger = DangerRules.of(book, read)
    concepts = Concepts.of_book(book)
    judge = Questions(QuestionRules.of(book, read, concepts), encoder)
    return Coach(
        encoder=encoder,
        _danger=Danger(danger, encoder, read),
        _answers=Answers(AnswerRules.of(book, read, danger), encoder, book.wordings),
        _promises=Promises(PromiseRules.of(book, read), encoder, read),
        _wording=Wording.of(book, read, judge, Anchors(read, concepts)),
        _controls=Controls.of(book, read),
        _mentions=Mentions.of(book, read),
    )
