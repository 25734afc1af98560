"""Implements casework.ports.Duties over one open transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from casework.errors import UnknownRecord
from casework.facts import Duty
from casework.ports import Clock
from records.conversations import new_id
from records.tables import duties


class DutyRows:
    """Duties as rows. A key makes adding twice harmless."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._db = connection
        self._clock = clock

    def add(
        self,
        kind: str,
        key: str,
        due_at: datetime,
        *,
        person: str | None = None,
        role: str | None = None,
        record_id: str | None = None,
    ) -> Duty:
        standing = self._db.execute(select(duties).where(duties.c.key == key)).one_or_none()
        if standing is not None:
            return _duty(standing)
        row = {
            "id": new_id(),
            "key": key,
            "kind": kind,
            "person": person,
            "role": role,
            "record_id": record_id,
            "added_at": self._clock(),
            "due_at": due_at,
        }
        self._db.execute(insert(duties).values(row))
        return self.get(str(row["id"]))

    def get(self, duty_id: str) -> Duty:
        row = self._db.execute(select(duties).where(duties.c.id == duty_id)).one_or_none()
        if row is None:
            raise UnknownRecord
        return _duty(row)

    def due(self, by: datetime) -> list[Duty]:
        query = select(duties).where(duties.c.done_at.is_(None), duties.c.due_at <= by)
        return [_duty(row) for row in self._db.execute(query.order_by(duties.c.due_at))]

    def of_record(self, record_id: str) -> list[Duty]:
        query = select(duties).where(duties.c.record_id == record_id)
        return [_duty(row) for row in self._db.execute(query.order_by(duties.c.added_at))]

    def done_since(self, at: datetime) -> list[Duty]:
        query = select(duties).where(duties.c.done_at >= at)
        return [_duty(row) for row in self._db.execute(query.order_by(duties.c.done_at.desc()))]

    def done(self, duty_id: str, by: str) -> Duty:
        still_open = update(duties).where(duties.c.id == duty_id, duties.c.done_at.is_(None))
        self._db.execute(still_open.values(done_at=self._clock(), done_by=by))
        return self.get(duty_id)


def _duty(row: Row[Any]) -> Duty:
    return Duty(
        id=row.id,
        key=row.key,
        kind=row.kind,
        person=row.person,
        role=row.role,
        record_id=row.record_id,
        added_at=row.added_at,
        due_at=row.due_at,
        done_at=row.done_at,
        done_by=row.done_by,
    )
