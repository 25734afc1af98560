"""The rows of `deliveries`: one per attempt to tell one person something by one route."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from escalation.tables import deliveries

# The step of a tick that sends what waits for a case. Steps of the climb count from 0.
SEND = -1
# On their way: to be sent; claimed by a sender; taken by a provider that does not know yet.
WAITING, SENDING = "waiting", "sending"
# Over: whoever was sending it died; nobody had to hear it any more.
UNKNOWN, NOT_NEEDED = "unknown", "not_needed"


def key_of(row: RowMapping) -> str:
    """What an attempt is known by outside: a provider's key for repeats, a button's value."""
    parts = ("escalation_id", "rung", "route", "person", "attempt")
    return "-".join(str(row[part]) for part in parts)


def by_key(connection: Connection, key: str) -> RowMapping | None:
    """The attempt that `key_of` named; None for anything else."""
    query = select(deliveries).where(deliveries.c.escalation_id == key.partition("-")[0])
    rows = connection.execute(query).mappings()
    return next((row for row in rows if key_of(row) == key), None)


def write(
    connection: Connection,
    *,
    escalation_id: str,
    rung: int,
    route: str,
    person: str,
    at: datetime,
    result: str,
    purpose: str,
) -> None:
    """Writes down the next attempt. One that waits is the sender's business at once."""
    same: dict[str, Any] = {
        "escalation_id": escalation_id,
        "rung": rung,
        "route": route,
        "person": person,
    }
    before = select(func.count()).select_from(deliveries).filter_by(**same)
    attempt = connection.execute(before).scalar_one() + 1
    values = same | {"attempt": attempt, "at": at, "result": result, "purpose": purpose}
    if result == WAITING:
        values["next_at"] = at
    connection.execute(insert(deliveries).values(values))
