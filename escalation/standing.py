"""One row of `escalations`, as values: read, and written back whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Select, bindparam, select, update

from casework.facts import Escalation, EscalationStatus
from casework.vocabulary import RecordKind, Urgency
from escalation.ladder import Ladder, from_json, to_json
from escalation.tables import escalations

# Built once, as in attempts.py: these run at every move of every case.
_SAVE = update(escalations).where(escalations.c.id == bindparam("saved"))


@dataclass(frozen=True)
class Standing:
    """Where a case stands. `step` is the token of the tick that is due; `left_out` whoever must
    not hear of it, as known when the last call said so."""

    id: str
    record_id: str
    reference: str
    kind: RecordKind
    reporter: str
    urgency: Urgency
    ladder: Ladder
    status: EscalationStatus
    since: datetime
    rung: int = 0
    step: int = 0
    repeats: int = 0
    asked: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    due_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    last_result: str = ""
    turn_since: datetime | None = None
    act_within: int = 3600
    stepped_at: datetime | None = None
    nudged_at: datetime | None = None
    snoozes: int = 0
    passed: tuple[str, ...] = ()
    handed_to: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether anybody may still be asked about it."""
        return self.status is not EscalationStatus.CLOSED

    def fact(self) -> Escalation:
        """What the other parts see of it."""
        return Escalation(
            record_id=self.record_id,
            reference=self.reference,
            kind=self.kind,
            urgency=self.urgency,
            status=self.status,
            rung=self.rung,
            asked=self.asked,
            left_out=self.left_out,
            since=self.since,
            due_at=self.due_at,
            acknowledged_by=self.acknowledged_by,
            acknowledged_at=self.acknowledged_at,
            turn_since=self.turn_since or self.since,
            stepped_at=self.stepped_at,
            nudged_at=self.nudged_at,
            handed_to=self.handed_to,
            passed=self.passed,
        )

    def values(self) -> dict[str, Any]:
        """The row."""
        return vars(self) | {
            "ladder": to_json(self.ladder),
            "asked": list(self.asked),
            "left_out": sorted(self.left_out),
            "passed": list(self.passed),
        }


def standing_of(row: RowMapping) -> Standing:
    """The row as values."""
    values = dict(row) | {
        "kind": RecordKind(row["kind"]),
        "urgency": Urgency(row["urgency"]),
        "status": EscalationStatus(row["status"]),
        "ladder": from_json(row["ladder"]),
        "asked": tuple(row["asked"]),
        "left_out": frozenset(row["left_out"]),
        "passed": tuple(row["passed"]),
    }
    return Standing(**values)


def find(connection: Connection, column: Column[str], value: str) -> Standing | None:
    """The row that has this value there, as it is."""
    return next(_all(connection, _having(column), {"value": value}), None)


def lock(connection: Connection, column: Column[str], value: str) -> Standing | None:
    """The same, locked until the transaction ends (SQLite's is the only writer anyway)."""
    return next(_all(connection, _having(column, locked=True), {"value": value}), None)


def find_all(connection: Connection, query: Select[Any]) -> list[Standing]:
    """Every row of a query over `escalations`."""
    return list(_all(connection, query))


def save(connection: Connection, standing: Standing) -> Standing:
    """Writes the row back."""
    connection.execute(_SAVE, standing.values() | {"saved": standing.id})
    return standing


@cache
def _having(column: Column[str], *, locked: bool = False) -> Select[Any]:
    query = select(escalations).where(column == bindparam("value"))
    return query.with_for_update() if locked else query


def _all(
    connection: Connection, query: Select[Any], values: Mapping[str, str] | None = None
) -> Iterator[Standing]:
    return (standing_of(row) for row in connection.execute(query, values).mappings())
