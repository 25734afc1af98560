"""A few words the person has really said, to ask about openly: "You said '...'"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from coach.language import Reader, Reading
from coach.questions import Concepts

_LONGEST = 12  # words; more is no longer a quote somebody can say in one breath
_SHORTEST = 3
_BRINGS_IN = frozenset(
    {"said", "says", "say", "told", "tells", "telling", "saying", "disclosed", "mentioned"}
)
_LEADS_ON = frozenset({"me", "us", "that", "and", "but", "so", "because", "then", "plus", "how"})
_WISHES = frozenset({"want", "promise", "promised", "secret", "please"})
_TELLS_OF = frozenset({"he", "she", "they", "i", "him", "her", "them", "we", "my"})


@dataclass(frozen=True)
class Anchors:
    """Finds quotes; never adds, changes or joins a word."""

    read: Reader
    concepts: Concepts

    def find(self, question: str, said: Sequence[str]) -> str | None:
        """The quote out of `said` that is closest to the question, the latest among equals."""
        asked = _content(self.read(question).doc)
        quotes = [quote for text in said for quote in self._quotes(self.read(text), asked)]
        return max(enumerate(quotes), key=lambda q: (q[1][0], q[0]))[1][1] if quotes else None

    def _quotes(self, reading: Reading, asked: set[str]) -> Iterator[tuple[int, str]]:
        for clause in reading.doc.sents:
            words = _said_in(clause)
            if len(words) >= _SHORTEST and self._tells(words):
                cut = words[:_LONGEST]
                start, end = reading.span(cut[0].i, cut[-1].i + 1)
                yield self._closeness(cut, asked), reading.typed[start:end].strip()

    def _tells(self, words: Sequence[Token]) -> bool:
        norms = {word.norm_ for word in words}
        tells = not _TELLS_OF.isdisjoint(norms) or any(map(self.concepts.of, words))
        return tells and norms.isdisjoint(_WISHES) and "?" not in norms

    def _closeness(self, words: Sequence[Token], asked: set[str]) -> int:
        shared = sum(word.norm_ in asked for word in words)
        return 2 * shared + any(map(self.concepts.of, words))


def _said_in(clause: Span) -> list[Token]:
    """The words of a clause after "she told me that", without marks at the ends."""
    words = [token for token in clause if not (token.is_punct or token.is_space)]
    brought = max((i for i, word in enumerate(words) if word.norm_ in _BRINGS_IN), default=-1)
    words = words[brought + 1 :]
    while words and words[0].norm_ in _LEADS_ON:
        words = words[1:]
    return words


def _content(doc: Doc) -> set[str]:
    return {token.norm_ for token in doc if len(token) > 2 and not token.is_stop}
