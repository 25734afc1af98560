"""Drills 16 and 17: words stand sealed in the records and nowhere else, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from records.anchors import KeptInFile, keep
from records.backup import back_up
from tests.integration.records.archive import Archive, line
from tests.integration.records.test_backup import TABLES
from tests.integration.records.test_faults_of_databases import locked
from tests.whole.traces import files_below, found, marker

NAIVE = datetime(2026, 3, 3)  # noqa: DTZ001 - this is what is refused


def everything_in(archive: Archive, folder: Path) -> dict[str, bytes]:
    """Every byte that was written: files below the folder, and on PostgreSQL every row."""
    written = {str(path): path.read_bytes() for path in files_below(folder)}
    with archive.engine.connect() as connection:
        for table in TABLES:
            rows = connection.execute(text(f"SELECT * FROM {table.name}")).all()
            written[table.name] = repr(rows).encode()
    return written


def failures(archive: Archive, record_id: str, words: str) -> list[Callable[[Any], object]]:
    """Ways for a transaction that holds the words to end badly."""
    return [
        lambda work: work.records.append("no-such-record", line(words)),
        lambda work: work.records.append(record_id, line(words, told_at=NAIVE)),
        lambda work: work.records.append(record_id, line(words, by="x" * 999)),
        lambda work: work.records.append(record_id, line(words, source_key="\ud800")),
        lambda work: work.records.append(record_id, line(words, links_to=99)),
        lambda work: work.records.append(record_id, line(words * 100_000)),
        lambda work: work.records.append(record_id, line(words, value=object())),
        lambda work: work.turns.add("no-such-talk", {"replies": [words]}),
        lambda work: (work.records.append(record_id, line(words)), 1 / 0),
        lambda work: (
            work.records.append(record_id, line(words)),
            work.connection.execute(text("SELECT no_such_column FROM entries")),
        ),
    ]


def test_no_word_is_found_outside_whatever_goes_wrong(
    archive: Archive, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    canaries = [marker() for _ in range(3)]
    head = archive.opened()
    said: list[str] = []
    try:
        for words in canaries:
            archive.write(head, words, value=words)
            with archive.store.work() as work:
                work.turns.add(head.conversation_id, {"replies": [words]})
            for fail in failures(archive, head.id, words):
                said.append(ends_badly(archive, fail))
            with locked(archive):
                said.append(ends_badly(archive, writes(head.id, words)))
        keep(archive.engine, archive.signer, archive.clock, [KeptInFile(tmp_path / "kept")])
        back_up(archive.engine, archive.vault, TABLES, tmp_path / "backups", archive.clock)
        (tmp_path / "chain").write_text(archive.chain())
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert archive.read(head) == canaries  # they are there, and what failed is not
    assert found(canaries, "".join(said).encode()) == []
    assert found(canaries, caplog.text.encode()) == []
    assert "INSERT INTO entries" in caplog.text  # the log was on
    written = everything_in(archive, tmp_path)
    where = {name for name, content in written.items() if found(canaries, content)}
    assert where == set()


def writes(record_id: str, words: str) -> Callable[[Any], object]:
    return lambda work: work.records.append(record_id, line(words))


def ends_badly(archive: Archive, fail: Callable[[Any], object]) -> str:
    """All that an error shows, causes and all."""
    try:
        with archive.store.work() as work:
            fail(work)
    except Exception as error:
        return "".join(traceback.format_exception(error))
    raise AssertionError("it went through")
