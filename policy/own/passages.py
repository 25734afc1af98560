"""The exact words of a clause in an organisation's own document."""

import re
from collections.abc import Sequence

from policy.pack.rules import Rule

LONGEST_LINES = 12
_NUMBER = re.compile(r"^[#*\s]*(?:clause\s+)?\(?(\d+(?:\.\d+)*)[.):]?\s", re.IGNORECASE)


def passage(rule: Rule, lines: Sequence[str]) -> tuple[str, ...]:
    """The lines of the rule's clause; none when it cannot be told apart in this document.

    A clause is found by its number ("2.2 …") or by its heading, and ends at the next one.
    """
    wanted = _first_part(rule.clause)
    number = re.fullmatch(r"\d+(?:\.\d+)*", wanted)
    start = _numbered(wanted, lines) if number else _headed(wanted, lines)
    if start is None:
        return ()
    end = _end(start, lines, numbered=bool(number))
    return tuple(lines[start:end])


def _first_part(clause: str) -> str:
    """Of "Definition of Confidentiality; Rationale" the first; of "7, question 1" the 7."""
    return re.split(r"[;,]", clause)[0].strip()


def _numbered(wanted: str, lines: Sequence[str]) -> int | None:
    found = [n for n, line in enumerate(lines) if (m := _NUMBER.match(line)) and m[1] == wanted]
    # A table of contents names it first; the clause itself comes last.
    return found[-1] if found else None


def _headed(wanted: str, lines: Sequence[str]) -> int | None:
    plain = [re.sub(r"[#*:.]", "", line).strip().casefold() for line in lines]
    matches = [n for n, line in enumerate(plain) if line == wanted.casefold()]
    return matches[-1] if matches else None


def _end(start: int, lines: Sequence[str], *, numbered: bool) -> int:
    for n in range(start + 1, min(len(lines), start + LONGEST_LINES)):
        if _NUMBER.match(lines[n]) if numbered else lines[n].startswith("#"):
            return n
    return min(len(lines), start + LONGEST_LINES)
