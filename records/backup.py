"""Backups of a running system: everything but the keys, sealed, proved by being restored.

The rows are read in one snapshot and written in a form of our own, so one backup can be restored
into SQLite and into PostgreSQL. Not in it: data keys (records/key_copy.py), browser sessions, and
the dialogue's trackers, which hold what was typed under a key that is never destroyed.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, delete, insert, select, text

from casework.errors import BackupUnusable, ChainBroken, FileUnusable
from casework.ports import Clock
from records import checkpoints, key_copy
from records.checkpoints import Checkpoint, Signer
from records.engine import as_unavailable, make_engine, snapshot, sqlite_url
from records.key_copy import KeyCopy
from records.sealed_file import read_header, read_sealed, write_sealed
from records.store import migrate
from records.tables import chain_head, data_keys, organisation_keys, passing
from records.vault import Vault
from records.verify import Verdict, verify

FORMAT = "heard backup 1"
PURPOSE = "backup"
AT_ONCE = 500
LEFT_OUT = frozenset(table.name for table in (*passing, data_keys, organisation_keys))


@dataclass(frozen=True)
class Made:
    """A backup that was restored once, and found whole."""

    file: Path
    keys: Path
    verdict: Verdict


def back_up(
    engine: Engine, vault: Vault, tables: Sequence[Table], folder: Path, clock: Clock
) -> Made:
    """Writes a backup beside the newest copy of the keys, and restores it into a scratch place.

    Raises:
        ChainBroken: What is here does not verify, so it is not what should be kept.
        BackupUnusable: What was written cannot be restored, or would bring back a destroyed key.
        FileUnusable: The folder cannot be written. An unfinished file is not left behind.
    """
    checkpoints.make(engine, Signer(vault), clock)
    now = clock()
    file = folder / f"heard-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with as_unavailable(), snapshot(engine).connect() as connection:
            copy = KeyCopy.of(connection)
            _write(unfinished, vault, _header(connection, now), _lines(connection, tables))
        copy.write(folder / key_copy.NAME, vault)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".scratch-") as scratch:
            target = make_engine(sqlite_url(Path(scratch) / "scratch.db"))
            verdict = put_back(target, vault, copy, unfinished, ())
            target.dispose()
        unfinished.replace(file)
    except OSError as error:
        raise FileUnusable(f"{folder} cannot be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):  # the folder may not even be one
            unfinished.unlink(missing_ok=True)
    return Made(file, folder / key_copy.NAME, verdict)


def put_back(
    engine: Engine, vault: Vault, copy: KeyCopy, file: Path, anchors: Sequence[Checkpoint]
) -> Verdict:
    """Puts a backup into an empty database, in one transaction, and verifies it there.

    Raises:
        BackupUnusable: Damaged, of another store, or newer than the copy of the keys. Nothing
            was put back.
        ChainBroken: Its chain does not verify.
    """
    with file.open("rb") as content:
        header, head = read_header(content)
        if header.get("format") != FORMAT:
            raise BackupUnusable(f"{file.name} is not a backup of Heard.")
        migrate(engine, str(header["revision"]))
        with as_unavailable(), engine.begin() as connection:
            _fill(connection, read_sealed(content, vault.derive(PURPOSE), head))
            copy.put_into(connection)
            _refuse_missing_keys(connection)
    migrate(engine)
    with snapshot(engine).connect() as connection:
        verdict = verify(connection, vault=vault, anchors=anchors)
    if verdict.fault is not None:
        raise ChainBroken(f"The chain of this backup is broken: {verdict.fault}.")
    return verdict


def _header(connection: Connection, now: datetime) -> dict[str, Any]:
    revision = MigrationContext.configure(connection).get_current_revision()
    newest = checkpoints.latest(connection)
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "revision": revision,
        "checkpoint": newest.number if newest else 0,
    }


def _write(path: Path, vault: Vault, header: dict[str, Any], lines: Iterator[str]) -> None:
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        write_sealed(file, vault.derive(PURPOSE), header, lines)
        file.flush()
        os.fsync(file.fileno())


def _lines(connection: Connection, tables: Sequence[Table]) -> Iterator[str]:
    for table in tables:
        if table.name in LEFT_OUT:
            continue
        for row in connection.execute(select(table).execution_options(yield_per=AT_ONCE)):
            values = {name: _plain(value) for name, value in row._asdict().items()}
            yield json.dumps([table.name, values])


def _fill(connection: Connection, lines: Iterator[str]) -> None:
    standing = MetaData()
    standing.reflect(connection)
    connection.execute(delete(chain_head))  # the migration has put the first one there
    waiting: list[dict[str, Any]] = []
    name = ""
    for line in lines:
        table, values = json.loads(line)
        if table != name or len(waiting) >= AT_ONCE:
            _insert(connection, standing, name, waiting)
            name, waiting = table, []
        waiting.append({key: _value(connection, value) for key, value in values.items()})
    _insert(connection, standing, name, waiting)
    _go_on_counting(connection, standing)


def _insert(
    connection: Connection, standing: MetaData, name: str, rows: list[dict[str, Any]]
) -> None:
    if not rows:
        return
    if name not in standing.tables:
        raise BackupUnusable(f"This backup holds {name}, which this version does not know.")
    connection.execute(insert(standing.tables[name]), rows)


def _go_on_counting(connection: Connection, standing: MetaData) -> None:
    """PostgreSQL counts on from where the rows end."""
    if connection.dialect.name != "postgresql":
        return
    for table in standing.sorted_tables:
        for column in table.primary_key:
            if column.autoincrement is True or column.server_default is not None:
                query = (
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                    f"(SELECT COALESCE(MAX({column.name}), 0) + 1 FROM {table.name}), false)"
                )
                connection.execute(text(query))


def _refuse_missing_keys(connection: Connection) -> None:
    """Every record and conversation has its key, or the mark of a destroyed one."""
    for table in ("records", "conversations"):
        query = text(f"SELECT COUNT(*) FROM {table} WHERE id NOT IN (SELECT owner FROM data_keys)")
        missing = connection.execute(query).scalar_one()
        if missing:
            raise BackupUnusable(
                f"The copy of the keys is older than this backup: {missing} keys are not in it. "
                "Use the heard.keys that was written with this backup, or a later one."
            )


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, dict | list):
        return {"json": value}
    return value


def _value(connection: Connection, plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    ((kind, content),) = plain.items()
    if kind == "bytes":
        return base64.b64decode(content)
    if kind == "json":
        return content
    at = datetime.fromisoformat(content).astimezone(UTC)
    return at.replace(tzinfo=None) if connection.dialect.name == "sqlite" else at
