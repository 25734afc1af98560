"""Swaps of the rota, and the weekly drill over every route."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Working state, like the ladder's own."""
    op.create_table(
        "rota_swaps",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("in_hours", sa.Boolean, nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("stand_in", sa.String(64), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("agreed_at", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_table(
        "reach_checks",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("route", sa.String(16), nullable=False),
        sa.Column("week", sa.Date, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("result", sa.String(64), nullable=False),
        sa.Column("receipt", sa.String(255)),
        sa.Column("confirmed_at", UtcDateTime),
        sa.UniqueConstraint("person", "route", "week"),
    )
