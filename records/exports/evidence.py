"""That the process was followed in one case, for trustees and regulators: no names, no words.

Source: policy-rules H21, M33; neighbours.md feature 27. People stand in it by role. What is kept
of each line is its number, kind, times and hash, with which the line can be found again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casework.facts import Entry, Escalation
from casework.vocabulary import EntryKind
from records import access, checkpoints
from records.access import Opened
from records.checkpoints import Checkpoint
from records.engine import snapshot
from records.exports.record import Archive
from records.verify import Verdict, verify

EVIDENCE_FORMAT = "heard process evidence 1"
RoleOf = Callable[[str], str]


@dataclass(frozen=True)
class ClockRun:
    """One time that ran: how long it took, and how long it may take. `took` is None while it
    runs."""

    name: str
    took: timedelta | None
    allowed: timedelta | None

    @property
    def met(self) -> bool | None:
        """None: it still runs, or has no end."""
        if self.took is None or self.allowed is None:
            return None
        return self.took <= self.allowed


@dataclass(frozen=True)
class Evidence:
    """One record's process. `role_of` has been applied: there is no name in it."""

    reference: str
    kind: str
    status: str
    urgency: str | None
    policy: str
    by: str
    reason: str
    at: datetime
    clocks: tuple[ClockRun, ...]
    steps: tuple[dict[str, Any], ...]
    lines: tuple[dict[str, Any], ...]
    readings: dict[str, int]
    verdict: Verdict
    checkpoint: Checkpoint


def make_evidence(
    archive: Archive, *, person: str, reference: str, reason: str, role_of: RoleOf
) -> Evidence:
    """What was done, by whom role-wise, in what time, and whether the chain holds.

    It is a reading like every other: it stands in the record with its reason.

    Raises:
        UnknownRecord: There is none, or none for this person.
        ReasonMissing: No reason.
    """
    opened = access.open_record(
        archive.store, archive.rules, person=person, reference=reference, reason=reason
    )
    with archive.store.read() as work:
        at = work.now()
    checkpoint = checkpoints.make(archive.engine, archive.signer, lambda: at)
    assert checkpoint is not None  # the reading was just written
    with snapshot(archive.engine).connect() as connection:
        verdict = verify(connection, vault=archive.signer.vault, anchors=[checkpoint])
    head, climb = opened.summary.head, opened.summary.escalation
    return Evidence(
        reference=head.reference,
        kind=str(head.kind),
        status=str(opened.summary.status),
        urgency=str(climb.urgency) if climb else None,
        policy=f"{head.pack}, version {head.pack_version}, {head.pack_hash}",
        by=role_of(person),
        reason=reason,
        at=at,
        clocks=tuple(_clocks(archive, opened, climb)),
        steps=tuple(_step(step, role_of) for step in opened.steps if step["person"]),
        lines=tuple(_line(entry, role_of) for entry in opened.entries),
        readings=dict(Counter(role_of(e.by) for e in opened.entries if e.kind is EntryKind.ACCESS)),
        verdict=verdict,
        checkpoint=checkpoint,
    )


def _clocks(archive: Archive, opened: Opened, climb: Escalation | None) -> list[ClockRun]:
    raised = climb.since - opened.summary.head.opened_at if climb else None
    runs = [ClockRun("raised", raised, None)]
    if climb is not None:
        first = archive.rules.organisation.ladder(archive.rules.pack, climb.urgency)[0]
        took = climb.acknowledged_at - climb.since if climb.acknowledged_at else None
        runs.append(ClockRun("answered", took, first.acknowledge_within))
    return runs


def _step(step: dict[str, object], role_of: RoleOf) -> dict[str, Any]:
    return {
        "rung": step["rung"],
        "role": role_of(str(step["person"])),
        "route": step["route"],
        "result": step["result"],
        "at": step["at"],
    }


def _line(entry: Entry, role_of: RoleOf) -> dict[str, Any]:
    """Nothing of its text, nor of what an answer meant."""
    return {
        "seq": entry.seq,
        "kind": str(entry.kind),
        "topic": entry.topic,
        "role": role_of(entry.by),
        "told_at": entry.told_at,
        "written_at": entry.written_at,
        "hash": entry.hash,
    }


def as_json(evidence: Evidence, organisation: str) -> dict[str, Any]:
    """The evidence for a machine."""
    checkpoint = evidence.checkpoint
    return {
        "format": EVIDENCE_FORMAT,
        "organisation": organisation,
        "reference": evidence.reference,
        "kind": evidence.kind,
        "status": evidence.status,
        "urgency": evidence.urgency,
        "policy": evidence.policy,
        "made": {"by": evidence.by, "reason": evidence.reason, "at": evidence.at.isoformat()},
        "clocks": [
            {
                "name": run.name,
                "took_seconds": run.took.total_seconds() if run.took else None,
                "allowed_seconds": run.allowed.total_seconds() if run.allowed else None,
                "met": run.met,
            }
            for run in evidence.clocks
        ],
        "steps": [_plain(step) for step in evidence.steps],
        "lines": [_plain(line) for line in evidence.lines],
        "readings": evidence.readings,
        "chain": {
            "entries": evidence.verdict.entries,
            "head": evidence.verdict.head,
            "faults": list(evidence.verdict.faults),
            "checkpoint": {"body": checkpoint.body, "signature": checkpoint.signature},
        },
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
    }
