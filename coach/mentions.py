"""Directory people named in a text: by name, nickname or role, with one slip per longer word.

What is compared afterwards is the person's id, never the text.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from spacy.tokens import Token

from coach.language import Reader, Reading, one_slip, shapes
from coach.rulebook import Rulebook
from coach.signs import Known, Mention

_FORGIVEN_FROM = 5  # letters; shorter names must be right


class Name(NamedTuple):
    """One way to name a person; a bare title is one that other houses have people for too."""

    person_id: str
    words: tuple[str, ...]
    bare_title: bool = False


class Found(NamedTuple):
    """A name at some tokens."""

    name: Name
    start: int
    end: int


@dataclass(frozen=True)
class Mentions:
    """Finds people in texts."""

    read: Reader
    titles: Mapping[str, Sequence[str]]
    same: frozenset[str]
    before: frozenset[str]
    worked_out: dict[Known, tuple[Name, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Rulebook, read: Reader) -> "Mentions":
        """Read the titles of people.toml."""
        table = book.tables["people"]
        words = table["modifiers"]
        return cls(read, table["titles"], frozenset(words["same"]), frozenset(words["before"]))

    def __call__(self, text: str, people: Sequence[Known]) -> list[Mention]:
        """Every person named, in the order of the text; two people may share one title."""
        reading = self.read(text)
        tokens = _spoken(reading)
        places = _places(tokens)
        names = (name for known in people for name in self._all_names(known))
        found = [hit for name in names for hit in self._hits(tokens, places, name)]
        longest = sorted({hit for hit in found if not _inside(hit, found)}, key=lambda h: h.start)
        return list(dict.fromkeys(_mention(reading, hit) for hit in longest))

    def _all_names(self, known: Known) -> tuple[Name, ...]:
        """Every way to name somebody; the directory changes rarely, so each is worked out once."""
        if known not in self.worked_out:
            self.worked_out[known] = tuple(dict.fromkeys(self._names(known)))
        return self.worked_out[known]

    def _names(self, known: Known) -> Iterator[Name]:
        for name in known.names:
            words = self._words(name)
            yield Name(known.person_id, words, " ".join(words) in self._all_titles())
            yield from self._other_titles(known.person_id, words)

    def _other_titles(self, person_id: str, words: tuple[str, ...]) -> Iterator[Name]:
        for titles in self.titles.values():
            own = [tuple(title.split()) for title in titles]
            held = next((title for title in own if words[-len(title) :] == title), None)
            if held is None:
                continue
            modifiers = tuple(w for w in words[: -len(held)] if w not in self.same)
            for title in own:
                yield Name(person_id, modifiers + title, not modifiers)
            return

    def _all_titles(self) -> set[str]:
        return {title for titles in self.titles.values() for title in titles}

    def _words(self, name: str) -> tuple[str, ...]:
        return tuple(token.text for token in _spoken(self.read(name)))

    def _hits(
        self, tokens: Sequence[Token], places: Mapping[str, Sequence[int]], name: Name
    ) -> Iterator[Found]:
        length = len(name.words)
        starts = {at for shape in shapes(name.words[0]) for at in places.get(shape, ())}
        for i in sorted(starts):
            others = tokens[i : i + length]
            if len(others) < length:
                return
            said = all(map(_same, (token.text for token in others), name.words))
            known_house = not name.bare_title or i == 0 or tokens[i - 1].norm_ in self.before
            if said and known_house:
                yield Found(name, others[0].i, others[-1].i + 1)


def _places(tokens: Sequence[Token]) -> dict[str, list[int]]:
    """Where each word stands, and where each word that is one slip away from it might: a long text
    is looked through once, not once for every name in the directory."""
    said, places = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for i, token in enumerate(tokens):
        said[token.text].append(i)
    for word, where in said.items():
        for shape in shapes(word):
            places[shape] += where
    return places


def _spoken(reading: Reading) -> list[Token]:
    return [t for t in reading.doc if not (t.is_punct or t.is_space)]


def _same(typed: str, meant: str) -> bool:
    if typed == meant or typed == f"{meant}s":
        return True
    return min(len(typed), len(meant)) >= _FORGIVEN_FROM and one_slip(typed, meant)


def _inside(hit: Found, others: Sequence[Found]) -> bool:
    return any(
        other.end - other.start > hit.end - hit.start
        and other.start <= hit.start
        and hit.end <= other.end
        for other in others
    )


def _mention(reading: Reading, hit: Found) -> Mention:
    return Mention(hit.name.person_id, reading.span(hit.start, hit.end))
