"""What was written stays: the database itself refuses, whatever SQL it is given."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, insert, make_url, text
from sqlalchemy.exc import DBAPIError

from casework.vocabulary import utc_now
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
from escalation.tick import Ticks
from records.engine import make_engine, sqlite_url
from records.roles import SERVICE_ROLE
from records.tables import attempts
from tests.databases import on_server
from tests.integration.records.archive import GUARDED, Archive

TABLES = [table for table in GUARDED if table != "data_keys"]
ANY_COLUMN = {
    "records": "reporter",
    "entries": "kind",
    "conflicts": "person",
    "destructions": "ground",
    "checkpoints": "signature",
    "attempts": "person",
}
EVERYWHERE = [
    *[f"UPDATE {table} SET {column} = 'x'" for table, column in ANY_COLUMN.items()],
    *[f"DELETE FROM {table}" for table in TABLES],
    "DELETE FROM data_keys",
    "UPDATE data_keys SET owner = 'x'",
    "UPDATE data_keys SET wrapped = NULL",
    "UPDATE data_keys SET destroyed_at = CURRENT_TIMESTAMP",
    "UPDATE data_keys SET wrapped = wrapped, destroyed_at = NULL WHERE wrapped IS NULL",
    "INSERT INTO entries SELECT * FROM entries WHERE position = 3 "
    "ON CONFLICT (position) DO UPDATE SET kind = 'note'",
]
SQLITE_ONLY = [
    *[f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" for table in GUARDED],
    *[f"REPLACE INTO {table} SELECT * FROM {table}" for table in GUARDED],
    *[f"UPDATE OR REPLACE {table} SET {column} = 'x'" for table, column in ANY_COLUMN.items()],
    # Over another unique value than the primary key, and over the hidden row id.
    "INSERT OR REPLACE INTO entries SELECT 900, record_id, seq, kind, topic, by, links_to, "
    "relation, 'new', happened_at, told_at, written_at, content, sealed, hash, mac FROM entries",
    "INSERT OR REPLACE INTO entries SELECT 900, record_id, 900, kind, topic, by, links_to, "
    "relation, source_key, happened_at, told_at, written_at, content, sealed, hash, mac "
    "FROM entries LIMIT 1",
    "INSERT OR REPLACE INTO records SELECT 'new', reference, kind, 'new', reporter, opened_at, "
    "pack, pack_version, pack_hash, 900, hash, mac FROM records LIMIT 1",
    "INSERT OR REPLACE INTO records SELECT 'new', 'new', kind, conversation_id, reporter, "
    "opened_at, pack, pack_version, pack_hash, 900, hash, mac FROM records LIMIT 1",
    "INSERT OR REPLACE INTO records (rowid, id, reference, kind, conversation_id, reporter, "
    "opened_at, pack, pack_version, pack_hash, position, hash, mac) SELECT rowid, 'new', "
    "'new', kind, 'new', reporter, opened_at, pack, pack_version, pack_hash, 900, hash, mac "
    "FROM records LIMIT 1",
    "INSERT OR REPLACE INTO data_keys (rowid, owner) SELECT rowid, 'new' FROM data_keys LIMIT 1",
]
POSTGRESQL_ONLY = [
    *[f"TRUNCATE {table} CASCADE" for table in GUARDED],
    "SET session_replication_role = replica; UPDATE entries SET kind = 'x'",
    "WITH gone AS (DELETE FROM entries RETURNING *) SELECT * FROM gone",
    "MERGE INTO entries e USING entries f ON e.position = f.position "
    "WHEN MATCHED THEN UPDATE SET kind = 'x'",
]
# Not even asked of the owner's good will: the role of the service has no right to these.
BEYOND_THE_ROLE = [
    *[f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in GUARDED],
    *[f"DROP TRIGGER {table}_no_change ON {table}" for table in GUARDED],
    *[f"DROP TABLE {table} CASCADE" for table in GUARDED],
    *[f"TRUNCATE {table} CASCADE" for table in GUARDED],
    "ALTER TABLE entries DROP COLUMN sealed",
    "ALTER TABLE entries RENAME TO other",
    "CREATE RULE swallow AS ON INSERT TO entries DO INSTEAD NOTHING",
    "CREATE OR REPLACE FUNCTION heard_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NEW; END $$",
    "SET session_replication_role = replica",
    "UPDATE organisation_keys SET id = 'x'",
    "UPDATE alembic_version SET version_num = '0001'",
]


@pytest.fixture
def written(archive: Archive) -> Archive:
    """A row in every guarded table, a destroyed key among them."""
    first, *_ = archive.filled(records=2, lines=2)
    with archive.store.work() as work:
        work.records.destroy(first.id, by="dsl", agreed_by="trustee", ground="time_is_over")
        work.connection.execute(
            insert(attempts).values(id="a", at=work.now(), person="dsl", reference="HRD-2026-1")
        )
    archive.checkpoint()
    return archive


def contents(archive: Archive) -> dict[str, list[object]]:
    with archive.engine.connect() as connection:
        return {
            table: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]
            for table in GUARDED
        }


def test_no_statement_changes_or_removes_what_was_written(written: Archive) -> None:
    on_postgresql = written.engine.dialect.name == "postgresql"
    before = contents(written)
    assert all(before.values())
    for statement in EVERYWHERE + (POSTGRESQL_ONLY if on_postgresql else []):
        with (
            pytest.raises(DBAPIError, match=r"append only|violates|constraint"),
            written.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)
        assert contents(written) == before, statement


def test_no_tool_on_the_file_replaces_a_row(written: Archive) -> None:
    """A plain connection, as another tool opens it: none of our pragmas are set."""
    if written.engine.dialect.name != "sqlite":
        assert "INSERT OR REPLACE" not in "".join(POSTGRESQL_ONLY)  # it is SQLite's own
        return
    before = contents(written)
    for statement in EVERYWHERE + SQLITE_ONLY:
        raw = sqlite3.connect(str(make_url(written.url).database), isolation_level=None)
        with contextlib.closing(raw), pytest.raises(sqlite3.DatabaseError):
            raw.execute(statement)
        assert contents(written) == before, statement


@contextlib.contextmanager
def as_service(archive: Archive) -> Iterator[str]:
    """The address of the same database for a login that is a member of the service's role."""
    name = f"heard_login_{uuid4().hex[:12]}"
    on_server(f"CREATE ROLE {name} LOGIN IN ROLE {SERVICE_ROLE}")
    try:
        yield make_url(archive.url).set(username=name).render_as_string(hide_password=False)
    finally:
        with archive.engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {name}"))
        on_server(f"DROP ROLE {name}")


