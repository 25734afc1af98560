"""The PDF of a statement."""

from __future__ import annotations

from casework.organisation import Organisation
from casework.phrases import Phrasebook
from casework.words import name_of
from desk.papers.lines import Writer, any_marks, moment, not_shown
from desk.papers.record import cover, proof
from desk.printing import make_pdf
from records.exports.statement import Statement


def make_statement_paper(
    statement: Statement, organisation: Organisation, phrases: Phrasebook
) -> bytes:
    """Numbered paragraphs, each a line of the record."""
    export, writer = statement.export, Writer(organisation, phrases, not_shown)
    entries = export.opened.entries
    content = {
        "organisation": organisation.name,
        "reference": export.opened.summary.head.reference,
        "writer": name_of(organisation, entries[0].by),
        "signed": moment(statement.signed_at),
        "cover": cover(export, organisation),
        "proof": proof(export),
        "marks": any_marks(entries),
        "lines": [writer.line(entry) for entry in entries],
    }
    return make_pdf("statement", content, at=export.at)
