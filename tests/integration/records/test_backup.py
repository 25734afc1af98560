"""A backup of a running system comes back whole, and only when it is what it should be."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from casework.errors import BackupUnusable, ChainBroken, FileUnusable, HeardError, KeyUnusable
from casework.vocabulary import utc_now
from escalation.tables import metadata as escalation_tables
from records import key_copy
from records.backup import Made, back_up
from records.checkpoints import Checkpoint
from records.engine import make_engine
from records.keyring import KeyRing
from records.restore import Restored, restore
from records.rotation import rotate
from records.tables import metadata
from records.vault import Vault
from tests.databases import empty_database, kinds
from tests.integration.records.archive import Archive
from tests.integration.records.tampering import rehash, resign
from tests.integration.records.test_rotation import python

TABLES = [*metadata.sorted_tables, *escalation_tables.sorted_tables]


def backed_up(archive: Archive, folder: Path) -> Made:
    return back_up(archive.engine, archive.vault, TABLES, folder, archive.clock)


@contextmanager
def somewhere_else(
    archive: Archive, folder: Path, kind: str | None = None, key: Path | None = None
) -> Iterator[tuple[str, Path]]:
    """An empty database on another machine, and the key file that was brought there."""
    folder.mkdir()
    key_file = folder / "organisation.key"
    shutil.copy(key or archive.key_file, key_file)
    with empty_database(kind or archive.engine.dialect.name, folder) as url:
        yield url, key_file


def put(
    url: str,
    key_file: Path,
    made: Made,
    anchors: list[Checkpoint] | None = None,
    accept_loss: bool = False,
    keys: Path | None = None,
) -> Restored:
    engine = make_engine(url)
    vault = Vault(KeyRing.open(key_file, may_make=False, environment={}))
    given = keys or made.keys
    try:
        return restore(
            engine,
            vault,
            made.file,
            given,
            anchors=anchors or [],
            accept_loss=accept_loss,
            clock=utc_now,
        )
    finally:
        engine.dispose()


@pytest.mark.parametrize("onto", kinds())
def test_everything_comes_back_on_either_database(
    archive: Archive, onto: str, tmp_path: Path
) -> None:
    heads = archive.filled()
    archive.checkpoint()
    with archive.store.work() as work:
        work.conversations.open(person="reporter", channel="web")
        turn = work.turns.add(heads[0].conversation_id, {"replies": ["hello"]})
    made = backed_up(archive, tmp_path / "backups")
    with somewhere_else(archive, tmp_path / "there", onto) as (url, key_file):
        done = put(url, key_file, made, archive.anchors())
        assert done.verdict.entries == archive.verdict().entries
        assert done.verdict.anchored == done.verdict.entries
        there = Archive(url, key_file)
        assert [there.read(head) for head in heads] == [archive.read(head) for head in heads]
        there.write(heads[0], "and it goes on")
        with there.store.work() as work:
            assert work.turns.add(heads[0].conversation_id, {}).id > turn.id
        there.checkpoint()
        assert there.verdict(archive.anchors()).fault is None
        there.close()


def test_a_backup_while_people_write_holds_every_entry_up_to_its_checkpoint(
    archive: Archive, tmp_path: Path
) -> None:
    head = archive.opened()
    notes = tmp_path / "acks"
    writer = python("tests.integration.records.writing", archive, head.id, str(notes))
    try:
        while not notes.exists() or len(notes.read_text().splitlines()) < 5:
            assert writer.poll() is None
        before = notes.read_text().splitlines()
        made = backed_up(archive, tmp_path / "backups")
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    with somewhere_else(archive, tmp_path / "there") as (url, key_file):
        put(url, key_file, made)
        there = Archive(url, key_file)
        assert set(before) <= set(there.read(head))
        there.close()


def test_no_word_and_no_key_stands_in_the_files(archive: Archive, tmp_path: Path) -> None:
    head = archive.opened()
    archive.write(head, "marker-in-the-words")
    made = backed_up(archive, tmp_path / "backups")
    for file in (made.file, made.keys):
        content = file.read_bytes()
        assert b"marker-in" not in content
        assert head.reference.encode() not in content
        assert all(key not in content for key in archive.ring.held())
        assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in made.file.parent.iterdir()) == sorted(
        [made.file.name, made.keys.name]
    )


def test_a_damaged_backup_is_refused_wherever_it_is_damaged(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.sealed_file.PIECE_BYTES", 700)
    archive.filled()
    made = backed_up(archive, tmp_path / "backups")
    whole = made.file.read_bytes()
    chance = random.Random(4)
    spoiled = [b"", whole[:-1], whole[:-200], whole[: len(whole) // 2], whole + b"x", b"\x00" * 99]
    for _ in range(12):
        place = chance.randrange(len(whole))
        spoiled.append(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    piece = whole.index(b"\n") + 1
    spoiled.append(whole[:piece] + whole[piece + 720 :])  # the first piece left out
    with somewhere_else(archive, tmp_path / "there", "sqlite") as (url, key_file):
        for content in spoiled:
            made.file.write_bytes(content)
            with pytest.raises(HeardError):
                put(url, key_file, made)
        made.file.write_bytes(whole)
        put(url, key_file, made)  # and not one of them has left anything behind


def test_a_copy_of_keys_that_is_missing_changed_or_too_old_is_refused(
    archive: Archive, tmp_path: Path
) -> None:
    archive.filled(records=1)
    made = backed_up(archive, tmp_path / "backups")
    old = tmp_path / "old.keys"
    shutil.copy(made.keys, old)
    archive.opened()
    archive.clock()
    newer = backed_up(archive, tmp_path / "backups")
    changed = tmp_path / "changed.keys"
    changed.write_bytes(old.read_bytes().replace(b'"sealed": "', b'"sealed": "AAAA'))
    with somewhere_else(archive, tmp_path / "there", "sqlite") as (url, key_file):
        for keys, said in ((tmp_path / "no.keys", "missing"), (changed, "changed"), (old, "older")):
            with pytest.raises(BackupUnusable, match=said):
                put(url, key_file, newer, keys=keys)
        put(url, key_file, newer)


def test_another_organisations_key_opens_nothing(archive: Archive, tmp_path: Path) -> None:
    archive.filled(records=1)
    made = backed_up(archive, tmp_path / "backups")
    other = tmp_path / "other.key"
    KeyRing.open(other, may_make=True, environment={})
    with (
        somewhere_else(archive, tmp_path / "there", "sqlite", other) as (url, key_file),
        pytest.raises(KeyUnusable, match="is missing"),
    ):
        put(url, key_file, made)


def test_a_backup_older_than_what_is_known_outside_is_refused_unless_told(
    archive: Archive, tmp_path: Path
) -> None:
    head, *_ = archive.filled(records=1)
    made = backed_up(archive, tmp_path / "backups")
    archive.write(head, "after the backup")
    later = archive.checkpoint()
    with somewhere_else(archive, tmp_path / "there") as (url, key_file):
        with pytest.raises(BackupUnusable, match="--accept-loss"):
            put(url, key_file, made, archive.anchors())
        done = put(url, key_file, made, archive.anchors(), accept_loss=True)
        assert [one.number for one in done.lost] == [later.number]
        assert "was lost at a restore" in done.verdict.notes[0]
        there = Archive(url, key_file)
        there.write(head, "goes on")
        assert there.checkpoint().number == later.number + 2  # a lost number is not used again
        verdict = there.verdict(archive.anchors())
        assert (verdict.fault, len(verdict.notes)) == (None, 1)
        there.close()


def test_a_backup_that_is_not_what_was_anchored_is_refused(
    archive: Archive, tmp_path: Path
) -> None:
    """Somebody with all keys has written everything anew before it was backed up."""
    archive.filled()
    archive.checkpoint()
    anchors = archive.anchors()
    archive.unguarded("UPDATE entries SET by = 'dsl' WHERE position = 7")
    rehash(archive, with_key=True)
    resign(archive)
    made = backed_up(archive, tmp_path / "backups")
    with (
        somewhere_else(archive, tmp_path / "there", "sqlite") as (url, key_file),
        pytest.raises(ChainBroken, match="was signed for"),
    ):
        put(url, key_file, made, anchors)


def test_a_broken_chain_is_not_backed_up(archive: Archive, tmp_path: Path) -> None:
    archive.filled()
    archive.unguarded("UPDATE entries SET by = 'dsl' WHERE position = 7")
    with pytest.raises(ChainBroken, match="entry 7 "):
        backed_up(archive, tmp_path / "backups")
    assert not (tmp_path / "backups").exists()


def test_what_was_destroyed_stays_destroyed_in_every_backup(
    archive: Archive, tmp_path: Path
) -> None:
    """Drill 28: the backup is from before, the copy of the keys from after."""
    gone, kept = archive.filled(records=2)
    with archive.store.work() as work:
        work.turns.add(gone.conversation_id, {"replies": ["their words"]})
    made = backed_up(archive, tmp_path / "backups")
    old_keys = tmp_path / "old.keys"
    shutil.copy(made.keys, old_keys)
    with archive.store.work() as work:
        work.records.destroy(gone.id, by="dsl", agreed_by="trustee", ground="time_is_over")
    archive.clock()
    backed_up(archive, tmp_path / "backups")
    with somewhere_else(archive, tmp_path / "there") as (url, key_file):
        done = put(url, key_file, made, accept_loss=True)
        assert done.destroyed_again == 1
        assert_destroyed(url, key_file, gone.id, kept.id)
    # Even with an old copy of the keys that somebody kept: the anchors know.
    with somewhere_else(archive, tmp_path / "again") as (url, key_file):
        done = put(url, key_file, made, archive.anchors(), accept_loss=True, keys=old_keys)
        assert done.destroyed_again == 1
        assert_destroyed(url, key_file, gone.id, kept.id)


def assert_destroyed(url: str, key_file: Path, gone: str, kept: str) -> None:
    there = Archive(url, key_file)
    with there.store.read() as work:
        assert {str(one.text) for one in work.records.entries(gone)} == {""}
        assert all(str(one.text) for one in work.records.entries(kept))
        head = work.records.head(gone)
        with pytest.raises(HeardError):
            work.turns.after(head.conversation_id, 0)
    assert there.verdict().fault is None
    there.close()


def test_an_older_store_cannot_bring_destroyed_keys_back_into_the_copy(
    archive: Archive, tmp_path: Path
) -> None:
    gone, _ = archive.filled(records=2)
    before = backed_up(archive, tmp_path / "backups")
    old = shutil.copy(before.keys, tmp_path / "old.keys")
    with somewhere_else(archive, tmp_path / "there", "sqlite") as (url, key_file):
        put(url, key_file, before, keys=Path(old))
        with archive.store.work() as work:
            work.records.destroy(gone.id, by="dsl", agreed_by="trustee", ground="time_is_over")
        archive.clock()
        backed_up(archive, tmp_path / "backups")
        there = Archive(url, key_file)
        with pytest.raises(BackupUnusable, match="older copy"):
            backed_up(there, tmp_path / "backups")
        there.close()


def test_a_backup_from_before_a_rotation_comes_back_with_the_newer_copy_of_keys(
    archive: Archive, tmp_path: Path
) -> None:
    head, *_ = archive.filled(records=1)
    made = backed_up(archive, tmp_path / "backups")
    rotate(archive.engine, archive.ring, lambda line: None)
    archive.clock()
    newer = backed_up(archive, tmp_path / "backups")
    assert newer.keys == made.keys
    with somewhere_else(archive, tmp_path / "there", "sqlite") as (url, key_file):
        put(url, key_file, made)
        there = Archive(url, key_file)
        assert there.read(head) == archive.read(head)
        there.close()


def test_a_place_with_records_is_never_restored_over(archive: Archive, tmp_path: Path) -> None:
    archive.filled(records=1)
    made = backed_up(archive, tmp_path / "backups")
    with pytest.raises(BackupUnusable, match="already"):
        put(archive.url, archive.key_file, made)
    assert archive.verdict().fault is None


def test_a_folder_that_cannot_be_written_is_said_to_be_so(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileUnusable, match="cannot be written"):
        backed_up(archive, tmp_path / "file" / "backups")


def test_the_copy_of_keys_names_no_key(archive: Archive, tmp_path: Path) -> None:
    head, *_ = archive.filled(records=1)
    made = backed_up(archive, tmp_path / "backups")
    assert head.id.encode() not in made.keys.read_bytes()
    assert made.keys.name == key_copy.NAME
