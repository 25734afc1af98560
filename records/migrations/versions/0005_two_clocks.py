"""The second clock of a case, and what becomes of each message that is sent about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime

revision = "0005"
down_revision = "0004"

AN_HOUR = "3600"


def upgrade() -> None:
    """Open cases go on: whoever has one has an hour from the next tick that finds it."""
    with op.batch_alter_table("escalations") as table:
        table.add_column(sa.Column("turn_since", UtcDateTime))
        table.add_column(
            sa.Column("act_within", sa.Integer, nullable=False, server_default=AN_HOUR)
        )
        table.add_column(sa.Column("stepped_at", UtcDateTime))
        table.add_column(sa.Column("nudged_at", UtcDateTime))
        table.add_column(sa.Column("snoozes", sa.Integer, nullable=False, server_default="0"))
        table.add_column(sa.Column("passed", sa.JSON, nullable=False, server_default="[]"))
        table.add_column(sa.Column("handed_to", sa.String(64)))
    op.execute("UPDATE escalations SET turn_since = COALESCE(acknowledged_at, since)")
    # Until now a case that somebody had was left alone for ever.
    op.execute(
        "UPDATE escalations SET due_at = acknowledged_at "
        "WHERE status = 'acknowledged' AND due_at IS NULL"
    )
    with op.batch_alter_table("deliveries") as table:
        table.add_column(sa.Column("purpose", sa.String(16), nullable=False, server_default="ask"))
        table.add_column(sa.Column("receipt", sa.String(255)))
        table.add_column(sa.Column("next_at", UtcDateTime))
    op.create_index("ix_deliveries_next", "deliveries", ["next_at"])
