"""Step 5 of 7: record. The database, set so that a commit survives a power cut.

Source: reliability.md D1, D3, D5.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import ConnectionPoolEntry

from casework.errors import StoreUnavailable, UnusableText
from records.turns_to_write import TurnsToWrite

READ_ONLY = "heard_read_only"
WRITES = "heard_writes"
BUSY_TIMEOUT_MS = 2_000


def sqlite_url(path: Path) -> str:
    """The address of the embedded database."""
    return f"sqlite:///{path}"


def make_engine(url: str) -> Engine:
    """An engine on SQLite or PostgreSQL.

    `hide_parameters` keeps case text out of every database error (reliability.md D5).
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
        connect_args={
            "connect_timeout": BUSY_TIMEOUT_MS // 1000,
            # Whatever the server's own setting: what is acknowledged is on the disk.
            "options": f"-c lock_timeout={BUSY_TIMEOUT_MS} -c synchronous_commit=on",
        },
    )


@contextmanager
def as_unavailable() -> Iterator[None]:
    """A locked, full or stopped database raises StoreUnavailable, an id that cannot be kept
    UnusableText; nothing of the block was kept."""
    try:
        yield
    except (DataError, UnicodeEncodeError) as error:
        raise UnusableText from error
    except (DBAPIError, NoConnectionFree) as error:
        # The driver's text is left out: it can hold values (reliability.md D5).
        raise StoreUnavailable from error


def snapshot(engine: Engine) -> Engine:
    """The same engine, for transactions that only read and see one moment from first to last.

    On PostgreSQL each statement would otherwise see what was committed since the one before it,
    and a chain that grows while it is read would look broken.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READ_ONLY: True})
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path:
        _create_private(Path(path))
    engine = create_engine(
        url,
        hide_parameters=True,
        # Whoever waits for a turn to write holds a connection meanwhile: who reads must not wait
        # for that. The threads of the process are what limits them.
        max_overflow=-1,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_pragmas)
    _write_in_turn(engine)
    return engine


def _create_private(path: Path) -> None:
    """The file is readable by its owner only, from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _set_pragmas(connection: Any, _record: Any) -> None:
    """FULL keeps the last commit through a power cut; recursive_triggers stops INSERT OR REPLACE
    from walking past the append-only triggers; secure_delete leaves no old page behind."""
    connection.isolation_level = None  # we say BEGIN ourselves, see _write_in_turn
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_in_turn(engine: Engine) -> None:
    """IMMEDIATE takes the write lock at once: a transaction that reads and then writes can
    otherwise fail in the middle, when another one wrote in between. Within the process they wait
    for it in order, and no longer for both together than BUSY_TIMEOUT_MS."""
    turns = TurnsToWrite()

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(READ_ONLY, False):
            connection.exec_driver_sql("BEGIN")
            return
        held = connection.connection.record_info
        assert held is not None  # every connection of the pool has one
        if WRITES not in held:
            left = turns.take(BUSY_TIMEOUT_MS / 1000)
            held[WRITES] = True
            connection.exec_driver_sql(f"PRAGMA busy_timeout={int(left * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def give_back(_connection: Any, entry: ConnectionPoolEntry) -> None:
        if entry.record_info is not None and entry.record_info.pop(WRITES, False):
            turns.give()

    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", give_back)
