"""Reading a record: only with a reason, and never without a line in the record that says so.

Source: policy-rules H5 and H29; design.md section 8. Who sees what is records/permissions.py's.
"""

from __future__ import annotations

from dataclasses import dataclass

from casework.errors import ReasonMissing, UnknownRecord
from casework.facts import Entry, Escalation, NewEntry, RecordHead
from casework.vocabulary import EntryKind, Status
from records import circumstances
from records.conversations import new_id
from records.permissions import Rules, View, seen_entries, view_of
from records.store import OpenWork, Store

LONGEST_REASON = 500


@dataclass(frozen=True)
class Summary:
    """A record in a list: nothing of its content. `view` is what this reader may see of it."""

    head: RecordHead
    status: Status
    escalation: Escalation | None
    view: View


@dataclass(frozen=True)
class Opened:
    """A record as one reader sees it."""

    summary: Summary
    entries: tuple[Entry, ...]
    steps: tuple[dict[str, object], ...]


def visible(store: Store, rules: Rules, person: str) -> list[Summary]:
    """The records this person may know of, newest first."""
    with store.read() as work:
        heads = work.records.heads()
        given = circumstances.of_all(work, heads)
        views = {head.id: view_of(rules, person, head, given[head.id]) for head in heads}
        filed = work.records.filed()
        climbs = {climb.record_id: climb for climb in work.escalations.open_ones()}
        return [
            Summary(head, _status(head, filed), climbs.get(head.id), view)
            for head in heads
            if (view := views[head.id]) is not None
        ]


def _status(head: RecordHead, filed: frozenset[str]) -> Status:
    return Status.FILED if head.id in filed else Status.DRAFT


def open_record(store: Store, rules: Rules, *, person: str, reference: str, reason: str) -> Opened:
    """Opens a record and writes who, when and why into it, in one transaction.

    Raises:
        UnknownRecord: There is none, or none for this person; the two look the same.
        ReasonMissing: No reason, or one too long to be a reason.
    """
    if not is_reason(reason):
        raise ReasonMissing
    with store.work() as work:
        head, view = may_know(work, rules, person, reference)
        work.records.append(head.id, _access(person, reason, work))
        return Opened(
            summary=_summary(work, head, view),
            entries=seen_entries(view, person, work.records.entries(head.id)),
            steps=tuple(dict(step) for step in work.escalations.steps(head.id)),
        )


def may_know(work: OpenWork, rules: Rules, person: str, reference: str) -> tuple[RecordHead, View]:
    """The record's head, and what this person sees of it. Raises UnknownRecord."""
    head = work.records.head_by_reference(reference)
    view = view_of(rules, person, head, circumstances.of_record(work, head))
    if view is None:
        raise UnknownRecord
    return head, view


def is_reason(reason: str) -> bool:
    """Whether this can be kept as somebody's reason."""
    return bool(reason.strip()) and len(reason) <= LONGEST_REASON


def _summary(work: OpenWork, head: RecordHead, view: View) -> Summary:
    return Summary(head, work.records.status(head.id), work.escalations.of_record(head.id), view)


def _access(person: str, reason: str, work: OpenWork) -> NewEntry:
    return NewEntry(
        kind=EntryKind.ACCESS,
        text=reason,
        by=person,
        told_at=work.now(),
        source_key=f"access/{new_id()}",
    )
