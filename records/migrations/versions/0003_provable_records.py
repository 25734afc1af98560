"""Records that can be proved: one chain over every written row, checkpoints, data keys apart.

The tables are made anew, because the hash of every row changes. No store with records in it was
ever released; one that has some (a demonstration) is refused, and keeps what it has.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.columns import UtcDateTime
from casework.errors import StoreUnavailable
from records.migrations.guards import guard, guard_keys

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Creates the tables and guards them."""
    _refuse_old_records()
    for table in ("conflicts", "entries", "turns", "inbox", "conversations", "records"):
        op.drop_table(table)
    op.drop_table("key_check")
    # Sealed with a key that is derived in another way now. A draft does not live in here.
    op.execute("DELETE FROM dialogue_trackers")
    op.execute("DELETE FROM chain_head")
    op.execute(f"INSERT INTO chain_head (id, position, hash) VALUES (1, 0, '{'0' * 64}')")
    _keys()
    _records()
    _conversations()
    guard("records", "id", "reference", "conversation_id", "position")
    guard("entries", "position", "record_id,seq", "record_id,source_key")
    guard("conflicts", "record_id,person", "position")
    guard("destructions", "record_id", "position")
    guard("checkpoints", "number")
    guard_keys("data_keys")


def _refuse_old_records() -> None:
    for table in ("records", "conversations"):
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table}")).first() is not None:
            raise StoreUnavailable(
                "This store was made by an unreleased version of Heard and cannot be taken over. "
                "Nothing was changed. Move it away (HEARD_HOME, default var/) and start again."
            )


def _keys() -> None:
    op.create_table(
        "organisation_keys",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(16), nullable=False, unique=True),
    )
    op.create_table(
        "data_keys",
        sa.Column("owner", sa.String(80), primary_key=True),
        sa.Column("wrapped_by", sa.String(16), sa.ForeignKey("organisation_keys.id")),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("destroyed_at", UtcDateTime),
    )
    op.create_index("ix_data_keys_wrapped_by", "data_keys", ["wrapped_by"])


def _records() -> None:
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
        sa.Column("position", sa.Integer, nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )
    op.create_index("ix_records_reporter", "records", ["reporter"])
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
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.UniqueConstraint("record_id", "seq"),
        sa.UniqueConstraint("record_id", "source_key"),
    )
    op.create_table(
        "conflicts",
        sa.Column("record_id", sa.String(32), sa.ForeignKey("records.id"), primary_key=True),
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )
    op.create_table(
        "destructions",
        sa.Column("record_id", sa.String(32), sa.ForeignKey("records.id"), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("agreed_by", sa.String(64), nullable=False),
        sa.Column("ground", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer, nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
    )


def _conversations() -> None:
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
    )
    op.create_index("ix_conversations_person", "conversations", ["person"])
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
