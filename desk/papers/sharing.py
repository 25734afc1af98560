"""The PDF of a record of sharing."""

from __future__ import annotations

from casework.organisation import Organisation
from casework.phrases import Phrasebook
from casework.words import name_of
from desk.papers.lines import Writer, not_shown
from desk.papers.record import cover
from desk.printing import make_pdf
from policy.pack import Pack
from records.exports.record import Export
from records.exports.sharing import Shape, decision_in, filled_in


def make_sharing_paper(
    export: Export, shape: Shape, organisation: Organisation, phrases: Phrasebook, *, lead: str
) -> bytes:
    """The form. `lead`: who leads information governance here."""
    entries = export.opened.entries
    decision = decision_in(entries)
    assert decision is not None  # nothing is exported without one
    writer = Writer(organisation, phrases, not_shown)
    decided = writer.line(decision)
    content = {
        "organisation": organisation.name,
        "reference": export.opened.summary.head.reference,
        "shape": str(shape),
        "lead": lead,
        "decided_by": decided["by"],
        "decided_at": decided["told_at"],
        "decision": decided,
        "cover": cover(export, organisation),
        "fields": {name: writer.line(entry) for name, entry in filled_in(entries).items()},
    }
    return make_pdf("sharing", content, at=export.at)


def governance_lead(organisation: Organisation, pack: Pack) -> str:
    """Who answers for information governance here, by the policy; else the trustee who does for
    data protection."""
    decider = pack.who_decides.get("information_governance")
    roles = set(decider.roles) if decider else set()
    leads = [person.name for person in organisation.people if roles & set(person.roles)]
    return ", ".join(leads) or name_of(organisation, organisation.data_protection_trustee)
