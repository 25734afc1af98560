"""Locked, full, killed or shared: the answer is that it could not be kept, and it was not."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from casework.errors import FileUnusable, HeardError, StoreUnavailable
from casework.facts import RecordHead
from records.backup import back_up
from records.engine import make_engine
from records.files import write_private
from records.keyring import read_key_file, write_key_file
from tests.integration.records.archive import Archive, line
from tests.integration.records.test_backup import TABLES

MORE_PAGES = 12


@contextmanager
def locked(archive: Archive) -> Iterator[None]:
    """Another process holds the lock that every writer needs, and does not let go."""
    other = make_engine(archive.url)
    with other.begin() as connection:
        if archive.engine.dialect.name == "postgresql":
            connection.execute(text("SELECT * FROM chain_head FOR UPDATE"))
        yield
    other.dispose()


def test_a_lock_that_is_held_is_not_waited_for_and_nothing_is_kept(archive: Archive) -> None:
    """Drill 5. Two seconds, not the 45 that the lock is held; then all goes on by itself."""
    head = archive.opened()
    with locked(archive):
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                archive.write(head, "while it is locked")
        assert archive.read(head) == []  # who reads is not kept waiting
    archive.write(head, "afterwards")
    assert archive.read(head) == ["afterwards"]
    assert archive.verdict().fault is None


def test_a_connection_that_is_cut_in_the_middle_keeps_nothing(archive: Archive) -> None:
    head = archive.opened()
    if archive.engine.dialect.name != "postgresql":
        with pytest.raises(StoreUnavailable), archive.store.work() as work:  # noqa: PT012
            work.records.append(head.id, line("lost with its connection"))
            assert work.connection.connection.driver_connection is not None
            work.connection.connection.driver_connection.close()
            work.records.append(head.id, line("and this as well"))
    else:
        with pytest.raises(StoreUnavailable), archive.store.work() as work:  # noqa: PT012
            work.records.append(head.id, line("lost with its connection"))
            pid = work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            end_backend(archive, pid)
            work.records.append(head.id, line("and this as well"))
    archive.write(head, "afterwards")  # with no restart
    assert archive.read(head) == ["afterwards"]
    assert archive.verdict().fault is None


def end_backend(archive: Archive, pid: int) -> None:
    other = make_engine(archive.url)
    with other.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    other.dispose()


def fill_up(archive: Archive, head: RecordHead) -> list[str]:
    """Writes until the disk is full; returns what was acknowledged."""
    acknowledged = []
    for n in range(10_000):
        words = f"{n} " + "x" * 2_000
        try:
            archive.write(head, words)
        except StoreUnavailable:
            return acknowledged
        acknowledged.append(words)
    raise AssertionError("the disk never filled up")


def test_a_full_disk_is_said_to_be_so_and_all_goes_on_when_there_is_room(archive: Archive) -> None:
    """Drill 4, on SQLite by its own limit of pages. On PostgreSQL by a quota of the table."""
    head = archive.opened()
    archive.write(head, "before")
    if archive.engine.dialect.name == "sqlite":
        event.listen(archive.engine, "connect", _few_pages)
        archive.engine.dispose()
        acknowledged = fill_up(archive, head)
        event.remove(archive.engine, "connect", _few_pages)
        archive.engine.dispose()
    else:
        archive.unguarded(  # the same error class (53100) as a disk without room
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
            "(SELECT count(*) FROM entries) > 20 THEN RAISE EXCEPTION 'no room' USING ERRCODE = "
            "'disk_full'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER no_room AFTER INSERT ON entries FOR EACH ROW "
            "EXECUTE FUNCTION no_room()",
        )
        acknowledged = fill_up(archive, head)
        archive.unguarded("DROP TRIGGER no_room ON entries")
    assert acknowledged
    assert archive.read(head) == ["before", *acknowledged]
    archive.write(head, "there is room again")
    archive.checkpoint()
    assert archive.verdict().fault is None


def _few_pages(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA page_count")
    cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + MORE_PAGES}")
    cursor.close()


def in_a_child_with_a_small_disk(limit: int, what: object) -> int:
    """Runs it where no file can grow past `limit` bytes; returns 0 when it was refused rightly."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            what()  # type: ignore[operator]
        except (FileUnusable, StoreUnavailable):
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_backup_that_finds_no_room_leaves_the_older_ones_as_they_were(
    archive: Archive, tmp_path: Path
) -> None:
    head = archive.opened()
    for n in range(30):
        archive.write(head, f"{n} " + "x" * 3_000)
    folder = tmp_path / "backups"
    back_up(archive.engine, archive.vault, TABLES, folder, archive.clock)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    archive.clock()
    archive.engine.dispose()

    def again() -> None:
        engine = make_engine(archive.url)
        back_up(engine, archive.vault, TABLES, folder, archive.clock)

    assert in_a_child_with_a_small_disk(20_000, again) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_key_file_is_replaced_whole_or_not_at_all(archive: Archive) -> None:
    before = read_key_file(archive.key_file)

    def again() -> None:
        write_key_file(archive.key_file, [os.urandom(32) for _ in range(100)])

    assert in_a_child_with_a_small_disk(500, again) == 0
    assert read_key_file(archive.key_file) == before
    assert [path.name for path in archive.key_file.parent.iterdir()] == [archive.key_file.name]
    write_private(archive.key_file, archive.key_file.read_bytes())


