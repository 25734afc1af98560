"""An attached policy lies sealed in the home, and opens with the organisation's key only."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.errors import KeyUnusable
from records.policy_documents import PolicyDocuments
from tests.unit.home import Home

LINES = ("1 A marker that nobody else may read.", "2 Another.")


def test_what_is_kept_comes_back_and_lies_sealed(home: Home, tmp_path: Path) -> None:
    documents = PolicyDocuments(tmp_path, home.vault)
    documents.keep("kent_shared_lives", "ours.md", LINES)
    kept = documents.of("kent_shared_lives")
    assert kept is not None
    assert (kept.name, kept.lines) == ("ours.md", LINES)
    (file,) = (tmp_path / "uploads").rglob("*.sealed")
    assert b"marker" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_a_pack_without_a_document_has_none(home: Home, tmp_path: Path) -> None:
    assert PolicyDocuments(tmp_path, home.vault).of("kent_shared_lives") is None


def test_another_document_replaces_the_first(home: Home, tmp_path: Path) -> None:
    documents = PolicyDocuments(tmp_path, home.vault)
    documents.keep("kent_shared_lives", "old.md", ("old",))
    documents.keep("kent_shared_lives", "new.md", ("new",))
    kept = documents.of("kent_shared_lives")
    assert kept is not None
    assert kept.lines == ("new",)


def test_a_document_put_in_another_pack_s_place_does_not_open(home: Home, tmp_path: Path) -> None:
    documents = PolicyDocuments(tmp_path, home.vault)
    documents.keep("kent_shared_lives", "ours.md", LINES)
    (file,) = (tmp_path / "uploads").rglob("*.sealed")
    file.rename(file.with_name("manchester_settlement.sealed"))
    with pytest.raises(KeyUnusable):
        documents.of("manchester_settlement")
