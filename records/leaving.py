"""Leaving and leave: access ends at once, cases pass to somebody who reads them and signs.

Source: neighbours 21 and 34; policy-rules M45, H5.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from casework.errors import NotAllowed, ReasonMissing, UnknownRecord
from casework.facts import Escalation, NewEntry
from casework.organisation import Organisation
from casework.vocabulary import EntryKind, Topic
from records import access, circumstances
from records.conversations import new_id
from records.notices import Notice, tell, watchers
from records.permissions import (
    SAFEGUARDING_ROLES,
    Rules,
    has_desk,
    is_here,
    roles_of,
)
from records.presence import Presence
from records.store import OpenWork, Store
from records.tables import entries, handovers

# Who may say that somebody leaves or is away.
DECIDING_ROLES = SAFEGUARDING_ROLES | {"administrator", "trustee"}


@dataclass(frozen=True)
class ToRead:
    """A case that was passed to somebody and that they have not signed for."""

    id: str
    reference: str
    passed_by: str
    at: datetime
    is_read: bool


def leave(
    store: Store,
    rules: Rules,
    *,
    person: str,
    successor: str,
    by: str,
    reason: str,
    until: datetime | None = None,
) -> int:
    """Somebody leaves, or is away until a time. Returns how many cases pass to the successor.

    Their access ends with this transaction. A case that the successor must not know of is passed
    by a trustee, who is told.

    Raises:
        NotAllowed: This is not theirs to decide, or the successor cannot take it.
        UnknownRecord: One of them is not here.
        ReasonMissing: No reason.
    """
    _may_decide(rules, person, successor, by, reason)
    passed = 0
    with store.work() as work:
        for climb in _cases_of(work, person):
            passed += _pass(work, rules, climb, person, successor, by, reason)
        presence = Presence(work.connection, work.now)
        presence.add(person, stand_in=successor, until=until, by=by)
        presence.end_sessions([person])
    return passed


def come_back(store: Store, rules: Rules, *, person: str, by: str) -> None:
    """Somebody is back, or had not left. What was passed on stays with whoever has it.

    Raises:
        NotAllowed: This is not theirs to decide, or they were not absent.
    """
    if roles_of(rules.organisation, by).isdisjoint(DECIDING_ROLES) or by == person:
        raise NotAllowed("The administrator, the safeguarding lead or a trustee decides that.")
    with store.work() as work:
        if not Presence(work.connection, work.now).end(person):
            raise NotAllowed("They are not away.")


def free_cases(store: Store, organisation: Organisation) -> int:
    """Passes on every case that somebody has, or is asked about, who is not here any more.

    Safe to repeat: it is done after every change of the people, by whoever saw it first.
    """
    freed = 0
    with store.work() as work:
        for climb in work.escalations.open_ones():
            for gone in _gone(climb, organisation):
                work.escalations.pass_on(climb.record_id, gone)
                freed += 1
    return freed


def to_read(store: Store, rules: Rules, person: str) -> list[ToRead]:
    """What was passed to this person and waits for their signature, oldest first; nothing that
    has come to concern them meanwhile."""
    with store.read() as work:
        query = select(handovers).where(
            handovers.c.to_person == person, handovers.c.signed_at.is_(None)
        )
        return [
            ToRead(
                row.id,
                work.records.head(row.record_id).reference,
                row.from_person,
                row.at,
                _has_read(work, row.record_id, person, row.at),
            )
            for row in work.connection.execute(query.order_by(handovers.c.at, handovers.c.id))
            if access.look(work, rules, person, work.records.head(row.record_id).reference)
        ]


def waiting(store: Store) -> dict[str, int]:
    """How many passed cases wait for a signature, by person."""
    found: dict[str, int] = {}
    with store.read() as work:
        query = select(handovers.c.to_person).where(handovers.c.signed_at.is_(None))
        for person in work.connection.execute(query).scalars():
            found[person] = found.get(person, 0) + 1
    return found


def sign(store: Store, rules: Rules, *, person: str, handover_id: str) -> None:
    """They have read it and look after it from now on.

    Raises:
        UnknownRecord: Nothing of the kind was passed to them.
        NotAllowed: They have not opened it since.
    """
    with store.work() as work:
        mine = (handovers.c.id == handover_id) & (handovers.c.to_person == person)
        row = work.connection.execute(select(handovers).where(mine)).one_or_none()
        if row is None or row.signed_at is not None:
            raise UnknownRecord
        access.may_know(work, rules, person, work.records.head(row.record_id).reference)
        if not _has_read(work, row.record_id, person, row.at):
            raise NotAllowed("Open the record first. Then sign that you have read it.")
        signed = update(handovers).where(handovers.c.id == handover_id)
        work.connection.execute(signed.values(signed_at=work.now()))
        entry = _entry(work, person, Topic.HANDOVER_SIGNED, "Read and taken over.")
        work.records.append(row.record_id, entry)


def _may_decide(rules: Rules, person: str, successor: str, by: str, reason: str) -> None:
    roles = roles_of(rules.organisation, by)
    if roles.isdisjoint(DECIDING_ROLES):
        raise NotAllowed("The administrator, the safeguarding lead or a trustee decides that.")
    if not is_here(rules.organisation, person) or not is_here(rules.organisation, successor):
        raise UnknownRecord("There is nobody with that name here.")
    if successor == person or by == person:
        raise NotAllowed("Somebody else decides that, and somebody else takes over.")
    if successor == by and roles.isdisjoint(SAFEGUARDING_ROLES):
        raise NotAllowed("You can't pass cases to yourself.")
    if not has_desk(rules, successor) and has_desk(rules, person):
        raise NotAllowed("They have no desk. Choose somebody who acts on cases.")
    if not access.is_reason(reason):
        raise ReasonMissing("Say why. The reason is kept with every case that is passed on.")


def _cases_of(work: OpenWork, person: str) -> list[Escalation]:
    climbs = work.escalations.open_ones()
    return [one for one in climbs if one.acknowledged_by == person or person in one.asked]


def _pass(
    work: OpenWork,
    rules: Rules,
    climb: Escalation,
    person: str,
    successor: str,
    by: str,
    reason: str,
) -> int:
    """1 when the successor may have it; otherwise a trustee is told that it needs somebody."""
    head = work.records.head(climb.record_id)
    left_out = circumstances.of_record(work, head).left_out
    if successor in left_out or successor == head.reporter:
        told = watchers(rules, {person, successor, *left_out})
        tell(work, told, Notice.NEEDS_SOMEBODY, person, record_id=head.id)
        return 0
    content = json.dumps({"from": person, "to": successor})
    work.records.append(head.id, _entry(work, by, Topic.SUCCESSION, reason, content))
    values = {
        "id": new_id(),
        "record_id": head.id,
        "from_person": person,
        "to_person": successor,
        "at": work.now(),
    }
    work.connection.execute(insert(handovers).values(values))
    return 1


def _gone(climb: Escalation, organisation: Organisation) -> Iterator[str]:
    holder = climb.acknowledged_by
    if holder is not None:
        if not is_here(organisation, holder):
            yield holder
        return
    yield from (one for one in climb.asked if not is_here(organisation, one))


def _has_read(work: OpenWork, record_id: str, person: str, since: datetime) -> bool:
    query = select(entries.c.seq).where(
        entries.c.record_id == record_id,
        entries.c.kind == EntryKind.ACCESS,
        entries.c.by == person,
        entries.c.written_at >= since,
    )
    return work.connection.execute(query).first() is not None


def _entry(work: OpenWork, by: str, topic: Topic, text: str, value: str | None = None) -> NewEntry:
    return NewEntry(
        kind=EntryKind.ACTION_TAKEN,
        topic=topic,
        text=text,
        value=value,
        by=by,
        told_at=work.now(),
        source_key=f"{topic}/{new_id()}",
    )
