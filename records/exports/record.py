"""One record, whole, as somebody who may read it gets it: every line, and its proof.

Like every reading it asks for a reason and writes itself down first (records/access.py), so that
the export shows its own line in the record and a checkpoint vouches for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine

from casework.errors import NotAllowed
from casework.facts import Entry, NewEntry
from casework.organisation import Organisation
from casework.vocabulary import EntryKind, Topic
from records import access, checkpoints
from records.access import Opened
from records.checkpoints import Checkpoint, Signer
from records.conversations import new_id
from records.engine import snapshot
from records.links import of_record
from records.permissions import CONTENT, Part, Rules, View
from records.proof import EXPORT_FORMAT, proof_of
from records.store import OpenWork, Store
from records.tables import entries, records

NO_CONTENT = (
    "You see what was done here, without names and without words. Ask for the evidence instead."
)


class Paper(StrEnum):
    """What is taken out of a record."""

    RECORD = "the record"
    STATEMENT = "a statement"
    SHARING = "a record of sharing"
    SUBJECT_ACCESS = "a subject access pack"


@dataclass(frozen=True)
class Archive:
    """What an export is made from."""

    store: Store
    rules: Rules

    @property
    def engine(self) -> Engine:
        """For checkpoints and proofs."""
        return self.store.engine

    @property
    def signer(self) -> Signer:
        """Signs the checkpoint that vouches for the export."""
        return Signer(self.store.vault)


@dataclass(frozen=True)
class Export:
    """One record as one reader got it, once. `proof` is as docs/records.md says."""

    opened: Opened
    by: str
    reason: str
    at: datetime
    checkpoint: Checkpoint
    proof: dict[str, Any]


def export_record(
    archive: Archive,
    *,
    person: str,
    reference: str,
    reason: str,
    paper: Paper = Paper.RECORD,
    choose: Callable[[Opened], Sequence[Entry]] | None = None,
) -> Export:
    """Opens the record with a reason, and proves what is taken out of it.

    Args:
        choose: Which lines stand on the paper; all that this person sees unless given.

    Raises:
        UnknownRecord: There is none, or none for this person; the two look the same.
        ReasonMissing: No reason.
        NotAllowed: This person sees what was done, and neither names nor words.
        NotForThisPaper: These lines cannot stand on it.
        ChainBroken: What stands in the database does not verify, so nothing is handed out.
    """
    view = view_for(archive, person, reference)
    if view is not None and view.parts.isdisjoint(CONTENT):
        raise NotAllowed(NO_CONTENT)
    opened = access.open_record(
        archive.store, archive.rules, person=person, reference=reference, reason=reason
    )
    chosen = tuple(choose(opened)) if choose else None
    noted = _note(archive, opened, person, paper, chosen)
    opened = replace(opened, entries=(*opened.entries, noted) if chosen is None else chosen)
    checkpoint = checkpoints.make(archive.engine, archive.signer, lambda: noted.written_at)
    assert checkpoint is not None  # a line was just written
    with snapshot(archive.engine).connect() as connection:
        proof = _proof(archive.store.over(connection), opened, checkpoint)
    return Export(opened, person, reason, noted.written_at, checkpoint, proof)


def view_for(archive: Archive, person: str, reference: str) -> View | None:
    """What this person would see of the record; None when there is none for them."""
    with archive.store.read() as work:
        found = access.look(work, archive.rules, person, reference)
    return found[1] if found else None


def _note(
    archive: Archive, opened: Opened, person: str, paper: Paper, chosen: Sequence[Entry] | None
) -> Entry:
    """That something left the record stands in it; reading alone would not say so."""
    lines = f", lines {', '.join(str(one.seq) for one in chosen)}" if chosen else ""
    with archive.store.work() as work:
        note = NewEntry(
            kind=EntryKind.ACTION_TAKEN,
            topic=Topic.TAKEN_OUT,
            text=f"Taken out: {paper}{lines}.",
            by=person,
            told_at=work.now(),
            source_key=f"taken-out/{new_id()}",
        )
        return work.records.append(opened.summary.head.id, note)


def _proof(work: OpenWork, opened: Opened, checkpoint: Checkpoint) -> dict[str, Any]:
    """Lines that this reader was not given are counted and not shown; so is who is left out, to
    whoever does not see whom the record is about."""
    summary, head = opened.summary, opened.summary.head
    given = {entry.seq for entry in opened.entries}
    names = Part.IDENTITY in summary.view.parts and not summary.view.own_only
    withheld = {
        link.position
        for link in of_record(work.connection, head.id, up_to=checkpoint.position)
        if (link.table is entries and link.row.seq not in given)
        or (link.table not in (entries, records) and not names)
    }
    wordless = {entry.seq for entry in opened.entries if entry.withheld}
    return proof_of(work, head.id, checkpoint, without_words=wordless, withheld=withheld)


def as_json(export: Export, organisation: Organisation) -> dict[str, Any]:
    """The export that anybody can check (records/standalone/verify_export.py)."""
    return {
        "format": EXPORT_FORMAT,
        **described(export.opened),
        "exported": {
            "organisation": organisation.name,
            "by": export.by,
            "at": export.at.isoformat(),
            "reason": export.reason,
        },
        "proof": export.proof,
    }


def described(opened: Opened) -> dict[str, Any]:
    """A record as people read it: `heard records show --json`."""
    head = opened.summary.head
    return {
        "reference": head.reference,
        "kind": str(head.kind),
        "status": str(opened.summary.status),
        "opened_at": head.opened_at.isoformat(),
        "reporter": head.reporter,
        "policy": {"name": head.pack, "version": head.pack_version, "sha256": head.pack_hash},
        "entries": [_entry(entry) for entry in opened.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    times = {
        name: getattr(entry, name).isoformat() if getattr(entry, name) else None
        for name in ("happened_at", "told_at", "written_at")
    }
    return {
        "seq": entry.seq,
        "kind": str(entry.kind),
        "text": str(entry.text),
        "by": entry.by,
        **times,
        "topic": entry.topic,
        "value": entry.value,
        "links_to": entry.links_to,
        "relation": entry.relation,
        "hash": entry.hash,
        "withheld": entry.withheld,
    }
