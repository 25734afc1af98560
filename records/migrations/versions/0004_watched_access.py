"""Refused attempts, notices, passphrases, and when somebody last proved who they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime
from records.migrations.guards import guard

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Creates the tables. Attempts are append-only; the rest is working state."""
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
    )
    op.create_index("ix_attempts_person", "attempts", ["person", "at"])
    op.create_index("ix_attempts_reference", "attempts", ["reference"])
    guard("attempts", "id")
    op.create_table(
        "notices",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("to_person", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("record_id", sa.String(32), sa.ForeignKey("records.id")),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("seen_at", UtcDateTime),
    )
    op.create_index("ix_notices_to_person", "notices", ["to_person", "at"])
    op.create_table(
        "passphrases",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    op.add_column("web_sessions", sa.Column("proved_at", UtcDateTime))