def test_writers_on_two_connections_share_one_chain_without_a_gap(archive: Archive) -> None:
    heads = [archive.opened() for _ in range(4)]
    other = Archive(archive.url, archive.key_file)
    refused: list[HeardError] = []

    def write(store: Archive, head: RecordHead) -> None:
        for n in range(15):
            try:
                store.write(head, f"line {n}", source_key=f"{n}")
            except StoreUnavailable as busy:  # said so, and not kept
                refused.append(busy)

    stores = [archive, other, archive, other]
    pairs = zip(stores, heads, strict=True)
    threads = [threading.Thread(target=write, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    kept = [entry for head in heads for entry in archive.read(head)]
    assert len(kept) == 4 * 15 - len(refused)
    assert archive.verdict().fault is None


def test_the_same_line_from_two_processes_is_one_line(archive: Archive) -> None:
    """Nobody is refused for having been a moment later, and nothing is there twice."""
    head = archive.opened()
    others = [Archive(archive.url, archive.key_file) for _ in range(2)]
    together = threading.Barrier(len(others))
    wrong: list[BaseException] = []

    def write(store: Archive) -> None:
        try:
            for n in range(10):
                together.wait()
                store.write(head, f"line {n}", source_key=f"{n}")
                with store.store.work() as work:
                    work.records.add_conflict(head.id, f"person {n}")
        except BaseException as error:
            together.abort()
            wrong.append(error)

    threads = [threading.Thread(target=write, args=(store,)) for store in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in others:
        store.close()
    assert wrong == []
    assert archive.read(head) == [f"line {n}" for n in range(10)]
    assert archive.verdict().entries == 1 + 10 + 10
    assert archive.verdict().fault is None


@pytest.mark.parametrize("hours", [-1, 1, -24 * 400, 24 * 400])
def test_a_clock_that_jumps_changes_no_order_and_breaks_nothing(
    archive: Archive, hours: int
) -> None:
    head = archive.opened()
    archive.write(head, "before the jump")
    archive.checkpoint()
    archive.clock.now += timedelta(hours=hours)
    archive.write(head, "after the jump")
    later = archive.opened()
    archive.checkpoint()
    assert archive.read(head) == ["before the jump", "after the jump"]
    assert later.reference != head.reference
    assert archive.verdict().fault is None


def test_a_time_without_a_zone_is_never_written(archive: Archive) -> None:
    head = archive.opened()
    naive = datetime(2026, 3, 3, 9, 0)  # noqa: DTZ001 - this is what is refused
    with pytest.raises(ValueError, match="without a time zone"):
        archive.write(head, "when?", told_at=naive)
    archive.write(head, "then", told_at=naive.replace(tzinfo=UTC))
    assert archive.read(head) == ["then"]
