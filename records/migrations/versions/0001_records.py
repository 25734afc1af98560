"""The first tables: records and entries, conversations, inbox, turns, sign-in, trackers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime
from records.migrations.guards import guard

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Creates the tables and guards the append-only ones."""
    op.create_table(
        "chain_head",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.create_table(
        "dialogue_trackers",
        sa.Column("conversation_id", sa.String(64), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "key_check",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("reference", sa.String(20), nullable=False, unique=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False, unique=True),
        sa.Column("reporter", sa.String(64), nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("pack", sa.String(64), nullable=False),
        sa.Column("pack_version", sa.String(32), nullable=False),
        sa.Column("pack_hash", sa.String(64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_records_reporter", "records", ["reporter"])
    op.create_table(
        "used_links",
        sa.Column("link_id", sa.String(64), primary_key=True),
        sa.Column("used_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "web_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("csrf_token", sa.String(64), nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_table(
        "conflicts",
        sa.Column("record_id", sa.String(32), sa.ForeignKey("records.id"), primary_key=True),
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("record_id", sa.String(32), sa.ForeignKey("records.id")),
        sa.Column("capture_strand", sa.String(32)),
        sa.Column("capture_amends", sa.Integer),
        sa.Column("asks", sa.String(64)),
        sa.Column("danger_at", UtcDateTime),
        sa.Column("last_message_at", UtcDateTime),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_conversations_person", "conversations", ["person"])
    op.create_table(
        "entries",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("record_id", sa.String(32), sa.ForeignKey("records.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(64)),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("links_to", sa.Integer),
        sa.Column("relation", sa.String(32)),
        sa.Column("source_key", sa.String(200), nullable=False),
        sa.Column("happened_at", UtcDateTime),
        sa.Column("told_at", UtcDateTime),
        sa.Column("written_at", UtcDateTime, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("record_id", "seq"),
        sa.UniqueConstraint("record_id", "source_key"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(64), sa.ForeignKey("conversations.id"), nullable=False
        ),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("message_id", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("strand", sa.String(32)),
        sa.Column("button", sa.String(64)),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("source_at", UtcDateTime, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_error", sa.String(64)),
        sa.UniqueConstraint("channel", "message_id"),
    )
    op.create_index("ix_inbox_waiting", "inbox", ["conversation_id", "answered_at"])
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "conversation_id", sa.String(64), sa.ForeignKey("conversations.id"), nullable=False
        ),
        sa.Column("inbox_id", sa.String(32), sa.ForeignKey("inbox.id"), unique=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turns_conversation", "turns", ["conversation_id", "id"])
    guard("records", "id")
    guard("entries", "position")
    guard("conflicts", "record_id,person")
