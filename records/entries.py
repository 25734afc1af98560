"""Records and their entries: written once, chained, sealed; never changed.

The entry that a person reads is the one that was typed: no trimming, no normalising.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from casework.errors import ContentDestroyed, MessageTooLarge, UnknownRecord
from casework.facts import Entry, NewEntry, RecordHead, Secret
from casework.ports import Clock
from casework.vocabulary import EntryKind, RecordKind, Status, Topic, reference
from policy.pack import Pack
from records.chain import Chain
from records.conversations import new_id
from records.keys import DataKeys
from records.tables import conflicts, counters, destructions, dialogue_trackers, entries, records
from records.vault import DataKey

# The doors refuse far less (casework/limits); this is the last line, for code that is wrong.
LONGEST_TEXT = 1_000_000
SALT_BYTES = 32


class RecordRows:
    """Implements casework.ports.Records over one open transaction."""

    def __init__(self, connection: Connection, keys: DataKeys, clock: Clock) -> None:
        self._db = connection
        self._keys = keys
        self._clock = clock
        self._chain = Chain(connection, keys.vault)

    def open(
        self, *, kind: RecordKind, conversation_id: str, reporter: str, pack: Pack
    ) -> RecordHead:
        now = self._clock()
        record_id = new_id()
        values = {
            "id": record_id,
            "reference": reference(now.year, self._next_number(f"reference-{now.year}")),
            "kind": kind,
            "conversation_id": conversation_id,
            "reporter": reporter,
            "opened_at": now,
            "pack": pack.name,
            "pack_version": str(pack.version),
            "pack_hash": pack.sha256,
        }
        self._chain.append(records, values)
        self._keys.make(record_id)
        return self.head(record_id)

    def _next_number(self, name: str) -> int:
        dialect = postgresql if self._db.dialect.name == "postgresql" else sqlite
        first = dialect.insert(counters).values(name=name, value=1)
        query = first.on_conflict_do_update(
            index_elements=["name"], set_={"value": counters.c.value + 1}
        ).returning(counters.c.value)
        return int(self._db.execute(query).scalar_one())

    def append(self, record_id: str, entry: NewEntry) -> Entry:
        self._chain.lock()
        standing = self.written(record_id, entry.source_key)
        if standing is not None:
            return standing
        self._chain.append(entries, self._row(record_id, entry))
        written = self.written(record_id, entry.source_key)
        assert written is not None  # it was written in this transaction
        return written

    def _row(self, record_id: str, entry: NewEntry) -> dict[str, Any]:
        seq = self._last_seq(record_id) + 1
        if entry.links_to is not None and not 1 <= entry.links_to < seq:
            raise UnknownRecord
        content = _content(entry)
        key = self._key_now(record_id)
        return {
            "record_id": record_id,
            "seq": seq,
            "kind": str(entry.kind),
            "topic": str(entry.topic) if entry.topic else None,
            "by": entry.by,
            "links_to": entry.links_to,
            "relation": entry.relation,
            "source_key": entry.source_key,
            "happened_at": entry.happened_at,
            "told_at": entry.told_at,
            "written_at": self._clock(),
            "content": hashlib.sha256(content.encode()).hexdigest(),
            "sealed": self._keys.vault.seal(key, content, f"entry/{seq}"),
        }

    def _last_seq(self, record_id: str) -> int:
        query = select(func.max(entries.c.seq)).where(entries.c.record_id == record_id)
        return self._db.execute(query).scalar() or 0

    def written(self, record_id: str, source_key: str) -> Entry | None:
        query = select(entries).where(
            entries.c.record_id == record_id, entries.c.source_key == source_key
        )
        row = self._db.execute(query).one_or_none()
        return self._entry(row) if row else None

    def head(self, record_id: str) -> RecordHead:
        return self._one(select(records).where(records.c.id == record_id))

    def head_by_reference(self, reference: str) -> RecordHead:
        return self._one(select(records).where(records.c.reference == reference))

    def _one(self, query: Any) -> RecordHead:
        row = self._db.execute(query).one_or_none()
        if row is None:
            raise UnknownRecord
        return _head(row)

    def heads(self) -> list[RecordHead]:
        query = select(records).order_by(records.c.opened_at.desc(), records.c.reference.desc())
        return [_head(row) for row in self._db.execute(query)]

    def heads_of_reporter(self, person: str) -> list[RecordHead]:
        query = select(records).where(records.c.reporter == person)
        rows = self._db.execute(query.order_by(records.c.opened_at.desc()))
        return [_head(row) for row in rows]

    def entries(self, record_id: str) -> list[Entry]:
        query = select(entries).where(entries.c.record_id == record_id).order_by(entries.c.seq)
        return [self._entry(row) for row in self._db.execute(query)]

    def entry(self, record_id: str, seq: int) -> Entry:
        query = select(entries).where(entries.c.record_id == record_id, entries.c.seq == seq)
        row = self._db.execute(query).one_or_none()
        if row is None:
            raise UnknownRecord
        return self._entry(row)

    def answers(self, record_id: str) -> list[Entry]:
        query = select(entries).where(
            entries.c.record_id == record_id, entries.c.kind == EntryKind.ANSWER
        )
        return [self._entry(row) for row in self._db.execute(query.order_by(entries.c.seq))]

    def of_topic(self, topic: str, record_id: str | None = None) -> list[tuple[str, Entry]]:
        """The lines of a topic in one record, or in all: (record id, line), oldest first."""
        query = select(entries).where(entries.c.topic == topic).order_by(entries.c.position)
        if record_id is not None:
            query = query.where(entries.c.record_id == record_id)
        return [(row.record_id, self._entry(row)) for row in self._db.execute(query)]

    def kinds(self, record_id: str) -> frozenset[EntryKind]:
        query = select(entries.c.kind).where(entries.c.record_id == record_id).distinct()
        return frozenset(EntryKind(kind) for kind in self._db.execute(query).scalars())

    def topics(self, record_id: str) -> frozenset[str]:
        query = select(entries.c.topic).where(
            entries.c.record_id == record_id, entries.c.topic.is_not(None)
        )
        return frozenset(self._db.execute(query.distinct()).scalars())

    def status(self, record_id: str) -> Status:
        filed = exists().where(entries.c.record_id == record_id, entries.c.topic == Topic.FILED)
        return Status.FILED if self._db.execute(select(filed)).scalar() else Status.DRAFT

    def add_conflict(self, record_id: str, person: str) -> None:
        self._chain.lock()
        if person not in self.conflicted(record_id):
            self.head(record_id)
            values = {"record_id": record_id, "person": person, "at": self._clock()}
            self._chain.append(conflicts, values)

    def conflicted(self, record_id: str) -> frozenset[str]:
        query = select(conflicts.c.person).where(conflicts.c.record_id == record_id)
        return frozenset(self._db.execute(query).scalars())

    def all_conflicted(self) -> dict[str, frozenset[str]]:
        """Everybody left out, by record."""
        found: dict[str, set[str]] = {}
        for row in self._db.execute(select(conflicts.c.record_id, conflicts.c.person)):
            found.setdefault(row.record_id, set()).add(row.person)
        return {record_id: frozenset(people) for record_id, people in found.items()}

    def filed(self) -> frozenset[str]:
        """The records that are signed and filed."""
        query = select(entries.c.record_id).where(entries.c.topic == Topic.FILED).distinct()
        return frozenset(self._db.execute(query).scalars())

    def destroy(self, record_id: str, *, by: str, agreed_by: str, ground: str) -> None:
        """Destroys the record's key and its conversation's: nobody can read a word of it again.

        That it was done, by whom and on what ground stays in the chain. What is written in the
        record from now on (readings, for one) is sealed with a key of its own. Twice is once.
        """
        self._chain.lock()
        if self.destroyed_position(record_id) is not None:
            return
        now = self._clock()
        head = self.head(record_id)
        for owner in (record_id, head.conversation_id):
            self._keys.destroy(owner, now)
        # What the dialogue remembers is sealed with a key that is never destroyed: it goes itself.
        talk = dialogue_trackers.c.conversation_id == head.conversation_id
        self._db.execute(delete(dialogue_trackers).where(talk))
        if not self._keys.has(_after(record_id)):  # a restore brings keys, and does this again
            self._keys.make(_after(record_id))
        self._chain.append(
            destructions,
            {
                "record_id": record_id,
                "at": now,
                "by": by,
                "agreed_by": agreed_by,
                "ground": ground,
            },
        )

    def destroyed(self) -> frozenset[str]:
        """The records whose key is gone."""
        return frozenset(self._db.execute(select(destructions.c.record_id)).scalars())

    def destroyed_position(self, record_id: str) -> int | None:
        """Where in the chain the record's key was destroyed; None while it stands."""
        query = select(destructions.c.position).where(destructions.c.record_id == record_id)
        return self._db.execute(query).scalar_one_or_none()

    def content(self, record_id: str, seq: int) -> str:
        """What is sealed in a line, salt and all: with it an export proves the line.

        Raises:
            ContentDestroyed: Its key is gone.
        """
        query = select(entries).where(entries.c.record_id == record_id, entries.c.seq == seq)
        return self._open(self._db.execute(query).one())

    def _open(self, row: Row[Any]) -> str:
        key = self._key_at(row.record_id, row.position)
        return self._keys.vault.open(key, row.sealed, f"entry/{row.seq}")

    def _key_now(self, record_id: str) -> DataKey:
        try:
            return self._keys.of(record_id)
        except ContentDestroyed:
            return self._keys.of(_after(record_id))

    def _key_at(self, record_id: str, position: int) -> DataKey:
        try:
            return self._keys.of(record_id)
        except ContentDestroyed:
            if position < (self.destroyed_position(record_id) or 0):
                raise
            return self._keys.of(_after(record_id))

    def _entry(self, row: Row[Any]) -> Entry:
        try:
            content = json.loads(self._open(row))
        except ContentDestroyed:
            content = {"text": "", "value": None}
        return Entry(
            seq=row.seq,
            kind=EntryKind(row.kind),
            text=Secret(content["text"]),
            by=row.by,
            told_at=row.told_at,
            happened_at=row.happened_at,
            written_at=row.written_at,
            topic=row.topic,
            links_to=row.links_to,
            relation=row.relation,
            value=content["value"],
            hash=row.hash,
            source_key=row.source_key,
            destroyed="salt" not in content,
        )


def _content(entry: NewEntry) -> str:
    """What is sealed. JSON escapes what is not ASCII, so lone surrogates come back as typed.

    The salt keeps the line's `content` hash from telling anybody who guesses the words.

    Raises:
        MessageTooLarge: Longer than anything a person writes.
    """
    if len(entry.text) > LONGEST_TEXT:
        raise MessageTooLarge
    salt = secrets.token_hex(SALT_BYTES)
    return json.dumps({"text": entry.text, "value": entry.value, "salt": salt})


def _after(record_id: str) -> str:
    """Whose key seals what is written after the record's own was destroyed."""
    return f"{record_id}/after"


def _head(row: Row[Any]) -> RecordHead:
    return RecordHead(
        id=row.id,
        reference=row.reference,
        kind=RecordKind(row.kind),
        conversation_id=row.conversation_id,
        reporter=row.reporter,
        opened_at=row.opened_at,
        pack=row.pack,
        pack_version=row.pack_version,
        pack_hash=row.pack_hash,
    )
