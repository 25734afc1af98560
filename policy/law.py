"""Step 4 of 7: policy. The law around the policies, dated: what counts on a day, and what does not.

Something that nobody has seen to be in force is in the table, ships switched off and says so.
Source: policy-rules.md section 1.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from policy.document import Document, Fault, Model, Place, read
from policy.pack.names import Id, Text

LAW = Path(__file__).resolve().parents[1] / "data" / "law"

Status = Literal["in_force", "not_commenced", "bill", "superseded"]
# What the engine asks the law. An effect that no entry in force has is simply not there.
Effect = Literal[
    "golden_rules",
    "protection_without_consent",
    "lawful_basis_safeguarding",
    "special_category_safeguarding",
    "duty_to_share_child_welfare",
    "personal_duty_to_report_abuse",
    "breach_notice",
    "capacity",
]


class Point(Model):
    """One numbered rule of a piece of guidance, in our words."""

    number: Annotated[int, Field(gt=0)]
    summary: Text


class LawEntry(Model):
    """One piece of law or guidance. `verified`: somebody has seen that the status is so."""

    id: Id
    title: Text
    kind: Literal["act", "guidance", "bill"]
    status: Status
    verified: bool
    starts: date | None
    ends: date | None = None
    replaced_by: Id | None = None
    summary: Text
    source: Text
    note: Text | None = None
    effects: tuple[Effect, ...] = ()
    points: tuple[Point, ...] = ()
    notice_within_hours: Annotated[int, Field(gt=0)] | None = None

    def counts(self, today: date) -> bool:
        """Whether it is known to be in force on this day."""
        began = self.starts is not None and self.starts <= today
        ended = self.ends is not None and self.ends < today
        return self.verified and self.status in ("in_force", "superseded") and began and not ended

    def point(self, number: int | None) -> Point | None:
        """The numbered rule, if it has one."""
        return next((one for one in self.points if one.number == number), None)


class Law(Model):
    """The law table of one jurisdiction."""

    jurisdiction: Literal["england", "wales", "scotland", "northern_ireland"]
    read_on: date
    covers: Text
    entries: Annotated[tuple[LawEntry, ...], Field(min_length=1)]

    def entry(self, entry_id: str) -> LawEntry | None:
        """The entry with this id."""
        return next((one for one in self.entries if one.id == entry_id), None)

    def having(self, effect: Effect, today: date) -> tuple[LawEntry, ...]:
        """The entries in force on this day that have this effect."""
        return tuple(e for e in self.entries if effect in e.effects and e.counts(today))

    def switched_off(self, today: date) -> tuple[LawEntry, ...]:
        """What is in the table and does not count on this day, and was not replaced."""
        return tuple(e for e in self.entries if not e.counts(today) and e.status != "superseded")

    def newest(self, entry_id: str, today: date) -> LawEntry | None:
        """What counts today in place of an entry: itself, or what replaced it in the end."""
        entry = self.entry(entry_id)
        while entry is not None and not entry.counts(today) and entry.replaced_by:
            entry = self.entry(entry.replaced_by)
        return entry if entry is not None and entry.counts(today) else None


def load_law(jurisdiction: str) -> Law:
    """The law table of a jurisdiction.

    Raises:
        FaultyFile: it is not there, or something in it is wrong; all of it is said.
    """
    return read_law(LAW / f"{jurisdiction}.yml").sound()


def read_law(path: Path) -> Document[Law]:
    """The table with whatever is wrong with it, each with its line. Raises nothing."""
    document = read(path, Law)
    return document.having(_faults(document, document.model)) if document.model else document


def _faults(document: Document[Law], law: Law) -> Iterator[Fault]:
    known = {entry.id for entry in law.entries}
    seen: set[str] = set()
    for n, entry in enumerate(law.entries):
        place: Place = ("entries", n)
        if entry.id in seen:
            yield document.fault((*place, "id"), f"`{entry.id}` stands here twice.", "Keep one.")
        seen.add(entry.id)
        if entry.replaced_by is not None and entry.replaced_by not in known:
            cure = "Use the id of another entry."
            message = f"There is no entry `{entry.replaced_by}`."
            yield document.fault((*place, "replaced_by"), message, cure)
        if entry.replaced_by == entry.id:
            message = f"`{entry.id}` cannot replace itself."
            yield document.fault((*place, "replaced_by"), message, "Name what replaced it.")
        if entry.status == "superseded" and entry.ends is None:
            yield document.fault(place, f"`{entry.id}` has no last day.", "Add `ends:`.")
        if not entry.verified and entry.note is None:
            message = f"`{entry.id}` is switched off and does not say why."
            yield document.fault(place, message, "Add `note:`.")
