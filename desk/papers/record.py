"""The PDF of one record."""

from __future__ import annotations

from typing import Any

from casework.organisation import Organisation
from casework.phrases import Phrasebook
from casework.vocabulary import STRANDS, EntryKind
from casework.words import name_of
from desk.papers.lines import Writer, any_marks, moment, not_shown, titled
from desk.printing import make_pdf
from records.exports.record import Export

# What is shown on its own; whatever else there is stands under "done".
APART = (*STRANDS, EntryKind.ANSWER, EntryKind.ACCESS)


def make_record(export: Export, organisation: Organisation, phrases: Phrasebook) -> bytes:
    """Cover and every line. Text of the case is set, never read as markup."""
    entries = export.opened.entries
    writer = Writer(organisation, phrases, not_shown)
    done = frozenset(EntryKind) - frozenset(APART)
    kinds = {**{str(kind): (kind,) for kind in APART}, "done": tuple(done)}
    content = {
        "organisation": organisation.name,
        "reference": export.opened.summary.head.reference,
        "cover": cover(export, organisation),
        "proof": proof(export),
        "marks": any_marks(entries),
        "withheld": sum("text" not in row for row in export.proof["rows"]),
        "sections": {name: writer.threads(entries, of) for name, of in kinds.items()},
    }
    return make_pdf("record", content, at=export.at)


def cover(export: Export, organisation: Organisation) -> dict[str, Any]:
    """Whose record this is, and who took it, when and why."""
    head = export.opened.summary.head
    return {
        "organisation": organisation.name,
        "reference": head.reference,
        "kind": titled(head.kind),
        "status": titled(export.opened.summary.status),
        "opened_at": moment(head.opened_at),
        "reporter": name_of(organisation, head.reporter),
        "lines": str(len(export.opened.entries)),
        "exported_by": name_of(organisation, export.by),
        "exported_at": moment(export.at),
        "reason": export.reason,
        "policy": f"{head.pack}, version {head.pack_version}",
        "policy_hash": head.pack_hash,
    }


def proof(export: Export) -> dict[str, Any]:
    """The checkpoint that vouches for it."""
    checkpoint = export.checkpoint
    return {
        "checkpoint": str(checkpoint.number),
        "position": str(checkpoint.position),
        "head": checkpoint.head,
        "key": str(checkpoint.content["key"]),
    }
