"""A store on a real SQLite file, with a ladder that nobody climbs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from casework.ports import Escalations
from casework.vocabulary import utc_now
from records.engine import make_engine, sqlite_url
from records.store import Store, is_new, migrate, prove_key
from records.vault import Vault, read_or_make_key


class NoLadder:
    """Nobody is asked, nothing has happened."""

    def steps(self, record_id: str) -> list[Any]:
        return []

    def of_record(self, record_id: str) -> None:
        return None


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "heard.db"


@pytest.fixture
def store(database: Path, tmp_path: Path) -> Iterator[Store]:
    engine = make_engine(sqlite_url(database))
    vault = Vault(read_or_make_key(tmp_path / "keys" / "organisation.key", may_make=is_new(engine)))
    migrate(engine)
    prove_key(engine, vault)
    yield Store(engine, vault, utc_now, lambda _: cast(Escalations, NoLadder()))
    engine.dispose()
