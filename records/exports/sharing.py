"""The record of sharing that partners under an information sharing agreement keep.

Source: policy-rules C21. Heard fills in what stands in the record and leaves the rest open; it
never guesses. What was decided, and on which answers, is shown with the lines it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from casework.errors import NotForThisPaper
from casework.facts import Entry
from casework.vocabulary import EntryKind
from records.access import Opened
from records.exports.record import Archive, Export, Paper, export_record

# What the form asks, and the questions of the record that answer it; the later answer counts.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "subject": ("subject",),
    "purpose": ("legitimate_purpose",),
    "harm": ("harm_concern",),
    "identifiable": ("identifiable",),
    "confidential": ("confidential",),
    "consent": ("consent",),
    "why_no_consent": ("why_no_consent",),
    "other_reason": ("other_reason",),
    "how_much": ("how_much",),
    "fact_from_opinion": ("fact_from_opinion",),
    "shared_with": ("shared_with", "right_recipient"),
    "secure_route": ("secure_route",),
    "told_person": ("told_person",),
    "why_not_told": ("why_not_told",),
    "why_not_shared": ("why_not_shared",),
    "discussed": ("discussed_with_requester",),
    "detriment": ("detriment",),
    "advice": ("advice_outcome",),
}


class Shape(StrEnum):
    """Shared once, or again and again."""

    ONE_OFF = "one_off"
    REPEATED = "repeated"


def make_sharing_form(archive: Archive, *, person: str, reference: str, reason: str) -> Export:
    """The lines that the form is filled in from.

    Raises:
        NotForThisPaper: No decision whether to share stands in the record.
    """
    return export_record(
        archive,
        person=person,
        reference=reference,
        reason=reason,
        paper=Paper.SHARING,
        choose=_choose,
    )


def _choose(opened: Opened) -> Sequence[Entry]:
    if decision_in(opened.entries) is None:
        raise NotForThisPaper(
            "No decision whether to share stands in this record, so there is nothing to fill in."
        )
    used = {entry.seq for entry in filled_in(opened.entries).values()}
    return [
        entry
        for entry in opened.entries
        if not entry.withheld and (entry.seq in used or entry.kind is EntryKind.DECISION)
    ]


def decision_in(entries: Sequence[Entry]) -> Entry | None:
    """The decision that stands: the last one."""
    made = [entry for entry in entries if entry.kind is EntryKind.DECISION and not entry.withheld]
    return made[-1] if made else None


def filled_in(entries: Sequence[Entry]) -> dict[str, Entry]:
    """The answer for each field that has one."""
    latest = {str(entry.topic): entry for entry in entries if entry.kind is EntryKind.ANSWER}
    return {
        field: latest[question]
        for field, questions in FIELDS.items()
        for question in reversed(questions)
        if question in latest
    }
