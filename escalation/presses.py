"""Buttons under a message that was sent: which attempt they belong to, and each press once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from escalation import attempts
from escalation.standing import find
from escalation.tables import escalations, presses


@dataclass(frozen=True)
class Asked:
    """Whom a message asked about which case. `receipt` is empty while its sending is not kept."""

    reference: str
    record_id: str
    person: str
    route: str
    receipt: str | None


def asked(connection: Connection, key: str) -> Asked | None:
    """What the message of this key asked; None when no such message was ever written."""
    row = attempts.by_key(connection, key)
    if row is None:
        return None
    standing = find(connection, escalations.c.id, row["escalation_id"])
    assert standing is not None  # rows never go
    return Asked(
        standing.reference, standing.record_id, row["person"], row["route"], row["receipt"]
    )


def is_new(connection: Connection, press: str, now: datetime) -> bool:
    """Keeps a press; False when the very same one was kept before (reliability.md S5)."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    key = hashlib.sha256(press.encode("utf-8", "surrogatepass")).hexdigest()
    row = insert(presses).values(key=key, at=now).on_conflict_do_nothing()
    # Not rowcount: on PostgreSQL it is not known for an INSERT.
    return connection.execute(row.returning(presses.c.key)).first() is not None
