"""Keys: a wrong or missing one is refused, and nothing opens in a place it was not sealed for."""

from pathlib import Path

import pytest

from casework.errors import KeyUnusable
from records.engine import make_engine, sqlite_url
from records.store import is_new, migrate, prove_key
from records.vault import Vault, read_or_make_key


def test_a_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "organisation.key"
    made = read_or_make_key(path, may_make=True)
    assert read_or_make_key(path, may_make=False) == made
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_missing_key_beside_sealed_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="missing"):
        read_or_make_key(tmp_path / "organisation.key", may_make=False)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "organisation.key"
    read_or_make_key(path, may_make=True)
    path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        read_or_make_key(path, may_make=False)


def test_a_store_refuses_a_key_it_was_not_made_with(tmp_path: Path) -> None:
    engine = make_engine(sqlite_url(tmp_path / "heard.db"))
    assert is_new(engine)
    migrate(engine)
    prove_key(engine, Vault(b"a" * 32))
    assert not is_new(engine)
    with pytest.raises(KeyUnusable):
        prove_key(engine, Vault(b"b" * 32))
    engine.dispose()


def test_sealed_text_opens_only_in_its_own_place() -> None:
    vault = Vault(b"a" * 32)
    key = vault.new_wrapped_key("record-1")
    sealed = vault.seal(key, "record-1", "words", "entry/1")
    assert vault.open(key, "record-1", sealed, "entry/1") == "words"
    for owner, place in (("record-1", "entry/2"), ("record-2", "entry/1")):
        with pytest.raises(KeyUnusable):
            vault.open(key, owner, sealed, place)
