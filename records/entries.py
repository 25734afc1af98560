"""Records and their entries: written once, chained, sealed; never changed.

The entry that a person reads is the one that was typed: no trimming, no normalising.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from casework.errors import UnknownRecord
from casework.facts import Entry, NewEntry, RecordHead, Secret
from casework.ports import Clock
from casework.vocabulary import EntryKind, RecordKind, Status, Topic, reference
from policy.pack import Pack
from records.chain import GENESIS, entry_hash
from records.conversations import new_id
from records.tables import chain_head, conflicts, counters, entries, records
from records.vault import Vault


class RecordRows:
    """Implements casework.ports.Records over one open transaction."""

    def __init__(self, connection: Connection, vault: Vault, clock: Clock) -> None:
        self._db = connection
        self._vault = vault
        self._clock = clock
        self._keys: dict[str, bytes] = {}

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
            "wrapped_key": self._vault.new_wrapped_key(record_id),
        }
        self._db.execute(insert(records).values(values))
        return self.head(record_id)

    def _next_number(self, name: str) -> int:
        dialect = postgresql if self._db.dialect.name == "postgresql" else sqlite
        first = dialect.insert(counters).values(name=name, value=1)
        query = first.on_conflict_do_update(
            index_elements=["name"], set_={"value": counters.c.value + 1}
        ).returning(counters.c.value)
        return int(self._db.execute(query).scalar_one())

    def append(self, record_id: str, entry: NewEntry) -> Entry:
        standing = self.written(record_id, entry.source_key)
        if standing is not None:
            return standing
        position, previous = self._lock_head()
        row = self._row(record_id, entry, position)
        row["hash"] = entry_hash(row, previous)
        self._db.execute(insert(entries).values(row))
        self._db.execute(
            update(chain_head)
            .where(chain_head.c.id == 1)
            .values(position=position, hash=row["hash"])
        )
        written = self.written(record_id, entry.source_key)
        assert written is not None  # it was written in this transaction
        return written

    def _lock_head(self) -> tuple[int, str]:
        """The next position and the hash before it; other writers wait until we commit."""
        head = self._db.execute(select(chain_head).with_for_update()).one_or_none()
        if head is None:
            self._db.execute(insert(chain_head).values(id=1, position=0, hash=GENESIS))
            return 1, GENESIS
        return head.position + 1, head.hash

    def _row(self, record_id: str, entry: NewEntry, position: int) -> dict[str, Any]:
        seq = self._last_seq(record_id) + 1
        place = f"entry/{seq}"
        return {
            "position": position,
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
            "sealed": self._vault.seal(self._key(record_id), record_id, _content(entry), place),
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
        if person not in self.conflicted(record_id):
            values = {"record_id": record_id, "person": person, "at": self._clock()}
            self._db.execute(insert(conflicts).values(values))

    def conflicted(self, record_id: str) -> frozenset[str]:
        query = select(conflicts.c.person).where(conflicts.c.record_id == record_id)
        return frozenset(self._db.execute(query).scalars())

    def _key(self, record_id: str) -> bytes:
        if record_id not in self._keys:
            query = select(records.c.wrapped_key).where(records.c.id == record_id)
            self._keys[record_id] = self._db.execute(query).scalar_one()
        return self._keys[record_id]

    def _entry(self, row: Row[Any]) -> Entry:
        content = json.loads(
            self._vault.open(
                self._key(row.record_id), row.record_id, row.sealed, f"entry/{row.seq}"
            )
        )
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
        )


def _content(entry: NewEntry) -> str:
    """What is sealed. JSON escapes what is not ASCII, so lone surrogates come back as typed."""
    return json.dumps({"text": entry.text, "value": entry.value})


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
