"""Reading a record: only with a reason, and never without a signed line in it that says so.

Source: policy-rules H5 and H29; design.md section 8. Who sees what is records/permissions.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from casework.errors import NotAllowed, ReasonMissing, UnknownRecord
from casework.facts import Entry, Escalation, NewEntry, RecordHead
from casework.vocabulary import EntryKind, RecordKind, Status, Topic
from records import circumstances, signing, unusual
from records.conversations import new_id
from records.notices import Notice, tell
from records.permissions import (
    BREAKING,
    Part,
    Rules,
    View,
    independent,
    may_break_glass,
    seen_entries,
    view_of,
)
from records.store import OpenWork, Store
from records.tables import attempts

LONGEST_REASON = 500
INFORMED_OF_BREAKING = 2
# Looked for when there is no record, so that refusing costs the same whether there is one or not.
_NO_RECORD = RecordHead("", "", RecordKind.CONCERN, "", "", datetime.min, "", "", "")  # noqa: DTZ901


@dataclass(frozen=True)
class Summary:
    """A record in a list: nothing of its content. `view` is what this reader may see of it."""

    head: RecordHead
    status: Status
    escalation: Escalation | None
    view: View


@dataclass(frozen=True)
class Attempt:
    """Somebody asked for this record and it was not there for them."""

    at: datetime
    person: str


@dataclass(frozen=True)
class Opened:
    """A record as one reader sees it. `unsigned`: readings (seq) whose signature does not hold."""

    summary: Summary
    entries: tuple[Entry, ...]
    steps: tuple[dict[str, object], ...]
    unsigned: frozenset[int]
    attempts: tuple[Attempt, ...]


def visible(store: Store, rules: Rules, person: str) -> list[Summary]:
    """The records this person may know of, newest first."""
    with store.read() as work:
        heads = work.records.heads()
        given = circumstances.of_all(work, heads)
        views = {head.id: view_of(rules, person, head, given[head.id]) for head in heads}
        filed = work.records.filed()
        climbs = {climb.record_id: climb for climb in work.escalations.all_ones()}
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
        UnknownRecord: There is none, or none for this person; the two look the same, and the
            attempt is kept.
        ReasonMissing: No reason, or one too long to be a reason.
    """
    if not is_reason(reason):
        raise ReasonMissing
    with store.work() as work:
        found = look(work, rules, person, reference)
        if found is not None:
            return _opened(work, rules, person, *found, _access(work, person, reason, *found))
        note_attempt(work, rules, person, reference)
    raise UnknownRecord


def break_glass(store: Store, rules: Rules, *, person: str, reference: str, reason: str) -> Opened:
    """Opens a record that is not this person's to see, when somebody may come to harm otherwise.

    Two people who have nothing to do with it are told at once, in the same transaction.

    Raises:
        UnknownRecord: There is none, or this person must not know of it.
        NotAllowed: Nobody could be told.
        ReasonMissing: No reason.
    """
    if not is_reason(reason):
        raise ReasonMissing
    with store.work() as work:
        head = _head(work, reference)
        given = circumstances.of_record(work, head)
        if may_break_glass(rules, person, head, given):
            told = independent(rules, person, head, given)[:INFORMED_OF_BREAKING]
            if len(told) < INFORMED_OF_BREAKING:
                raise NotAllowed("Two others must be told, and there are not two. Ring the DSL.")
            tell(work, told, Notice.BREAK_GLASS, person, record_id=head.id)
            entry = _access(work, person, reason, head, BREAKING, topic=Topic.BREAK_GLASS)
            return _opened(work, rules, person, head, BREAKING, entry)
        note_attempt(work, rules, person, reference)
    raise UnknownRecord


def look(
    work: OpenWork, rules: Rules, person: str, reference: str
) -> tuple[RecordHead, View] | None:
    """The record's head and what this person sees of it; None when it is not there for them.

    The same questions are put to the database whether there is such a record or not.
    """
    head = _head(work, reference)
    view = view_of(rules, person, head, circumstances.of_record(work, head))
    return (head, view) if view is not None and head.id else None


def may_know(work: OpenWork, rules: Rules, person: str, reference: str) -> tuple[RecordHead, View]:
    """The same, for a reader whose transaction it is. Raises UnknownRecord."""
    found = look(work, rules, person, reference)
    if found is None:
        raise UnknownRecord
    return found


def note_attempt(work: OpenWork, rules: Rules, person: str, reference: str) -> None:
    """Keeps that somebody asked for what is not there for them; often, and a trustee is told."""
    values = {
        "id": new_id(),
        "at": work.now(),
        "person": person,
        "reference": reference[:20],
    }
    work.connection.execute(insert(attempts).values(values))
    unusual.after_refusal(work, rules, person)


def note_addressed(work: OpenWork, head: RecordHead, person: str, reason: str) -> None:
    """Somebody reads the one line of a record that was put to them."""
    view = View(frozenset({Part.WORDS}))
    work.records.append(head.id, _access(work, person, reason, head, view))


def is_reason(reason: str) -> bool:
    """Whether this can be kept as somebody's reason."""
    return bool(reason.strip()) and len(reason) <= LONGEST_REASON


def _head(work: OpenWork, reference: str) -> RecordHead:
    try:
        return work.records.head_by_reference(reference)
    except UnknownRecord:
        return _NO_RECORD


def _opened(
    work: OpenWork, rules: Rules, person: str, head: RecordHead, view: View, entry: NewEntry
) -> Opened:
    work.records.append(head.id, entry)
    lines = work.records.entries(head.id)
    if view.acts or not view.own_only:
        unusual.after_opening(work, rules, person, head, lines)
    return Opened(
        summary=_summary(work, head, view),
        entries=seen_entries(view, person, lines),
        steps=tuple(dict(step) for step in work.escalations.steps(head.id)),
        unsigned=_unsigned(work, head, lines),
        attempts=_attempts(work, head) if view.reasons else (),
    )


def _summary(work: OpenWork, head: RecordHead, view: View) -> Summary:
    return Summary(head, work.records.status(head.id), work.escalations.of_record(head.id), view)


def _access(
    work: OpenWork,
    person: str,
    reason: str,
    head: RecordHead,
    view: View,
    topic: Topic | None = None,
) -> NewEntry:
    at = work.now()
    return NewEntry(
        kind=EntryKind.ACCESS,
        topic=topic,
        text=reason,
        by=person,
        told_at=at,
        value=signing.signed(
            work.vault,
            reference=head.reference,
            person=person,
            at=at,
            reason=reason,
            parts=view.parts,
        ),
        source_key=f"access/{new_id()}",
    )


def _unsigned(work: OpenWork, head: RecordHead, lines: Sequence[Entry]) -> frozenset[int]:
    key = signing.public_key(work.vault)
    return frozenset(
        line.seq
        for line in lines
        if line.kind is EntryKind.ACCESS
        and not line.destroyed
        and not signing.holds(key, head.reference, line)
    )


def _attempts(work: OpenWork, head: RecordHead) -> tuple[Attempt, ...]:
    query = select(attempts.c.at, attempts.c.person).where(attempts.c.reference == head.reference)
    rows = work.connection.execute(query.order_by(attempts.c.at.desc()))
    return tuple(Attempt(row.at, row.person) for row in rows)
