"""What the auditor sees in the database, in plain SQL that both databases understand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, DateTime, bindparam, text

# Overdue by this much, nothing in the house has seen to it. Source: reliability.md 3c.
LATE = timedelta(minutes=2)
ENGINE = "engine"
AUDITOR = "auditor"

_LATE = text(
    "SELECT reference FROM escalations WHERE due_at < :late AND status <> 'closed' "
    "ORDER BY reference"
).bindparams(bindparam("late", type_=DateTime(timezone=True)))
_FORGOTTEN = text(
    "SELECT reference FROM escalations WHERE due_at IS NULL AND status <> 'closed' "
    "ORDER BY reference"
)
_UNSENT = text(
    "SELECT DISTINCT e.reference FROM deliveries d JOIN escalations e ON e.id = d.escalation_id "
    "WHERE d.next_at < :late ORDER BY e.reference"
).bindparams(bindparam("late", type_=DateTime(timezone=True)))
_SEEN = text("SELECT seen_at FROM watches WHERE name = :name").columns(
    seen_at=DateTime(timezone=True)
)
_SAW = text(
    "INSERT INTO watches (name, seen_at, trouble) VALUES (:name, :seen_at, :trouble) "
    "ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, trouble = excluded.trouble"
).bindparams(bindparam("seen_at", type_=DateTime(timezone=True)))


@dataclass(frozen=True)
class Seen:
    """What is wrong, as codes: nothing when all is well.

    `references` are for the auditor's own log. Mail and desk hold none: among their readers may be
    the person whom a case is about.
    """

    trouble: tuple[str, ...]
    references: tuple[str, ...] = ()

    @property
    def is_well(self) -> bool:
        return not self.trouble


def look(connection: Connection, now: datetime) -> Seen:
    """Everything that should have happened two minutes ago or more, and did not."""
    late = _for(connection, now - LATE)
    found = {
        "late": connection.execute(_LATE, {"late": late}).scalars().all(),
        "forgotten": connection.execute(_FORGOTTEN).scalars().all(),
        "unsent": connection.execute(_UNSENT, {"late": late}).scalars().all(),
    }
    trouble = [code for code, references in found.items() if references]
    engine = connection.execute(_SEEN, {"name": ENGINE}).scalar()
    if engine is not None and _aware(engine, now) < now - LATE:
        trouble.append("engine_quiet")
    references = {str(one) for references in found.values() for one in references}
    return Seen(tuple(trouble), tuple(sorted(references)))


def saw(connection: Connection, now: datetime, seen: Seen) -> None:
    """Writes down that the auditor looked, and what it saw: the desk reads it."""
    row = {"name": AUDITOR, "seen_at": _for(connection, now), "trouble": " ".join(seen.trouble)}
    connection.execute(_SAW, row)


def _for(connection: Connection, at: datetime) -> datetime:
    """A time as the database keeps it: SQLite keeps UTC without a zone."""
    return at.replace(tzinfo=None) if connection.dialect.name == "sqlite" else at


def _aware(at: datetime, like: datetime) -> datetime:
    return at.replace(tzinfo=like.tzinfo) if at.tzinfo is None else at
