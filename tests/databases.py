"""Databases for tests: SQLite always, PostgreSQL wherever a server answers.

The server is HEARD_TEST_POSTGRES (an address without a database name), or the one on this
machine. Each database is made for its test and dropped after it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from records.engine import sqlite_url

SERVER = os.environ.get("HEARD_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/")


@cache
def kinds() -> tuple[str, ...]:
    """The databases that can be used here. Where nothing may be left out both must be."""
    return ("sqlite", "postgresql") if _answers() else ("sqlite",)


def _answers() -> bool:
    if os.environ.get("HEARD_TEST_NOTHING_LEFT_OUT"):
        return True
    engine = create_engine(server(), connect_args={"connect_timeout": 2})
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


def server(database: str = "postgres") -> URL:
    """The address of a database on the server."""
    return make_url(SERVER).set(database=database)


def on_server(*statements: str) -> None:
    """Runs what cannot run in a transaction."""
    engine = create_engine(server(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def empty_database(kind: str, folder: Path, template: str | None = None) -> Iterator[str]:
    """The address of a database of its own. `template`: on PostgreSQL, one to start from."""
    name = f"heard_test_{uuid4().hex}"
    if kind == "sqlite":
        yield sqlite_url(folder / f"{name}.db")
        return
    on_server(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    try:
        yield server(name).render_as_string(hide_password=False)
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")
