"""Text made comparable, with a way back to the characters that were typed.

Only matching reads folded text. What is stored and shown is always the original.
Source: reliability.md R17.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from coach.signs import Span

_APOSTROPHES = frozenset("’‘ʼ`´′＇")
_DROPPED = frozenset({"Cf", "Mn", "Me"})  # zero-width, direction marks, accents
_BLANKED = frozenset({"Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})

Rewrite = Callable[[re.Match[str]], str]
_REWRITES: tuple[tuple[re.Pattern[str], Rewrite], ...] = (
    (re.compile(r"^\s+"), lambda run: ""),
    (re.compile(r"\s+"), lambda run: "\n" if "\n" in run[0] else " "),
    (re.compile(r"([^\W\d_])\1{2,}"), lambda run: run[1]),  # "nooooo", never "999"
    # "no,hes": the tokeniser needs a gap.
    (re.compile(r"(?<=[^\W\d_])[,;!?…]+(?=[^\W\d_])"), lambda run: f"{run[0]} "),
    # The tokeniser strips a word mark by mark and keeps every rest: forty thousand quotation marks
    # without a gap cost gigabytes.
    (re.compile(r"\S{200}(?=\S)"), lambda run: f"{run[0]} "),
)


@dataclass(frozen=True)
class Folded:
    """Folded text; `origins[i]` is where character i stood, with the end of the text last."""

    text: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Offsets into the original for the folded characters start to end."""
        return self.origins[start], self.origins[end]


def fold(text: str) -> Folded:
    """Lower case, compatibility forms unified, invisible characters gone, stretches shortened."""
    pairs = list(_characters(text))
    folded = "".join(character for character, _ in pairs)
    origins = [*(origin for _, origin in pairs), len(text)]
    for pattern, written in _REWRITES:
        folded = _rewritten(folded, origins, pattern, written)
    return Folded(folded, tuple(origins))


def _characters(text: str) -> Iterator[tuple[str, int]]:
    for origin, typed in enumerate(text):
        for character in _folded(typed):
            yield character, origin


def _folded(typed: str) -> str:
    if typed in _APOSTROPHES:
        return "'"
    if typed.isascii():
        return typed.lower() if typed.isprintable() or typed == "\n" else " "
    # Per character is enough: what composition could change is dropped or kept apart anyway.
    return "".join(_kept(part) for part in unicodedata.normalize("NFKD", typed.lower()))


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    return " " if category in _BLANKED else character


def _rewritten(text: str, origins: list[int], pattern: re.Pattern[str], written: Rewrite) -> str:
    """The text with every match rewritten; `origins` is kept in step."""
    for run in reversed(list(pattern.finditer(text))):
        start, end = run.span()
        new = written(run)
        text = f"{text[:start]}{new}{text[end:]}"
        origins[start:end] = [origins[min(start + i, end)] for i in range(len(new))]
    return text