def test_the_role_of_the_service_works_and_has_no_right_to_more(written: Archive) -> None:
    if written.engine.dialect.name != "postgresql":
        assert written.verdict().fault is None  # SQLite has no roles: triggers and chain stand
        return
    before = contents(written)
    with as_service(written) as url:
        engine = create_engine(url)
        for statement in [*EVERYWHERE, *BEYOND_THE_ROLE]:
            with (
                pytest.raises(DBAPIError, match=r"permission denied|must be owner|append only"),
                engine.begin() as connection,
            ):
                connection.exec_driver_sql(statement)
        engine.dispose()
        assert contents(written) == before
        service = Archive(url, written.key_file)
        head = service.opened()
        service.write(head, "as the service")
        assert service.read(head) == ["as the service"]
        service.checkpoint()
        assert service.verdict().fault is None
        service.close()
        ladder = make_engine(url)
        durable = DurableEngine(ladder, utc_now)  # it makes its own tables, in its own schema
        durable.launch(Ticks(ladder, cast(Surroundings, None)))
        durable.stop()
        ladder.dispose()


def test_what_is_acknowledged_is_on_the_disk(archive: Archive) -> None:
    """Drill 3, as far as it can be tried without cutting the power: every connection asks for it,
    and what a crash leaves in the files at that moment holds it."""
    head = archive.opened()
    with archive.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
            return
        pragmas = ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys")
        set_to = [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in pragmas]
    assert set_to == ["wal", 2, 1, 1]
    archive.write(head, "acknowledged")
    file = Path(str(make_url(archive.url).database))
    crashed = file.with_name("crashed.db")
    for end in ("", "-wal"):  # without the shared memory, which a power cut takes
        shutil.copy(f"{file}{end}", f"{crashed}{end}")
    after = Archive(sqlite_url(crashed), archive.key_file)
    assert after.read(head) == ["acknowledged"]
    after.close()


def test_dropped_or_silenced_guards_are_found(written: Archive) -> None:
    on_postgresql = written.engine.dialect.name == "postgresql"
    with written.engine.begin() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE entries ENABLE TRIGGER entries_no_change"
            if on_postgresql
            else "DROP TRIGGER entries_no_update"
        )
    assert "guard entries_no" in str(written.verdict().fault)


def test_a_destroyed_key_stays_destroyed_and_its_words_are_gone(archive: Archive) -> None:
    head, other = archive.filled(records=2, lines=2)
    with archive.store.work() as work:
        work.records.destroy(head.id, by="dsl", agreed_by="trustee", ground="time_is_over")
    with archive.store.work() as work:  # twice is once
        work.records.destroy(head.id, by="dsl", agreed_by="trustee", ground="time_is_over")
    archive.write(head, "read again by the trustee")
    with archive.store.read() as work:
        lines = work.records.entries(head.id)
    assert [(str(one.text), one.destroyed) for one in lines] == [
        ("", True),
        ("", True),
        ("read again by the trustee", False),
    ]
    assert all(archive.read(other))
    assert archive.verdict().fault is None
