"""The ladder of each case, and what was tried on it (escalation/tables.py)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Creates the tables. They are working state: nothing here is append-only."""
    op.create_table(
        "escalations",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("record_id", sa.String(32), nullable=False, unique=True),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reporter", sa.String(64), nullable=False),
        sa.Column("urgency", sa.String(16), nullable=False),
        sa.Column("ladder", sa.JSON, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("rung", sa.Integer, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("left_out", sa.JSON, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime),
        sa.Column("acknowledged_by", sa.String(64)),
        sa.Column("acknowledged_at", UtcDateTime),
        sa.Column("last_result", sa.String(64), nullable=False),
    )
    op.create_index("ix_escalations_due", "escalations", ["due_at"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("escalation_id", sa.String(32), sa.ForeignKey("escalations.id"), nullable=False),
        sa.Column("rung", sa.Integer, nullable=False),
        sa.Column("route", sa.String(16), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("result", sa.String(64), nullable=False),
        sa.UniqueConstraint("escalation_id", "rung", "route", "person", "attempt"),
    )
