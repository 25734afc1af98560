"""Lines of a record as a paper shows them (desk/print/parts.typ)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.facts import Entry
from casework.organisation import UK, Organisation
from casework.phrases import Phrasebook
from casework.vocabulary import EntryKind
from casework.words import name_of
from desk.words import has_marks, set_words

SHORT_HASH = 16
# Somebody else's speech, or what was said to them: set as a quotation.
QUOTED = (EntryKind.WORDS, EntryKind.QUESTION_ASKED)


@dataclass(frozen=True)
class Writer:
    """Makes lines ready. `removed` names, by line, why its words are not shown."""

    organisation: Organisation
    phrases: Phrasebook
    removed: Callable[[Entry], str | None]

    def threads(self, entries: Sequence[Entry], kinds: Iterable[EntryKind]) -> list[dict[str, Any]]:
        """The lines of these kinds in order, each with what was later put to it below it."""
        wanted = frozenset(kinds)
        given = {entry.seq for entry in entries}
        return [
            self.line(entry, entries)
            for entry in entries
            if entry.kind in wanted and (entry.links_to not in given or entry.relation == "also_in")
        ]

    def line(self, entry: Entry, entries: Sequence[Entry] = ()) -> dict[str, Any]:
        """One line; with `entries`, also what amends it."""
        removed = self.removed(entry)
        is_answer = entry.kind is EntryKind.ANSWER and entry.topic
        return {
            "seq": entry.seq,
            "kind": "Changed to" if entry.kind is EntryKind.AMENDMENT else titled(entry.kind),
            "question": self.phrases.label(str(entry.topic)) if is_answer else None,
            "same_as": entry.links_to if entry.relation == "also_in" else None,
            "removed": removed,
            "words": None if removed else set_words(shown_text(entry)),
            "quoted": entry.kind in QUOTED,
            "by": name_of(self.organisation, entry.by),
            "happened_at": moment(entry.happened_at),
            "told_at": moment(entry.told_at),
            "written_at": moment(entry.written_at),
            "hash": entry.hash[:SHORT_HASH],
            "later": [
                self.line(later, entries)
                for later in entries
                if later.links_to == entry.seq and later.relation != "also_in"
            ],
        }


def shown_text(entry: Entry) -> str:
    """What was typed; for a button or a step without text, what it meant."""
    return str(entry.text) or titled(entry.value or entry.topic)


def any_marks(entries: Iterable[Entry]) -> bool:
    """Whether the paper has to explain what a number in a box is."""
    return any(has_marks(shown_text(entry)) for entry in entries)


def not_shown(entry: Entry) -> str | None:
    """Why there are no words: their time was over, or they are not for this reader."""
    if entry.destroyed:
        return "destroyed"
    return "withheld" if entry.withheld else None


def moment(at: datetime | None) -> str:
    """UK time to the second, with its zone; "not given" when nobody said."""
    if at is None:
        return "not given"
    local = at.astimezone(UK)
    return f"{local.day} {local:%B %Y %H:%M:%S %Z}"


def titled(word: str | None) -> str:
    """A word of the house as people read it."""
    return (word or "").replace("_", " ").capitalize()
