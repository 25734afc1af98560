"""The rows of `deliveries`: one per attempt to tell one person something by one route."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

from escalation.tables import deliveries

# The step of a tick that sends what waits for a case. Steps of the climb count from 0.
SEND = -1
# On their way: to be sent; claimed by a sender; taken by a provider that does not know yet.
WAITING, SENDING = "waiting", "sending"
# Over: whoever was sending it died; nobody had to hear it any more.
UNKNOWN, NOT_NEEDED = "unknown", "not_needed"

# What makes an attempt the next one of its kind.
_SAME = ("escalation_id", "rung", "route", "person")
# Built once: SQLAlchemy takes longer to build a statement than the database to run it.
_LAST = select(func.coalesce(func.max(deliveries.c.attempt), 0)).where(
    *(deliveries.c[name] == bindparam(f"same_{name}") for name in _SAME)
)
_WRITE = insert(deliveries).values(attempt=_LAST.scalar_subquery() + 1)


def key_of(row: RowMapping) -> str:
    """What an attempt is known by outside: a provider's key for repeats, a button's value."""
    return "-".join(str(row[part]) for part in (*_SAME, "attempt"))


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
    same = {"escalation_id": escalation_id, "rung": rung, "route": route, "person": person}
    values = {
        "at": at,
        "result": result,
        "purpose": purpose,
        "next_at": at if result == WAITING else None,
    }
    before = {f"same_{name}": value for name, value in same.items()}
    connection.execute(_WRITE, same | values | before)
