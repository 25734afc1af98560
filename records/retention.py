"""How long a record is kept: until somebody looks, decides, and somebody else agrees.

Nothing is destroyed by the clock, by one person, before its review is due, while anybody is still
asked about the case, or under a legal hold. What stays is that it was there and what was done.
Source: policy-rules M12, H16; neighbours 17 and 32; reliability.md drill 28.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from casework.errors import NotAllowed, ReasonMissing, UnknownRecord
from casework.facts import Entry, NewEntry, RecordHead
from casework.vocabulary import EntryKind, RecordKind, Topic
from records import access
from records.conversations import new_id
from records.notices import Notice, tell
from records.permissions import Rules, View, roles_of
from records.store import OpenWork, Store

# Who may decide how long a record is kept, unless they reported it or are in conflict.
KEEPING_ROLES = frozenset({"dsl", "deputy_dsl", "dp_trustee"})
LONGEST_EXTENSION_MONTHS = 120
TOPICS = (
    Topic.KEEP_LONGER,
    Topic.LEGAL_HOLD,
    Topic.LEGAL_HOLD_LIFTED,
    Topic.DESTRUCTION_PROPOSED,
    Topic.DESTRUCTION_WITHDRAWN,
)


class Ground(StrEnum):
    """Why content may go. It stays in the clear for ever, so it is never text."""

    TIME_IS_OVER = "time_is_over"
    NOT_NEEDED = "not_needed"
    ERASURE_ASKED = "erasure_asked"


class State(StrEnum):
    """Where a record stands."""

    KEPT = "kept"
    DUE = "due"
    PROPOSED = "proposed"
    ON_HOLD = "on_hold"
    DESTROYED = "destroyed"


@dataclass(frozen=True)
class Keeping:
    """How one record is kept. `due_at`: when somebody looks at it again."""

    record_id: str
    reference: str
    kind: RecordKind
    due_at: datetime
    destroyed: bool = False
    on_hold: bool = False
    proposed_by: str | None = None
    proposed_at: datetime | None = None
    ground: Ground | None = None

    def state(self, now: datetime) -> State:
        """A hold goes before everything but what is done."""
        if self.destroyed:
            return State.DESTROYED
        if self.on_hold:
            return State.ON_HOLD
        if self.proposed_by is not None:
            return State.PROPOSED
        return State.DUE if self.due_at <= now else State.KEPT


def of_all(store: Store, rules: Rules, person: str) -> list[Keeping]:
    """The records this person decides about, what is due first."""
    if roles_of(rules.organisation, person).isdisjoint(KEEPING_ROLES):
        return []
    seen = access.visible(store, rules, person)
    with store.read() as work:
        decided = _decided(work)
        gone = work.records.destroyed()
        found = [
            replace(_keeping(rules, one.head, decided.get(one.head.id, ())), destroyed=True)
            if one.head.id in gone
            else _keeping(rules, one.head, decided.get(one.head.id, ()))
            for one in seen
            if not one.view.own_only
        ]
    return sorted(found, key=lambda one: (one.destroyed, one.due_at))


def of_record(work: OpenWork, rules: Rules, person: str, reference: str) -> Keeping:
    """One record, for somebody who decides about it. Raises UnknownRecord, NotAllowed."""
    head, view = access.may_know(work, rules, person, reference)
    _must_decide(rules, person, view)
    lines = [entry for topic in TOPICS for _, entry in work.records.of_topic(topic, head.id)]
    lines.sort(key=lambda entry: entry.seq)
    destroyed = work.records.destroyed_position(head.id) is not None
    return replace(_keeping(rules, head, lines), destroyed=destroyed)


def keep_longer(
    work: OpenWork, rules: Rules, *, by: str, reference: str, months: int, reason: str
) -> None:
    """Somebody has looked: the next look is due in so many months. A proposal ends."""
    if not 0 < months <= LONGEST_EXTENSION_MONTHS:
        raise NotAllowed(
            f"Keep it for 1 to {LONGEST_EXTENSION_MONTHS} months more, then look again."
        )
    keeping = _standing(work, rules, by, reference, reason)
    until = max(work.now(), keeping.due_at)
    until = add_months(until, months)
    _write(work, keeping, by, Topic.KEEP_LONGER, reason, {"until": until.isoformat()})


def hold(work: OpenWork, rules: Rules, *, by: str, reference: str, reason: str) -> None:
    """A legal hold: nothing of it is destroyed until it is lifted. A proposal ends."""
    keeping = _standing(work, rules, by, reference, reason)
    _write(work, keeping, by, Topic.LEGAL_HOLD, reason)


def lift(work: OpenWork, rules: Rules, *, by: str, reference: str, reason: str) -> None:
    """The hold is over; that destroys nothing."""
    keeping = _standing(work, rules, by, reference, reason)
    if not keeping.on_hold:
        raise NotAllowed("There is no legal hold.")
    _write(work, keeping, by, Topic.LEGAL_HOLD_LIFTED, reason)


def propose(
    work: OpenWork, rules: Rules, *, by: str, reference: str, ground: Ground, reason: str
) -> None:
    """One of two: proposes to destroy the words. The others who decide are told."""
    keeping = _standing(work, rules, by, reference, reason)
    _may_go(work, keeping)
    if keeping.proposed_by is not None:
        raise NotAllowed("That is proposed already. Somebody else must agree.")
    _write(work, keeping, by, Topic.DESTRUCTION_PROPOSED, reason, {"ground": ground})
    _tell(work, rules, keeping, Notice.DESTRUCTION_PROPOSED, by)


def withdraw(work: OpenWork, rules: Rules, *, by: str, reference: str, reason: str) -> None:
    """Anybody who decides can end a proposal."""
    keeping = _standing(work, rules, by, reference, reason)
    if keeping.proposed_by is None:
        raise NotAllowed("Nothing is proposed.")
    _write(work, keeping, by, Topic.DESTRUCTION_WITHDRAWN, reason)


def agree(work: OpenWork, rules: Rules, *, by: str, reference: str) -> None:
    """Two of two: the words are destroyed, at once and for good.

    Raises:
        NotAllowed: It was proposed by the same person, or by somebody who may not decide any
            more; it is not due, on hold, or somebody is still asked about the case.
    """
    keeping = of_record(work, rules, by, reference)
    _may_go(work, keeping)
    first = keeping.proposed_by
    if first is None or keeping.ground is None:
        raise NotAllowed("Nothing is proposed.")
    if first == by:
        raise NotAllowed("Somebody else must agree.")
    try:
        of_record(work, rules, first, reference)
    except (NotAllowed, UnknownRecord):
        raise NotAllowed("Whoever proposed it may not decide any more. Propose it anew.") from None
    work.records.destroy(keeping.record_id, by=first, agreed_by=by, ground=keeping.ground)
    _tell(work, rules, keeping, Notice.DESTROYED, by)


def add_months(at: datetime, months: int) -> datetime:
    """The same day so many months on; the last of the month where there is none."""
    years, month = divmod(at.month - 1 + months, 12)
    for day in range(at.day, 27, -1):
        try:
            return at.replace(year=at.year + years, month=month + 1, day=day)
        except ValueError:
            continue
    return at.replace(year=at.year + years, month=month + 1)


def _decided(work: OpenWork) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for topic in TOPICS:
        for record_id, entry in work.records.of_topic(topic):
            found.setdefault(record_id, []).append(entry)
    for lines in found.values():
        lines.sort(key=lambda entry: entry.seq)
    return found


def _keeping(rules: Rules, head: RecordHead, lines: Iterable[Entry]) -> Keeping:
    setting = rules.organisation.retention or rules.pack.retention
    due = add_months(head.opened_at, setting.months(head.kind))
    keeping = Keeping(head.id, head.reference, head.kind, due)
    for line in lines:
        keeping = _after(keeping, line)
    return keeping


def _after(keeping: Keeping, line: Entry) -> Keeping:
    """How it is kept after one more decision."""
    said = json.loads(line.value or "{}")
    without = replace(keeping, proposed_by=None, proposed_at=None, ground=None)
    if line.topic == Topic.LEGAL_HOLD:
        return replace(without, on_hold=True)
    if line.topic == Topic.LEGAL_HOLD_LIFTED:
        return replace(keeping, on_hold=False)
    if line.topic == Topic.KEEP_LONGER and "until" in said:
        return replace(without, due_at=datetime.fromisoformat(said["until"]).astimezone(UTC))
    if line.topic == Topic.DESTRUCTION_PROPOSED and "ground" in said:
        ground = Ground(said["ground"])
        return replace(keeping, proposed_by=line.by, proposed_at=line.written_at, ground=ground)
    return without


def _must_decide(rules: Rules, person: str, view: View) -> None:
    """Not the reporter, and only these roles. Whoever is in conflict never comes so far."""
    if view.own_only or roles_of(rules.organisation, person).isdisjoint(KEEPING_ROLES):
        raise NotAllowed("The safeguarding lead or the Data Protection Trustee decides that.")


def _standing(work: OpenWork, rules: Rules, by: str, reference: str, reason: str) -> Keeping:
    keeping = of_record(work, rules, by, reference)
    if not access.is_reason(reason):
        raise ReasonMissing("Say why. The reason is kept in the record.")
    if keeping.destroyed:
        raise NotAllowed("Its words were destroyed.")
    return keeping


def _may_go(work: OpenWork, keeping: Keeping) -> None:
    if keeping.destroyed:
        raise NotAllowed("Its words were destroyed.")
    if keeping.on_hold:
        raise NotAllowed("A legal hold is on it.")
    if keeping.due_at > work.now():
        raise NotAllowed("Its time is not over. Nothing is destroyed before the review is due.")
    climb = work.escalations.of_record(keeping.record_id)
    if climb is not None and climb.is_open:
        raise NotAllowed("The case is still open. Close it first.")


def _write(
    work: OpenWork,
    keeping: Keeping,
    by: str,
    topic: Topic,
    reason: str,
    said: dict[str, str] | None = None,
) -> None:
    entry = NewEntry(
        kind=EntryKind.ACTION_TAKEN,
        topic=topic,
        text=reason,
        value=json.dumps(said or {}),
        by=by,
        told_at=work.now(),
        source_key=f"{topic}/{new_id()}",
    )
    work.records.append(keeping.record_id, entry)


def _tell(work: OpenWork, rules: Rules, keeping: Keeping, kind: Notice, by: str) -> None:
    """Everybody else who decides; whoever is in conflict does not see the line (notices.of)."""
    people = [
        one.id
        for one in rules.organisation.people
        if one.id != by and not KEEPING_ROLES.isdisjoint(one.roles)
    ]
    tell(work, people, kind, by, record_id=keeping.record_id)
