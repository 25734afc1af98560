"""Duties that have a date: working state, as small as can be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Creates the table. Ids and dates only: no text of anybody stands in it."""
    op.create_table(
        "duties",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64)),
        sa.Column("role", sa.String(64)),
        sa.Column("record_id", sa.String(32), sa.ForeignKey("records.id")),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("done_at", UtcDateTime),
        sa.Column("done_by", sa.String(64)),
    )
    op.create_index("ix_duties_open", "duties", ["done_at", "due_at"])
