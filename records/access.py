"""Reading a record: only with a reason, and never without a line in the record that says so.

Source: policy-rules H5 and H29; design.md section 8.
"""

from __future__ import annotations

from dataclasses import dataclass

from casework.errors import ReasonMissing, UnknownRecord
from casework.facts import Entry, Escalation, EscalationStatus, NewEntry, RecordHead
from casework.organisation import Organisation
from casework.vocabulary import EntryKind, Status
from records.conversations import new_id
from records.permissions import Circumstances, may_see
from records.store import OpenWork, Store

LONGEST_REASON = 500


@dataclass(frozen=True)
class Summary:
    """A record in a list: nothing of its content."""

    head: RecordHead
    status: Status
    escalation: Escalation | None


@dataclass(frozen=True)
class Opened:
    """A record as one reader sees it."""

    summary: Summary
    entries: tuple[Entry, ...]
    steps: tuple[dict[str, object], ...]


def visible(store: Store, organisation: Organisation, person: str) -> list[Summary]:
    """The records this person may know of, newest first."""
    with store.read() as work:
        return [
            _summary(work, head)
            for head in work.records.heads()
            if _may_see(work, organisation, person, head)
        ]


def open_record(
    store: Store, organisation: Organisation, *, person: str, reference: str, reason: str
) -> Opened:
    """Opens a record and writes who, when and why into it, in one transaction.

    Raises:
        UnknownRecord: There is none, or none for this person; the two look the same.
        ReasonMissing: No reason, or one too long to be a reason.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ReasonMissing
    with store.work() as work:
        head = work.records.head_by_reference(reference)
        if not _may_see(work, organisation, person, head):
            raise UnknownRecord
        work.records.append(head.id, _access(person, reason, work))
        return Opened(
            summary=_summary(work, head),
            entries=tuple(work.records.entries(head.id)),
            steps=tuple(dict(step) for step in work.escalations.steps(head.id)),
        )


def may_know(work: OpenWork, organisation: Organisation, person: str, reference: str) -> RecordHead:
    """The record's head, for a person who may know of it. Raises UnknownRecord."""
    head = work.records.head_by_reference(reference)
    if not _may_see(work, organisation, person, head):
        raise UnknownRecord
    return head


def _may_see(work: OpenWork, organisation: Organisation, person: str, head: RecordHead) -> bool:
    climb = work.escalations.of_record(head.id)
    given = Circumstances(
        left_out=work.records.conflicted(head.id) | (climb.left_out if climb else frozenset()),
        asked=frozenset(str(step["person"]) for step in work.escalations.steps(head.id)),
        has_gone_up=climb is not None and climb.status is not EscalationStatus.HOLDING,
    )
    return may_see(organisation, person, head, given)


def _summary(work: OpenWork, head: RecordHead) -> Summary:
    return Summary(head, work.records.status(head.id), work.escalations.of_record(head.id))


def _access(person: str, reason: str, work: OpenWork) -> NewEntry:
    return NewEntry(
        kind=EntryKind.ACCESS,
        text=reason,
        by=person,
        told_at=work.now(),
        source_key=f"access/{new_id()}",
    )
