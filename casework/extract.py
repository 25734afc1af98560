"""The least that has to go out, and what stays in: shown before anything is passed on.

Source: policy-rules M5-M8, M18, H19, K4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casework.facts import Entry
from casework.guided import Guided
from casework.sharing import AFTERWARDS
from casework.vocabulary import STRANDS, EntryKind, Topic

HOW_MUCH = "how_much"
FACT_FROM_OPINION = "fact_from_opinion"
_TITLES = {
    EntryKind.WORDS: "their words",
    EntryKind.QUESTION_ASKED: "what you asked",
    EntryKind.OBSERVATION: "what you saw",
    EntryKind.OPINION: "what you think",
}


@dataclass(frozen=True)
class Extract:
    """`goes`: the lines that go out. `left_out`: what of the record does not, in words.

    `marked`: fact and opinion are not clearly apart, so each line has to say which it is.
    """

    goes: tuple[str, ...]
    left_out: tuple[str, ...]
    marked: bool


def compose(case: Guided) -> Extract | None:
    """The extract of a record in which how much they need has been answered."""
    asked = case.answers().get(HOW_MUCH)
    if asked is None or asked.value in ("unsure", "skipped"):
        return None
    clear = case.values().get(FACT_FROM_OPINION) == "yes"
    goes = tuple(line.strip() for line in asked.text.splitlines() if line.strip())
    return Extract(goes, tuple(_left_out(case, asked)), marked=not clear)


def _left_out(case: Guided, goes: Entry) -> Iterator[str]:
    for strand in STRANDS:
        lines = sum(entry.kind is strand for entry in case.entries)
        if lines:
            yield f"{_TITLES[strand]} ({lines} line{'s' if lines > 1 else ''})"
    if case.last(Topic.FIRST_MESSAGE) is not None:
        yield "what you wrote before anything was asked"
    why = [q for q in case.answers() if q != goes.topic and q not in AFTERWARDS]
    if why:
        yield f"your answers about sharing ({len(why)})"
    yield "who else is named, and everything else you know"
