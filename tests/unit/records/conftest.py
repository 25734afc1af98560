"""A store on a real SQLite file, with a ladder that nobody climbs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from casework.ports import Escalations
from casework.vocabulary import utc_now
from records.engine import make_engine, sqlite_url
from records.keyring import KeyRing
from records.store import Store, is_new, migrate, prove_key
from records.vault import Vault


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
    key = tmp_path / "keys" / "organisation.key"
    vault = Vault(KeyRing.open(key, may_make=is_new(engine), environment={}))
    migrate(engine)
    prove_key(engine, vault)
    yield Store(engine, vault, utc_now, lambda _: cast(Escalations, NoLadder()))
    engine.dispose()
