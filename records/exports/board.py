"""The paper for a board: how many, how fast, how far; never who.

Source: policy-rules H20 and H27 (reports to a board and to funders are anonymous). A paper covers
one calendar quarter that is over, as it stood at its end: papers that overlap, or that are made
again later, could be subtracted from each other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from casework.errors import NotAllowed, NotForThisPaper, ReasonMissing
from casework.organisation import UK
from casework.small_numbers import suppressed, total
from casework.vocabulary import STRANDS, RecordKind, Topic, Urgency
from records import access
from records.access import Summary
from records.exports.record import Archive
from records.permissions import SAFEGUARDING_ROLES, Rules, oversees, roles_of
from records.store import OpenWork
from records.tables import entries

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """One table: its name and its counts, None for one that is held back; no counts at all when
    the whole table is."""

    name: str
    counts: dict[str, int | None] | None


@dataclass(frozen=True)
class BoardPaper:
    """`total` is None when it is too small to be shown; the tables are then held back too."""

    by: str
    reason: str
    at: datetime
    quarter: str
    total: int | None
    tables: tuple[Figures, ...]


@dataclass(frozen=True)
class Case:
    """What is counted of one record, as it stood at the end of the quarter."""

    kind: RecordKind
    urgency: Urgency | None
    written_after: timedelta | None
    answered: str
    stands: str


def make_board_paper(archive: Archive, *, person: str, quarter: str, reason: str) -> BoardPaper:
    """The figures of a quarter, over what this person may know of.

    Raises:
        NotAllowed: They neither watch the process nor look after every record.
        ReasonMissing: No reason.
        NotForThisPaper: This is no quarter, or it is not over.
    """
    if not may_count(archive.rules, person):
        raise NotAllowed
    if not access.is_reason(reason):
        raise ReasonMissing
    begin, end = bounds(quarter)
    with archive.store.read() as work:
        now = work.now()
        if end > now:
            raise NotForThisPaper("This quarter is not over. A paper is made when it is.")
    seen = access.visible(archive.store, archive.rules, person)
    inside = [one for one in seen if begin <= one.head.opened_at < end and not one.view.own_only]
    with archive.store.read() as work:
        cases = list(_cases(work, archive, inside, end))
    return BoardPaper(person, reason, now, quarter, total({"": len(cases)}), _tables(cases))


def may_count(rules: Rules, person: str) -> bool:
    """Who watches the process of every case, or looks after every record."""
    leads = not SAFEGUARDING_ROLES.isdisjoint(roles_of(rules.organisation, person))
    return leads or oversees(rules.organisation, person)


def bounds(quarter: str) -> tuple[datetime, datetime]:
    """First moment of the quarter and of the next, in UK time. Raises NotForThisPaper."""
    found = _QUARTER.fullmatch(quarter)
    if found is None:
        raise NotForThisPaper("Write a quarter such as 2026-Q1.")
    year, number = int(found[1]), int(found[2])
    after = (year, number * 3 + 1) if number < 4 else (year + 1, 1)
    return (
        datetime(year, number * 3 - 2, 1, tzinfo=UK),
        datetime(*after, 1, tzinfo=UK),
    )


def _cases(
    work: OpenWork, archive: Archive, seen: Sequence[Summary], end: datetime
) -> Iterable[Case]:
    filed, closed = _first(work, Topic.FILED), _first(work, Topic.CLOSED)
    told = {
        record: (written - told)
        for record, told, written in work.connection.execute(
            select(entries.c.record_id, func.min(entries.c.told_at), func.min(entries.c.written_at))
            .where(entries.c.kind.in_([str(kind) for kind in STRANDS]))
            .group_by(entries.c.record_id)
        )
        if told is not None
    }
    for one in seen:
        is_filed = filed.get(one.head.id, end) < end
        is_closed = closed.get(one.head.id, end) < end
        yield Case(
            kind=one.head.kind,
            urgency=one.escalation.urgency if one.escalation else None,
            written_after=told.get(one.head.id),
            answered=_answered(archive, one, end),
            stands="closed" if is_closed else "filed" if is_filed else "open",
        )


def _first(work: OpenWork, topic: Topic) -> dict[str, datetime]:
    """When a line of this topic was first written, by record."""
    query = select(entries.c.record_id, func.min(entries.c.written_at))
    query = query.where(entries.c.topic == topic).group_by(entries.c.record_id)
    return {record: at for record, at in work.connection.execute(query)}


def _answered(archive: Archive, one: Summary, end: datetime) -> str:
    climb = one.escalation
    if climb is None:
        return "nobody_to_tell"
    if climb.acknowledged_at is None or climb.acknowledged_at >= end:
        return "not_yet"
    first = archive.rules.organisation.ladder(archive.rules.pack, climb.urgency)[0]
    in_time = climb.acknowledged_at - climb.since <= first.acknowledge_within
    return "in_time" if in_time else "late"


def _tables(cases: Sequence[Case]) -> tuple[Figures, ...]:
    return (
        _table("kind", RecordKind, (case.kind for case in cases)),
        _table("urgency", [*Urgency, "none"], (case.urgency or "none" for case in cases)),
        _table("answered", ANSWERED, (case.answered for case in cases)),
        _table("written", WRITTEN, (_band(case.written_after) for case in cases)),
        _table("closed", STANDS, (case.stands for case in cases)),
    )


ANSWERED = ("in_time", "late", "not_yet", "nobody_to_tell")
STANDS = ("closed", "filed", "open")
WRITTEN = ("within_an_hour", "within_a_day", "later", "no_words")


def _band(delay: timedelta | None) -> str:
    if delay is None:
        return "no_words"
    return "within_an_hour" if delay <= HOUR else "within_a_day" if delay <= DAY else "later"


def _table(name: str, rows: Iterable[str], found: Iterable[str]) -> Figures:
    counter = Counter(map(str, found))
    counts = {str(row): counter[str(row)] for row in rows}
    is_small = total(counts) is None
    return Figures(name, None if is_small else suppressed(counts))
