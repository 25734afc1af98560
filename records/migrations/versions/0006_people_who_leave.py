"""Who has left or is away, and the cases that passed to somebody else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Creates the tables. They are working state; what was passed on stands in the records too."""
    op.create_table(
        "absences",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("stand_in", sa.String(64)),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_index("ix_absences_person", "absences", ["person"])
    op.create_table(
        "handovers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("record_id", sa.String(32), sa.ForeignKey("records.id"), nullable=False),
        sa.Column("from_person", sa.String(64), nullable=False),
        sa.Column("to_person", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("signed_at", UtcDateTime),
    )
    op.create_index("ix_handovers_to_person", "handovers", ["to_person"])
