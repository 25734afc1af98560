"""Keys: a wrong or missing one is refused, and nothing opens in a place it was not sealed for."""

import base64
from pathlib import Path

import pytest

from casework.errors import KeyUnusable
from records.engine import make_engine, sqlite_url
from records.keyring import KeyRing, key_id_of
from records.store import is_new, migrate, prove_key
from records.vault import DataKey, Vault

OURS, OTHERS = b"a" * 32, b"b" * 32


def opened(path: Path, *, may_make: bool = False) -> KeyRing:
    return KeyRing.open(path, may_make=may_make, environment={})


def test_a_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "organisation.key"
    made = opened(path, may_make=True)
    assert opened(path).held() == made.held()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["organisation.key"]


def test_a_missing_key_beside_sealed_data_is_refused_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="missing"):
        opened(tmp_path / "organisation.key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "organisation.key"
    opened(path, may_make=True)
    path.chmod(mode)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        opened(path)


@pytest.mark.parametrize(
    "content", [b"", b"not base64 at all", b"c2hvcnQ=", b"\xff\xfe\x00", b"\n"]
)
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "organisation.key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(KeyUnusable, match="does not hold a key"):
        opened(path)


def test_a_key_in_the_environment_needs_no_file(tmp_path: Path) -> None:
    given = {"HEARD_KEY": base64.b64encode(OURS).decode()}
    ring = KeyRing.open(tmp_path / "no.key", may_make=True, environment=given)
    assert ring.ids() == (key_id_of(OURS),)
    assert list(tmp_path.iterdir()) == []


def test_a_store_refuses_a_key_it_was_not_made_with(tmp_path: Path) -> None:
    engine = make_engine(sqlite_url(tmp_path / "heard.db"))
    assert is_new(engine)
    migrate(engine)
    prove_key(engine, Vault(KeyRing([OURS])))
    assert not is_new(engine)
    with pytest.raises(KeyUnusable, match="is missing"):
        prove_key(engine, Vault(KeyRing([OTHERS])))
    engine.dispose()


def test_nothing_is_derived_before_the_key_was_proved() -> None:
    with pytest.raises(KeyUnusable):
        Vault(KeyRing([OURS])).derive("tracker")


def test_sealed_text_opens_only_in_its_own_place() -> None:
    vault = Vault(KeyRing([OURS]))
    key = vault.new_data_key("record-1", key_id_of(OURS))
    sealed = vault.seal(key, "words", "entry/1")
    assert vault.open(key, sealed, "entry/1") == "words"
    moved = DataKey("record-2", key.wrapped_by, key.wrapped)
    for other, place in ((key, "entry/2"), (moved, "entry/1")):
        with pytest.raises(KeyUnusable):
            vault.open(other, sealed, place)


def test_no_changed_bit_opens() -> None:
    vault = Vault(KeyRing([OURS]))
    key = vault.new_data_key("record-1", key_id_of(OURS))
    sealed = vault.seal(key, "words", "entry/1")
    for n in range(len(sealed)):
        changed = sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :]
        with pytest.raises(KeyUnusable):
            vault.open(key, changed, "entry/1")


def test_a_key_never_shows_itself() -> None:
    vault = Vault(KeyRing([OURS]))
    key = vault.new_data_key("record-1", key_id_of(OURS))
    assert "wrapped=" not in repr(key)
    assert "aaaa" not in repr(KeyRing([OURS]))
