"""The PDF of a subject access pack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casework.organisation import Organisation
from casework.phrases import Phrasebook
from casework.vocabulary import EntryKind
from casework.words import name_of
from desk.papers.lines import SHORT_HASH, moment, titled
from desk.printing import make_pdf
from desk.words import has_marks, set_pieces
from records.exports.subject_access import GivenLine, SubjectPack


def make_pack_paper(
    pack: SubjectPack,
    organisation: Organisation,
    phrases: Phrasebook,
    role_of: Callable[[str], str],
) -> bytes:
    """Every line as it is given. It is made from the pack alone, which never held the rest."""
    export = pack.export
    content = {
        "organisation": organisation.name,
        "reference": export.opened.summary.head.reference,
        "made_by": role_of(export.by),
        "made_at": moment(export.at),
        "contact": name_of(organisation, organisation.data_protection_trustee),
        "checkpoint": str(export.checkpoint.number),
        "head": export.checkpoint.head,
        "marks": any(has_marks(p.text) for one in pack.lines for p in one.pieces if p.text),
        "lines": [_line(one, phrases, role_of) for one in pack.lines],
    }
    return make_pdf("pack", content, at=export.at)


def _line(line: GivenLine, phrases: Phrasebook, role_of: Callable[[str], str]) -> dict[str, Any]:
    entry = line.entry
    is_answer = entry.kind is EntryKind.ANSWER and entry.topic
    step = f"{titled(entry.kind)}: {titled(entry.topic).lower()}" if entry.topic else None
    return {
        "seq": entry.seq,
        "kind": titled(entry.kind) if is_answer or step is None else step,
        "question": phrases.label(str(entry.topic)) if is_answer else None,
        "destroyed": entry.destroyed,
        "removed": line.ground if not line.pieces else None,
        "ground": line.ground,
        "words": set_pieces(piece.text for piece in line.pieces) if line.pieces else None,
        "by": role_of(entry.by),
        "happened_at": moment(entry.happened_at),
        "told_at": moment(entry.told_at),
        "written_at": moment(entry.written_at),
        "hash": entry.hash[:SHORT_HASH],
    }
