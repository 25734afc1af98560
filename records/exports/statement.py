"""A witness statement: drawn from lines that are signed and dated, and from nothing else.

Source: policy-rules H24. Each line of the paper names the line of the record it is. A line that
was changed later is only used with its change, so that no statement hides a correction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.errors import NotForThisPaper
from casework.facts import Entry
from casework.vocabulary import Topic
from records.access import Opened
from records.exports.record import Archive, Export, Paper, export_record


@dataclass(frozen=True)
class Statement:
    """`signed_at`: when the last of its lines was signed."""

    export: Export
    signed_at: datetime


def make_statement(
    archive: Archive, *, person: str, reference: str, reason: str, lines: Collection[int]
) -> Statement:
    """The chosen lines, in the order of the record.

    Raises:
        NotForThisPaper: Some cannot be used; it says which, and why.
    """
    chosen, signatures = frozenset(lines), list[Entry]()

    def choose(opened: Opened) -> Sequence[Entry]:
        faults = list(faults_of(opened.entries, chosen))
        if faults:
            raise NotForThisPaper("\n".join(faults))
        used = [entry for entry in opened.entries if entry.seq in chosen]
        signatures.extend(signatures_of(entry, opened.entries)[0] for entry in used)
        return used

    export = export_record(
        archive,
        person=person,
        reference=reference,
        reason=reason,
        paper=Paper.STATEMENT,
        choose=choose,
    )
    return Statement(export, max(one.written_at for one in signatures))


def faults_of(entries: Sequence[Entry], lines: frozenset[int]) -> Iterator[str]:
    """Why these lines make no statement, one sentence each; nothing when they do."""
    if not lines:
        yield "Choose the lines that the statement is drawn from."
    known = {entry.seq: entry for entry in entries}
    for seq in sorted(lines):
        entry = known.get(seq)
        if entry is None or entry.withheld:
            yield f"There is no line {seq} that you can use."
            continue
        fault = _fault(entry, entries)
        if fault is not None:
            yield fault
        yield from _changes_left_out(entry, entries, lines)
    if len({known[seq].by for seq in lines if seq in known}) > 1:
        yield "A statement is one person's. Choose lines that one person wrote."


def _fault(entry: Entry, entries: Sequence[Entry]) -> str | None:
    if entry.destroyed:
        return f"The words of line {entry.seq} were destroyed when their time was over."
    if entry.told_at is None:
        return f"Line {entry.seq} has no date on which it was told."
    if not signatures_of(entry, entries):
        return (
            f"Line {entry.seq} is not signed: whoever wrote it has not filed the record since. "
            "Ask them to read it back and file it."
        )
    return None


def signatures_of(entry: Entry, entries: Sequence[Entry]) -> list[Entry]:
    """Where its writer read the record back and filed it after this line, oldest first."""
    return [
        later
        for later in entries
        if later.topic == Topic.FILED and later.by == entry.by and later.seq > entry.seq
    ]


def _changes_left_out(
    entry: Entry, entries: Sequence[Entry], lines: frozenset[int]
) -> Iterator[str]:
    if entry.links_to is not None and entry.links_to not in lines:
        yield f"Line {entry.seq} belongs to line {entry.links_to}: choose both."
    for later in entries:
        if later.links_to == entry.seq and later.seq not in lines:
            yield f"Line {entry.seq} was followed up by line {later.seq}: choose both."
