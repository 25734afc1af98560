"""Taking words out of a line for good: what is left is new text, made without them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A part of a line: `text` that stays, or None where something was taken out."""

    text: str | None


def places_of(text: str, phrases: Collection[str]) -> list[tuple[int, int]]:
    """Where these phrases stand, each time, however they are written; joined where they meet."""
    found = sorted(place for phrase in phrases if phrase for place in _each(text, phrase))
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def holds(text: str, phrase: str) -> bool:
    """Whether the phrase stands anywhere in the text, however it is written."""
    return next(_each(text, phrase), None) is not None


def without(text: str, places: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """The text with a gap at each of these places (in order, apart from each other)."""
    pieces, at = [], 0
    for start, end in places:
        pieces += [Piece(text[at:start]), Piece(None)]
        at = end
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text != "")


def _each(text: str, phrase: str) -> Iterator[tuple[int, int]]:
    """Capitals or not is the same; positions are those of the text as it stands."""
    folded, positions = _folded(text)
    wanted, _ = _folded(phrase)
    start = folded.find(wanted)
    while wanted and start >= 0:
        yield positions[start], positions[start + len(wanted) - 1] + 1
        start = folded.find(wanted, start + 1)


def _folded(text: str) -> tuple[str, list[int]]:
    """Without capitals (one character may become two), and where each character came from."""
    pairs = [(small, n) for n, one in enumerate(text) for small in one.casefold()]
    return "".join(small for small, _ in pairs), [n for _, n in pairs]
