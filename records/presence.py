"""Who has left and who is away, as the store knows it: decided here, or by the file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from casework.absences import Absence
from casework.ports import Clock
from records.conversations import new_id
from records.tables import absences, web_sessions


class Presence:
    """Over one open transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._db = connection
        self._clock = clock

    def absent(self) -> list[Absence]:
        """Everybody who is not here now."""
        query = select(absences).where(_standing(self._clock())).order_by(absences.c.since)
        return [
            Absence(row.id, row.person, row.stand_in, row.since, row.until, row.by)
            for row in self._db.execute(query)
        ]

    def is_absent(self, person: str) -> bool:
        """Whether they have left, or are away."""
        query = select(absences.c.id).where(absences.c.person == person, _standing(self._clock()))
        return self._db.execute(query).first() is not None

    def add(self, person: str, *, stand_in: str, until: datetime | None, by: str) -> None:
        """From now on they are not here."""
        values = {
            "id": new_id(),
            "person": person,
            "stand_in": stand_in,
            "since": self._clock(),
            "until": until,
            "by": by,
        }
        self._db.execute(insert(absences).values(values))

    def end(self, person: str) -> bool:
        """They are back; False when they were not absent."""
        standing = and_(absences.c.person == person, _standing(self._clock()))
        ended = update(absences).where(standing).values(ended_at=self._clock())
        return self._db.execute(ended).rowcount > 0

    def end_sessions(self, people: Collection[str]) -> None:
        """Every browser of theirs is signed out."""
        theirs = web_sessions.c.person.in_(people) & web_sessions.c.ended_at.is_(None)
        self._db.execute(update(web_sessions).where(theirs).values(ended_at=self._clock()))


def _standing(now: datetime) -> ColumnElement[bool]:
    return and_(
        absences.c.ended_at.is_(None),
        absences.c.since <= now,
        or_(absences.c.until.is_(None), absences.c.until > now),
    )
