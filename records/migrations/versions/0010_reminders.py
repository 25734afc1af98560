"""Which reminders were sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Working state, like the ladder's own."""
    op.create_table(
        "reminders",
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("result", sa.String(64), nullable=False),
    )
