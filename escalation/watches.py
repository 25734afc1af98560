"""Who looked last, and what they saw: the engine and the auditor each write their row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from escalation.tables import watches

ENGINE, AUDITOR, SLACK = "engine", "auditor", "slack"
# Quiet for longer than this is not there. Source: reliability.md drill 26.
QUIET = timedelta(minutes=2)


@dataclass(frozen=True)
class Health:
    """What the desk says at its top. Green needs somebody who sees: blind is never well."""

    since: datetime | None
    is_watched: bool
    trouble: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        return self.is_watched and not self.trouble


def seen(connection: Connection, name: str, now: datetime) -> None:
    """This process is there."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = insert(watches).values(name=name, seen_at=now, trouble="")
    connection.execute(
        row.on_conflict_do_update(index_elements=["name"], set_={"seen_at": now, "trouble": ""})
    )


def last_seen(connection: Connection, name: str) -> datetime | None:
    """When this process last said that it is there."""
    found = select(watches.c.seen_at).where(watches.c.name == name)
    at: datetime | None = connection.execute(found).scalar_one_or_none()
    return at


def health(connection: Connection, now: datetime) -> Health:
    """What the auditor saw last, and whether it still looks."""
    found = select(watches).where(watches.c.name == AUDITOR)
    row = connection.execute(found).mappings().first()
    if row is None:
        return Health(None, False, ())
    is_watched = now - row["seen_at"] <= QUIET
    return Health(row["seen_at"], is_watched, tuple(str(row["trouble"]).split()))
