"""Somebody's exact words, made ready to be set on paper without changing one of them.

White space stays. What has no shape of its own, or none that a font here can draw, is named by
its number (U+202E): nothing is lost, and nothing on the page reads otherwise than it was typed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
# A run without a place to break could leave the page: it is set in short pieces, and no sign is
# put between them. Scripts that are written without spaces have places of their own.
_LONG_RUN = re.compile(r"([^\s\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\uffef]{41,})")
PIECE = 10
_LINES = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
# These join or shape their neighbours, in Arabic, Indic scripts and emoji: drawn with them.
_SHAPING = frozenset("\u200c\u200d\ufe0e\ufe0f")
_RIGHT_TO_LEFT = ("R", "AL")
# These choose between two looks of the one before, and may be passed over.
_CHOOSING = frozenset("\ufe0e\ufe0f")
_UNSEEN = ("Cc", "Cf", "Co", "Cn", "Cs")


def set_words(text: str) -> list[dict[str, Any]]:
    """Lines as they were typed: {"rtl": bool, "runs": [{"text"} | {"piece"} | {"mark"}]}.

    `rtl`: the line begins in a script that runs from right to left. `mark`: "U+202E".
    """
    return [_line(line) for line in _LINES.split(text)]


def set_pieces(pieces: Iterable[str | None]) -> list[dict[str, Any]]:
    """The same for text that something was taken out of: a gap is {"gap": True}."""
    lines: list[dict[str, Any]] = [{"rtl": False, "runs": []}]
    for piece in pieces:
        if piece is None:
            lines[-1]["runs"].append({"gap": True})
            continue
        first, *others = set_words(piece)
        lines[-1] = {
            "rtl": lines[-1]["rtl"] or first["rtl"],
            "runs": [*lines[-1]["runs"], *first["runs"]],
        }
        lines += others
    return lines


def drawable(text: str) -> str:
    """The same in one string, for a name or a title: what cannot be drawn as [U+202E]."""
    parts = _parts(text)
    return "".join(part if is_drawn else f"[U+{ord(part):04X}]" for part, is_drawn in parts)


def has_marks(text: str) -> bool:
    """Whether something in it is named by its number."""
    return any("mark" in run for line in set_words(text) for run in line["runs"])


def _line(line: str) -> dict[str, Any]:
    runs: list[dict[str, str]] = []
    plain = ""
    for part, is_drawn in _parts(line):
        if is_drawn:
            plain += part
            continue
        runs += _pieces(plain)
        plain = ""
        runs.append({"mark": f"U+{ord(part):04X}"})
    return {"rtl": _is_right_to_left(line), "runs": [*runs, *_pieces(plain)]}


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, and whether each can be drawn; one that cannot is a single character.

    A letter and its marks are drawn in one font or not at all: where none has them all, the letter
    is drawn and the marks are named.
    """
    for cluster in _clusters(text):
        if _drawn_in_one_font(cluster):
            yield cluster, True
        else:
            for n, one in enumerate(cluster):
                yield one, n == 0 and _drawn_in_one_font(one)


def _clusters(text: str) -> Iterator[str]:
    """A character with what belongs to it."""
    cluster = ""
    for character in text:
        if cluster and not _belongs_to_the_one_before(character, cluster):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _drawn_in_one_font(cluster: str) -> bool:
    needed = [one for one in cluster if one != "\t"]
    if any(unicodedata.category(one) in _UNSEEN and one not in _SHAPING for one in needed):
        return False
    codes = {ord(one) for one in needed if one not in _CHOOSING}
    return any(codes <= font for font in _covered())


def _pieces(plain: str) -> Iterator[dict[str, str]]:
    """The same text; every second part of the split is a long run."""
    for n, part in enumerate(_LONG_RUN.split(plain)):
        if n % 2:
            yield from ({"piece": piece} for piece in _cut(part))
        elif part:
            yield {"text": part}


def _cut(run: str) -> Iterator[str]:
    """Short pieces; a letter stays with its marks, an emoji with what it is joined to."""
    piece = ""
    for character in run:
        if len(piece) >= PIECE and not _belongs_to_the_one_before(character, piece):
            yield piece
            piece = ""
        piece += character
    yield piece


def _belongs_to_the_one_before(character: str, before: str) -> bool:
    return (
        unicodedata.category(character) in ("Mn", "Mc", "Me", "Sk")
        or character in _SHAPING
        or before.endswith("\u200d")
    )


def _is_right_to_left(line: str) -> bool:
    """By its first character that has a direction."""
    directions = (unicodedata.bidirectional(character) for character in line)
    return next((d in _RIGHT_TO_LEFT for d in directions if d in ("L", *_RIGHT_TO_LEFT)), False)


@cache
def _covered() -> tuple[frozenset[int], ...]:
    """The characters of each font."""
    fonts = json.loads((FONTS / "coverage.json").read_text(encoding="utf-8"))
    return tuple(
        frozenset(one for first, last in ranges for one in range(first, last + 1))
        for ranges in fonts.values()
    )
