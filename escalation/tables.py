"""Where every case stands on its ladder, and what was tried on the way.

No word of a case is here: people are directory ids, a ladder is roles and seconds.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from casework.columns import UtcDateTime

metadata = MetaData()

# `step` is the token of the tick that is due: a tick holding another one finds the row moved on.
escalations = Table(
    "escalations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("record_id", String(32), nullable=False, unique=True),
    Column("reference", String(20), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("reporter", String(64), nullable=False),
    Column("urgency", String(16), nullable=False),
    Column("ladder", JSON, nullable=False),
    Column("status", String(16), nullable=False),
    Column("rung", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("left_out", JSON, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("acknowledged_by", String(64)),
    Column("acknowledged_at", UtcDateTime),
    Column("last_result", String(64), nullable=False),
    Column("turn_since", UtcDateTime),
    # The second clock: seconds from taking it to the first protective step, frozen with the case.
    Column("act_within", Integer, nullable=False),
    Column("stepped_at", UtcDateTime),
    Column("nudged_at", UtcDateTime),
    Column("snoozes", Integer, nullable=False),
    Column("passed", JSON, nullable=False),
    Column("handed_to", String(64)),
)
Index("ix_escalations_due", escalations.c.due_at)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("escalation_id", String(32), ForeignKey("escalations.id"), nullable=False),
    Column("rung", Integer, nullable=False),
    Column("route", String(16), nullable=False),
    Column("person", String(64), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("result", String(64), nullable=False),
    # What is said: ask, nudge, handed, look_again, news (escalation/messages).
    Column("purpose", String(16), nullable=False),
    # The provider's own name for what it took.
    Column("receipt", String(255)),
    # When the sender has to look at it; empty once it is settled.
    Column("next_at", UtcDateTime),
    UniqueConstraint("escalation_id", "rung", "route", "person", "attempt"),
)
# Who looked last and what they saw (watches.py, and the auditor in plain SQL).
watches = Table(
    "watches",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("trouble", Text, nullable=False),
)
# Somebody asks somebody to take a duty; agreed when both have said so.
swaps = Table(
    "rota_swaps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("role", String(32), nullable=False),
    Column("day", Date, nullable=False),
    Column("in_hours", Boolean, nullable=False),
    Column("person", String(64), nullable=False),
    Column("stand_in", String(64), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("agreed_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
)
# The weekly drill: one row per person, route and week.
reach_checks = Table(
    "reach_checks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person", String(64), nullable=False),
    Column("route", String(16), nullable=False),
    Column("week", Date, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("result", String(64), nullable=False),
    Column("receipt", String(255)),
    Column("confirmed_at", UtcDateTime),
    UniqueConstraint("person", "route", "week"),
)
# Each press of a button in a chat: the same one sent again finds itself here.
presses = Table(
    "button_presses",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
# The nightly look at the rota: what it found, and whether whoever keeps it was told (nights.py).
nights = Table(
    "rota_nights",
    metadata,
    Column("night", Date, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("told", String(64), nullable=False),
)
# Each reminder of a dated duty that was sent (reminders.py).
reminders = Table(
    "reminders",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("result", String(64), nullable=False),
)
Index("ix_deliveries_next", deliveries.c.next_at)
