"""Every table of the store but the engine's own (escalation/tables.py).

Append-only, guarded by triggers: `APPEND_ONLY`. Of these, `CHAINED` stand in the chain, each row
at its `position`; the order of their columns is part of what is hashed (docs/records.md), so a
column is only ever added in a new table. Data keys can be re-wrapped or destroyed and nothing
else. Working state: the rest. Migrations are in records/migrations.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from casework.columns import UtcDateTime

metadata = MetaData()

records = Table(
    "records",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("conversation_id", String(64), nullable=False, unique=True),
    Column("reporter", String(64), nullable=False, index=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("pack", String(64), nullable=False),
    Column("pack_version", String(32), nullable=False),
    Column("pack_hash", String(64), nullable=False),
    Column("position", Integer, nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
)

entries = Table(
    "entries",
    metadata,
    # The place in the chain over all records. It is given by us, not by the database, because
    # the hash holds it.
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("record_id", String(32), ForeignKey("records.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("topic", String(64)),
    Column("by", String(64), nullable=False),
    Column("links_to", Integer),
    Column("relation", String(32)),
    Column("source_key", String(200), nullable=False),
    Column("happened_at", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("written_at", UtcDateTime, nullable=False),
    # SHA-256 of what is sealed, salt and all: an export proves single lines by it without a key,
    # and it says nothing once the key is destroyed.
    Column("content", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
    UniqueConstraint("record_id", "seq"),
    UniqueConstraint("record_id", "source_key"),
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("record_id", String(32), ForeignKey("records.id"), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("position", Integer, nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
)

# What stays when a record's key is destroyed: that it was, when, by whom and on what ground (a
# word of ours, never text).
destructions = Table(
    "destructions",
    metadata,
    Column("record_id", String(32), ForeignKey("records.id"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(64), nullable=False),
    Column("agreed_by", String(64), nullable=False),
    Column("ground", String(64), nullable=False),
    Column("position", Integer, nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
)

CHAINED = (records, entries, conflicts, destructions)

# Signed heads of the chain. `body` is the signed text; each names the one before it by its hash.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("signature", String(128), nullable=False),
)

# Who asked for a record that is not there for them; whether there is such a record is not said.
attempts = Table(
    "attempts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("person", String(64), nullable=False),
    Column("reference", String(20), nullable=False, index=True),
    Index("ix_attempts_person", "person", "at"),
)

APPEND_ONLY = (*CHAINED, checkpoints, attempts)

# The organisation keys in use; the highest number wraps what is new. Ids only.
organisation_keys = Table(
    "organisation_keys",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String(16), nullable=False, unique=True),
)

# One for each record and conversation, and the root. Destroyed: both `wrapped` and `wrapped_by`
# are empty.
data_keys = Table(
    "data_keys",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("wrapped_by", String(16), ForeignKey("organisation_keys.id"), index=True),
    Column("wrapped", LargeBinary),
    Column("destroyed_at", UtcDateTime),
)

# One row: the head of the chain. Locked by every writer, so that positions have no gap.
chain_head = Table(
    "chain_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Integer, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("record_id", String(32), ForeignKey("records.id")),
    Column("capture_strand", String(32)),
    Column("capture_amends", Integer),
    Column("asks", String(64)),
    Column("danger_at", UtcDateTime),
    Column("last_message_at", UtcDateTime),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", String(64), ForeignKey("conversations.id"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("message_id", String(160), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("strand", String(32)),
    Column("button", String(64)),
    Column("sealed", LargeBinary, nullable=False),
    Column("source_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("last_error", String(64)),
    UniqueConstraint("channel", "message_id"),
    Index("ix_inbox_waiting", "conversation_id", "answered_at"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), ForeignKey("conversations.id"), nullable=False),
    Column("inbox_id", String(32), ForeignKey("inbox.id"), unique=True),
    Column("at", UtcDateTime, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_turns_conversation", "conversation_id", "id"),
    sqlite_autoincrement=True,
)

# What somebody has to do by a date (casework/duties.py). Ids and dates only.
duties = Table(
    "duties",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", String(64), nullable=False),
    Column("person", String(64)),
    Column("role", String(64)),
    Column("record_id", String(32), ForeignKey("records.id")),
    Column("added_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("done_by", String(64)),
    Index("ix_duties_open", "done_at", "due_at"),
)

# Where a conversation of a chat channel stands there (one case is one thread), and up to which turn
# its answers have been delivered. `place` is the channel's own address of the thread.
threads = Table(
    "threads",
    metadata,
    Column("conversation_id", String(64), ForeignKey("conversations.id"), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("place", String(120), nullable=False),
    Column("delivered", Integer, nullable=False),
    UniqueConstraint("channel", "place"),
)

# A message as the channel delivered it, where that differs from what the person typed; sealed.
delivered_forms = Table(
    "delivered_forms",
    metadata,
    Column("inbox_id", String(32), ForeignKey("inbox.id"), primary_key=True),
    Column("conversation_id", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

# One-time links that were used; the link itself is signed and carries its own end.
used_links = Table(
    "used_links",
    metadata,
    Column("link_id", String(64), primary_key=True),
    Column("used_at", UtcDateTime, nullable=False),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("csrf_token", String(64), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    # When they last proved who they are, if that was after they signed in.
    Column("proved_at", UtcDateTime),
)

# Who is not here: away until a time, or for good. Whoever takes their place is `stand_in`.
absences = Table(
    "absences",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("stand_in", String(64)),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("by", String(64), nullable=False),
    Column("ended_at", UtcDateTime),
)

# A case that passed from somebody who is not here to somebody who reads it and signs.
handovers = Table(
    "handovers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("record_id", String(32), ForeignKey("records.id"), nullable=False),
    Column("from_person", String(64), nullable=False),
    Column("to_person", String(64), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("signed_at", UtcDateTime),
)

# What somebody types to prove it. No passphrase stands here, only what it is checked against.
passphrases = Table(
    "passphrases",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
)

# One line for one person's desk: `kind` of records/notices.py, `about` whom. Never a word of a
# case, and shown only to whoever may know of the record.
notices = Table(
    "notices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("to_person", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("about", String(64), nullable=False),
    Column("record_id", String(32), ForeignKey("records.id")),
    Column("count", Integer, nullable=False),
    Column("seen_at", UtcDateTime),
    Index("ix_notices_to_person", "to_person", "at"),
)

# Written by bot/tracker_store.py: one sealed row a conversation.
dialogue_trackers = Table(
    "dialogue_trackers",
    metadata,
    Column("conversation_id", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# Left out of backups: a browser signs in again, and what was typed is under the dialogue's own
# key, which outlives the key of a record.
passing = (web_sessions, dialogue_trackers)
