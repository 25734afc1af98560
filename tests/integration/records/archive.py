"""A store on either database, with its key file, and short ways to write in it."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine, make_url, text

from casework.facts import Entry, NewEntry, RecordHead
from casework.ports import Escalations
from casework.vocabulary import EntryKind, RecordKind
from policy.pack import load_pack
from records import checkpoints
from records.checkpoints import Checkpoint, Signer
from records.engine import make_engine, snapshot
from records.keyring import KeyRing
from records.proof import EXPORT_FORMAT, chain_lines, proof_of
from records.store import Store, is_new, migrate, prove_key
from records.vault import Vault
from records.verify import Verdict, verify
from tests.databases import empty_database

PACK = load_pack("children_and_families")
_NUMBERS = itertools.count(1)


@dataclass
class Clock:
    """Moves a second with every look, as slowly or wildly as a test wants."""

    now: datetime = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
    step: timedelta = timedelta(seconds=1)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


@dataclass(frozen=True)
class Template:
    """A database to copy, with its key."""

    kind: str
    url: str
    key_file: Path

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Archive]:
        """An archive that begins as this one stands."""
        key_file = folder / "keys" / "organisation.key"
        key_file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.key_file, key_file)
        name = str(make_url(self.url).database)
        with empty_database(self.kind, folder, template=name) as url:
            if self.kind == "sqlite":
                shutil.copy(name, str(make_url(url).database))
            archive = Archive(url, key_file)
            try:
                yield archive
            finally:
                archive.close()


class NoLadder:
    """Nobody is asked, nothing has happened."""

    def steps(self, record_id: str) -> list[Any]:
        return []

    def of_record(self, record_id: str) -> None:
        return None


@dataclass
class Archive:
    """A store as run/bootstrap.py opens it, without the ladder."""

    url: str
    key_file: Path
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.engine: Engine = make_engine(self.url)
        self.ring = KeyRing.open(self.key_file, may_make=is_new(self.engine), environment={})
        self.vault = Vault(self.ring)
        migrate(self.engine)
        prove_key(self.engine, self.vault)
        ladder = cast(Escalations, NoLadder())
        self.store = Store(self.engine, self.vault, self.clock, lambda _: ladder)
        self.signer = Signer(self.vault)

    def close(self) -> None:
        self.engine.dispose()

    def opened(self, reporter: str = "reporter") -> RecordHead:
        """A new record."""
        with self.store.work() as work:
            talk = work.conversations.open(person=reporter, channel="web")
            return work.records.open(
                kind=RecordKind.DISCLOSURE, conversation_id=talk.id, reporter=reporter, pack=PACK
            )

    def write(self, head: RecordHead, words: str, **more: Any) -> Entry:
        """One line of a record."""
        with self.store.work() as work:
            return work.records.append(head.id, line(words, **more))

    def filled(self, records: int = 3, lines: int = 4) -> list[RecordHead]:
        """Records whose lines lie between each other in the chain, and a conflict in each."""
        heads = [self.opened() for _ in range(records)]
        for n in range(lines):
            for head in heads:
                self.write(head, f"line {n} of {head.reference}")
        with self.store.work() as work:
            for head in heads:
                work.records.add_conflict(head.id, "manager")
        return heads

    def read(self, head: RecordHead) -> list[str]:
        with self.store.read() as work:
            return [str(entry.text) for entry in work.records.entries(head.id)]

    def checkpoint(self) -> Checkpoint:
        made = checkpoints.make(self.engine, self.signer, self.clock)
        assert made is not None
        return made

    def verdict(self, anchors: Sequence[Checkpoint] = ()) -> Verdict:
        with snapshot(self.engine).connect() as connection:
            return verify(connection, vault=self.vault, anchors=anchors)

    def export(self, head: RecordHead) -> str:
        """One record as an export carries it, at the latest checkpoint."""
        with self.store.read() as work:
            point = checkpoints.latest(work.connection)
            assert point is not None
            proof = proof_of(work, head.id, point)
            shown = [
                {"seq": entry.seq, "kind": str(entry.kind), "by": entry.by, "text": entry.text}
                for entry in work.records.entries(head.id)
            ]
        return json.dumps({"format": EXPORT_FORMAT, "entries": shown, "proof": proof})

    def chain(self) -> str:
        """The whole chain as a file."""
        with self.engine.connect() as connection:
            return "\n".join(chain_lines(connection))

    def anchors(self) -> list[Checkpoint]:
        """Every checkpoint so far, as a trustee keeps them."""
        with self.engine.connect() as connection:
            return list(checkpoints.every(connection))

    def unguarded(self, *statements: str) -> None:
        """What somebody does who owns the database: the guards off, then whatever they like."""
        for statement in statements:
            with self.engine.begin() as connection:
                self.guards_off(connection)
                connection.execute(text(statement))
                self._guards_on(connection)

    def guards_off(self, connection: Any) -> None:
        if connection.dialect.name == "postgresql":
            for table in GUARDED:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            return
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        self._triggers = [tuple(row) for row in connection.execute(query)]
        for name, _ in self._triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))

    def _guards_on(self, connection: Any) -> None:
        if connection.dialect.name == "postgresql":
            for table in GUARDED:
                connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
                connection.execute(
                    text(
                        "DO $$ DECLARE t record; BEGIN FOR t IN SELECT tgname FROM pg_trigger "
                        f"WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal LOOP "
                        f"EXECUTE format('ALTER TABLE {table} ENABLE ALWAYS TRIGGER %I', "
                        "t.tgname); END LOOP; END $$"
                    )
                )
            return
        for _, sql in self._triggers:
            connection.exec_driver_sql(sql)


GUARDED = (
    "records",
    "entries",
    "conflicts",
    "destructions",
    "checkpoints",
    "attempts",
    "data_keys",
)


def line(words: str, **more: Any) -> NewEntry:
    return NewEntry(
        **{
            "kind": EntryKind.WORDS,
            "text": words,
            "by": "reporter",
            "source_key": f"key-{next(_NUMBERS)}",
            **more,
        }
    )
