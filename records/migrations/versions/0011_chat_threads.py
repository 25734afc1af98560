"""Threads of a chat channel, and messages as they were delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Creates the tables; all of it is working state."""
    op.create_table(
        "threads",
        sa.Column(
            "conversation_id", sa.String(64), sa.ForeignKey("conversations.id"), primary_key=True
        ),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("delivered", sa.Integer, nullable=False),
        sa.UniqueConstraint("channel", "place"),
    )
    op.create_table(
        "delivered_forms",
        sa.Column("inbox_id", sa.String(32), sa.ForeignKey("inbox.id"), primary_key=True),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
