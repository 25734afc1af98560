"""What the nightly look at the rota found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Creates the table; all of it is working state."""
    op.create_table(
        "rota_nights",
        sa.Column("night", sa.Date, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("told", sa.String(64), nullable=False),
    )
