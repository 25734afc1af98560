"""A few words the person has really said, to ask about openly: "You said '...'"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from coach.hearsay import in_first_person, is_of_somebody_else, is_report, supposed
from coach.language import Reader, Reading
from coach.passed_on import passed_on
from coach.questions import Concepts, denied

_LONGEST = 15  # words; more is no longer a quote somebody can say in one breath
_SHORTEST = 3
_JOINS = frozenset({"and", "but", "though", "although", "however", "then", "plus"})
_WISHES = frozenset({"want", "promise", "promised", "secret", "please"})
_TELLS_OF = frozenset({"he", "she", "they", "i", "me", "him", "her", "them", "we", "us", "my"})


@dataclass(frozen=True)
class Anchors:
    """Finds quotes; never adds, changes or joins a word, but that "her" becomes "your" in what a
    reporter passes on."""

    read: Reader
    concepts: Concepts

    def find(self, question: str, said: Sequence[str]) -> str | None:
        """The quote out of `said` that is closest to the question, the latest among equals."""
        asked = self.read(question).doc
        readings = [self.read(text) for text in said]
        if in_first_person([reading.doc for reading in readings]):
            quotes = [quote for reading in readings for quote in self._quotes(reading, asked)]
        else:
            quotes = [quote for reading in readings for quote in self._passed_on(reading, asked)]
        return max(enumerate(quotes), key=lambda q: (q[1][0], q[0]))[1][1] if quotes else None

    def _quotes(self, reading: Reading, asked: Doc) -> Iterator[tuple[int, str]]:
        if is_report(reading.doc):
            return
        for clause in _clauses(reading.doc):
            words = self._begun(_words(clause))
            if _SHORTEST <= len(words) <= _LONGEST and self._quotable(words, asked):
                start, end = reading.span(words[0].i, words[-1].i + 1)
                yield self._closeness(words, _content(asked)), reading.typed[start:end].strip()

    def _passed_on(self, reading: Reading, asked: Doc) -> Iterator[tuple[int, str]]:
        for words, said in passed_on(reading):
            if _SHORTEST <= len(words) <= _LONGEST and not supposed(words):
                yield self._closeness(words, _content(asked)), said

    def _begun(self, words: Sequence[Token]) -> Sequence[Token]:
        """Without the word that joins it to the last clause; nothing where the clause cannot do
        without the last one: "because of him", "so hard it broke", "so i dont run off"."""
        while words and words[0].norm_ in _JOINS:
            words = words[1:]
        if words and words[0].norm_ in {"so", "because"}:
            because = words[0].norm_ == "because" and self._tells(words[1:2])
            return words[1:] if because else []
        return words

    def _quotable(self, words: Sequence[Token], asked: Doc) -> bool:
        if is_of_somebody_else(words) or supposed(words) or not self._tells(words):
            return False
        # They have said no to it: they are not asked about it once more.
        again = {self.concepts.of(token) for token in asked} - {None}
        return not any(self.concepts.of(word) in again and denied(word) for word in words)

    def _tells(self, words: Sequence[Token]) -> bool:
        norms = {word.norm_ for word in words}
        tells = not _TELLS_OF.isdisjoint(norms) or any(map(self.concepts.of, words))
        return tells and norms.isdisjoint(_WISHES) and "?" not in norms

    def _closeness(self, words: Sequence[Token], asked: set[str]) -> int:
        shared = sum(word.norm_ in asked for word in words)
        return 2 * shared + any(map(self.concepts.of, words))


def _words(clause: Span) -> list[Token]:
    return [token for token in clause if not (token.is_punct or token.is_space)]


def _clauses(doc: Doc) -> Iterator[Span]:
    """The clauses as they are spoken: "me and mum are ..." is one, and so is "son-in-law"; what
    stands in brackets is the writer's."""
    start = depth = 0
    for clause in doc.sents:
        if clause.start and not _goes_on(doc[start : clause.start], clause[0]):
            start = clause.start
        goes_on = clause.end < len(doc) and _goes_on(doc[start : clause.end], doc[clause.end])
        if not goes_on and depth <= 0:
            yield doc[start : clause.end]
        depth += sum((token.text == "(") - (token.text == ")") for token in clause)


def _goes_on(clause: Span, following: Token) -> bool:
    last = clause[-1]
    if last.is_punct:
        inside = last.i > 0 and not last.nbor(-1).whitespace_ and not last.whitespace_
        return last.text == "-" and inside
    return following.norm_ == "and" and len(_words(clause)) < _SHORTEST


def _content(doc: Doc) -> set[str]:
    return {token.norm_ for token in doc if len(token) > 2 and not token.is_stop}
