"""Who looked last, and what they saw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Working state, like the ladder's own."""
    op.create_table(
        "watches",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
    )
