"""Every test here runs on SQLite, and on PostgreSQL wherever a server answers.

The server is HEARD_TEST_POSTGRES (an address without a database name), or the one on this
machine. The databases are made for the run and dropped after it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, create_engine, delete, make_url, text
from sqlalchemy.exc import OperationalError

from escalation.routes import NO_ROUTES
from escalation.tables import deliveries, escalations
from records.engine import make_engine, sqlite_url
from records.store import migrate
from tests.integration.escalation.processes import Desk
from tests.integration.escalation.serve import FileRoute
from tests.integration.escalation.town import Town

SERVER = os.environ.get("HEARD_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/")


@cache
def answers() -> bool:
    """Whether a PostgreSQL server can be used. Where nothing may be left out it must be."""
    if os.environ.get("HEARD_TEST_NOTHING_LEFT_OUT"):
        return True
    engine = create_engine(_server(), connect_args={"connect_timeout": 2})
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The database is a parameter, so the report names every one that was used."""
    databases = ["sqlite", "postgresql"] if answers() else ["sqlite"]
    for fixture, scope in (("database", "session"), ("own_database", "function")):
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(fixture, databases, indirect=True, scope=scope)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which databases the ladder was tried on."""
    where = make_url(SERVER).render_as_string(hide_password=True)
    said = f"also on PostgreSQL at {where}" if answers() else f"SQLite only: none at {where}"
    terminalreporter.write_line(f"escalation: {said}")


@pytest.fixture(scope="session")
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a migrated database that tests share, one after the other."""
    yield from _migrated(request.param, tmp_path_factory.mktemp("ladder"))


@pytest.fixture
def own_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database that no other test has seen."""
    yield from _migrated(request.param, tmp_path)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = make_engine(database)
    with engine.begin() as connection:
        connection.execute(delete(deliveries))
        connection.execute(delete(escalations))
    yield engine
    engine.dispose()


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)


@pytest.fixture
def sends(tmp_path: Path) -> Path:
    """The file into which the services of a test send; without it they reach nobody."""
    path = tmp_path / "sends"
    path.touch()
    return path


@pytest.fixture
def desk(request: pytest.FixtureRequest, own_database: str) -> Iterator[Desk]:
    """A desk beside those services, with the same routes as they have."""
    sends = request.getfixturevalue("sends") if "sends" in request.fixturenames else None
    engine = make_engine(own_database)
    desk = Desk(engine, FileRoute.routes(sends) if sends else NO_ROUTES)
    yield desk
    desk.durable.stop()
    engine.dispose()


def _migrated(kind: str, folder: Path) -> Iterator[str]:
    name = f"heard_test_{uuid4().hex}"
    if kind == "sqlite":
        yield _made(sqlite_url(folder / f"{name}.db"))
        return
    _on_server(f"CREATE DATABASE {name}")
    try:
        yield _made(_server(name).render_as_string(hide_password=False))
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _made(url: str) -> str:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()
    return url


def _server(database: str = "postgres") -> URL:
    return make_url(SERVER).set(database=database)


def _on_server(statement: str) -> None:
    engine = create_engine(_server(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
