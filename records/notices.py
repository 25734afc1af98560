"""Lines for somebody's desk: unusual reading, a broken glass, why one was added to a record.

No line holds a word of a case or the name of whom one is about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, insert, select, update

from casework.errors import UnknownRecord
from records import circumstances
from records.conversations import new_id
from records.permissions import Rules, roles_of, view_of
from records.store import OpenWork, Store
from records.tables import notices


class Notice(StrEnum):
    """Why somebody is told."""

    MANY_RECORDS = "many_records"
    OUT_OF_HOURS = "out_of_hours"
    OWN_NAME = "own_name"
    REFUSED = "refused"
    AFTER_LEAVING = "after_leaving"
    BREAK_GLASS = "break_glass"
    ADDED = "added"
    DESTRUCTION_PROPOSED = "destruction_proposed"
    DESTROYED = "destroyed"
    NEEDS_SOMEBODY = "needs_somebody"
    LINK_MADE = "link_made"


@dataclass(frozen=True)
class Line:
    """One notice as it is shown."""

    id: str
    at: datetime
    kind: Notice
    about: str
    reference: str | None
    count: int
    seen_at: datetime | None


def tell(
    work: OpenWork,
    people: Collection[str],
    kind: Notice,
    about: str,
    *,
    record_id: str | None = None,
    count: int = 1,
) -> None:
    """Puts a line on each of these people's desks, in the caller's transaction."""
    for person in people:
        values = {
            "id": new_id(),
            "at": work.now(),
            "to_person": person,
            "kind": str(kind),
            "about": about,
            "record_id": record_id,
            "count": count,
        }
        work.connection.execute(insert(notices).values(values))


def told_since(work: OpenWork, kind: Notice, about: str, since: datetime) -> bool:
    """Whether this was said about this person already."""
    query = select(func.count()).where(
        notices.c.kind == kind, notices.c.about == about, notices.c.at > since
    )
    return bool(work.connection.execute(query).scalar_one())


def of(store: Store, rules: Rules, person: str) -> list[Line]:
    """Their lines, newest first, but none about a record that is not there for them."""
    with store.read() as work:
        return list(_lines(work, rules, person, notices.c.to_person == person))


def unseen(store: Store, rules: Rules, person: str) -> int:
    """How many of them they have not marked as seen."""
    return sum(line.seen_at is None for line in of(store, rules, person))


def mark_seen(store: Store, person: str, notice_id: str) -> None:
    """One of their own lines was read."""
    with store.work() as work:
        mine = (notices.c.id == notice_id) & (notices.c.to_person == person)
        work.connection.execute(update(notices).where(mine).values(seen_at=work.now()))


def watchers(rules: Rules, without: Collection[str]) -> list[str]:
    """Who is told of unusual reading: Data Protection Trustees, else any trustee; never whoever
    it is about."""
    everybody = [one.id for one in rules.organisation.people if one.id not in without]
    for role in ("dp_trustee", "trustee"):
        found = [one for one in everybody if role in roles_of(rules.organisation, one)]
        if found:
            return found
    return []


def _lines(work: OpenWork, rules: Rules, person: str, where: ColumnElement[bool]) -> Iterator[Line]:
    query = select(notices).where(where).order_by(notices.c.at.desc(), notices.c.id)
    for row in work.connection.execute(query):
        reference = None
        if row.record_id is not None:
            reference = _reference(work, rules, person, row.record_id)
            if reference is None:
                continue
        yield Line(
            row.id,
            row.at,
            Notice(row.kind),
            row.about,
            reference,
            row._mapping["count"],
            row.seen_at,
        )


def _reference(work: OpenWork, rules: Rules, person: str, record_id: str) -> str | None:
    try:
        head = work.records.head(record_id)
    except UnknownRecord:
        return None
    view = view_of(rules, person, head, circumstances.of_record(work, head))
    return head.reference if view else None
