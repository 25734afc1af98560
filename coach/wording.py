"""Staff who check their words: "can i ask if ...", "should I say ...", "I asked did he ...".

The advice holds codes and quotes; the sentences staff read are in domain.yml. C16.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from spacy.tokens import Span

from coach.anchors import Anchors
from coach.language import Reader, Reading
from coach.phrases import Phrases
from coach.questions import Judgement, QuestionReader
from coach.quotes import quotes
from coach.rulebook import Rulebook
from coach.signs import WordingAdvice

_AROUND = " \t\r\n\"'“”‘’«»:,-–—"
_LONGEST_CHECK = 25  # words
_STAFF = frozenset({"i", "we"})
_REPORTS = frozenset({"if", "whether"})
_ABOUT_SOMEBODY = frozenset(
    {"you", "your", "he", "she", "they", "her", "him", "them", "his", "their", "was", "were", "did"}
) | {"happened", "happens", "happening", "mum", "dad", "anyone", "someone"}
_SOMETHING = frozenset({"something", "anything", "a", "one"})  # a person who tells may ask this
# What comes first when "if she was ..." is put as a question.
_FIRST = frozenset(
    {"is", "are", "am", "was", "were", "has", "have", "had", "do", "does", "did", "can", "could"}
) | {"will", "would", "should", "might"}
_FIRST_WITHIN = 4  # words: "if her big brother was ..."
_SAYS_ON = frozenset({"that", "i", "it", "he", "she", "they", "you", "we", "ill", "not"})


class Checked(NamedTuple):
    """Words to be judged, where they begin in the text, and how they were brought in."""

    text: str
    start: int
    how: str
    reported: bool = False


@dataclass(frozen=True)
class Wording:
    """Finds the words in question, has them judged, and looks for something open to say instead."""

    read: Reader
    judge: QuestionReader
    anchors: Anchors
    wrapper: Phrases
    suffix: Phrases
    bare: Phrases
    what_to_say: Phrases

    @classmethod
    def of(cls, book: Rulebook, read: Reader, judge: QuestionReader, anchors: Anchors) -> "Wording":
        """Compile the rules of wording.toml."""
        names = ("wrapper", "suffix", "bare", "what_to_say")
        families = {name: book.phrases("wording", name) for name in names}
        return cls(read, judge, anchors, **families)

    def __call__(self, text: str, said: Sequence[str] = ()) -> WordingAdvice | None:
        """Advice on words planned for, or already put to, the person who tells."""
        checked = self._checked(self.read(text))
        return checked and self._advice(checked, said)

    def is_check(self, text: str) -> bool:
        """Whether this asks the assistant about wording; when in doubt it does not.

        It decides whether a line typed into an open capture is kept as somebody's words.
        """
        reading = self.read(text)
        if len(reading.words()) > _LONGEST_CHECK:
            return False
        checked = self._checked(reading)
        if checked is None:
            return False
        # "Should I say ..." is asked of Heard; "can I ask ..." may be asked of anybody.
        about = checked.how in {"check", "tell"} and not _ABOUT_SOMEBODY.isdisjoint(reading.words())
        return about or checked.how == "say"

    def asks_what_to_say(self, text: str) -> bool:
        """Whether this asks for words to say to the person, now."""
        return bool(self.what_to_say.find(self.read(text).doc))

    def advise(self, question: str, said: Sequence[str] = ()) -> WordingAdvice:
        """Advice on a question that is known to be one, whether it is told ("asked her if ...") or
        put down as it was asked."""
        reading = self.read(question)
        opening = self._opening(reading)
        told = opening and opening.label_ == "asked" and _after(reading, opening)
        return self._advice(told or Checked(question, 0, "question"), said)

    def _checked(self, reading: Reading) -> Checked | None:
        if self.what_to_say.find(reading.doc):
            return None
        opening = self._opening(reading)
        if opening is not None:
            return _after(reading, opening)
        closing = next(iter(self.suffix.find(reading.doc)), None)
        if closing is not None and closing.start:
            return _slice(reading, 0, closing.start, closing.label_)
        bare = not _own(reading) and any(s.start == 0 for s in self.bare.find(reading.doc))
        return _slice(reading, 0, len(reading.doc), "bare") if bare else None

    def _opening(self, reading: Reading) -> Span | None:
        return next((s for s in self.wrapper.find(reading.doc) if s.start == 0), None)

    def _advice(self, checked: Checked, said: Sequence[str]) -> WordingAdvice:
        judged = self._judged(checked, said) or _plain(checked)
        if checked.reported and judged.type in {"invitation", "directive"}:
            judged = _plain(checked)  # "if he ..." is no open question, whatever it sounds like
        span = judged.span and (judged.span[0] + checked.start, judged.span[1] + checked.start)
        anchor = self.anchors.find(checked.text, said) if judged.reason else None
        asked = checked.how == "asked"
        return WordingAdvice(judged.type, judged.reason, span, checked.text, anchor, asked)

    def _judged(self, checked: Checked, said: Sequence[str]) -> Judgement | None:
        """The judgement on the question as the person hears it, its words found in what was typed:
        "if she was alone" takes nothing for granted, "she was alone" does."""
        if not checked.reported:
            return self.judge(checked.text, said)
        verb, start, end = _verb(self.read(checked.text))
        head = verb + checked.text[:start].rstrip()  # "was she" for "she was"
        judged = self.judge(head + checked.text[end:], said)
        if judged is None or judged.span is None:
            return judged
        first, last = (
            place - len(head) + end if place > len(head) else max(place - len(verb), 0)
            for place in judged.span
        )
        return judged._replace(span=(first, last))


def _verb(reading: Reading) -> tuple[str, int, int]:
    """The word that comes first when "if ..." is put as a question, and where it was typed; "did",
    typed nowhere, for "he hits her"."""
    found = next((t for t in reading.doc[:_FIRST_WITHIN] if t.norm_ in _FIRST), None)
    return (f"{found.norm_} ", *reading.span(found.i, found.i + 1)) if found else ("did ", 0, 0)


def _after(reading: Reading, opening: Span) -> Checked | None:
    if opening.end >= len(reading.doc) or not _goes_on(opening):
        return None
    reported = opening[-1].norm_ in _REPORTS
    return _slice(reading, opening.end, len(reading.doc), opening.label_, reported)


def _goes_on(opening: Span) -> bool:
    """Whether words to the person follow: not "can i say something", "can i tell her gp"."""
    after = opening.doc[opening.end].norm_
    if opening.label_ == "tell":
        return after in _SAYS_ON
    return after not in _SOMETHING and (opening[-1].norm_, after) != ("ask", "you")


def _slice(reading: Reading, first: int, end: int, how: str, reported: bool = False) -> Checked:
    quote = next((q for q in quotes(reading.doc) if first <= q.start and q.end <= end), None)
    start, stop = reading.span(quote.start, quote.end) if quote else reading.span(first, end)
    typed = reading.typed[start:stop]
    quoted = typed.strip(_AROUND)
    return Checked(quoted, start + typed.index(quoted), how, reported)


def _own(reading: Reading) -> bool:
    """Whether staff ask about what they themselves may do: "can i tell housing"."""
    return not _STAFF.isdisjoint(reading.words()[1:2])


def _plain(checked: Checked) -> Judgement:
    """What is no question in form: "if he ..." asks for yes or no, all else adds nothing."""
    if checked.reported:
        return Judgement("option_posing", "yes_no", (0, len(checked.text)))
    return Judgement("invitation")
