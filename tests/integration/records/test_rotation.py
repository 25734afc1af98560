"""The organisation's key is exchanged while everything runs, and nothing is lost on the way."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from casework.errors import KeyUnusable
from records.keyring import KeyRing, key_id_of, read_key_file
from records.keys import DataKeys, in_use
from records.rotation import retired_file, rotate
from records.tables import data_keys
from tests.integration.records.archive import Archive

ROWS = 10_000
QUIET = lambda line: None  # noqa: E731


def many_keys(archive: Archive, count: int) -> None:
    (old,) = in_use(archive.engine)
    made = (archive.vault.new_data_key(f"record-{n}", old) for n in range(count))
    rows = [{"owner": k.owner, "wrapped_by": old, "wrapped": k.wrapped} for k in made]
    with archive.engine.begin() as connection:
        connection.execute(insert(data_keys), rows)


def wrapped_by(archive: Archive) -> dict[str, int]:
    query = select(data_keys.c.wrapped_by, func.count()).group_by(data_keys.c.wrapped_by)
    with archive.engine.connect() as connection:
        return {str(key): count for key, count in connection.execute(query)}


def test_every_key_is_wrapped_anew_and_a_running_service_notices_nothing(archive: Archive) -> None:
    head, gone = archive.filled(records=2)
    with archive.store.work() as work:
        work.records.destroy(gone.id, by="dsl", agreed_by="trustee", ground="time_is_over")
    (old,) = in_use(archive.engine)
    derived = archive.vault.derive("tracker")
    new = rotate(
        archive.engine, KeyRing.open(archive.key_file, may_make=False, environment={}), QUIET
    )
    # The store that was open all along goes on, and writes under the new key.
    archive.write(archive.opened(), "after")
    archive.write(head, "after")
    assert archive.read(head)[-1] == "after"
    assert set(wrapped_by(archive)) == {new, "None"}
    assert [key_id_of(key) for key in read_key_file(archive.key_file)] == [new]
    assert [key_id_of(key) for key in read_key_file(retired_file(archive.key_file))] == [old]
    again = Archive(archive.url, archive.key_file)
    assert again.read(head) == archive.read(head)
    assert again.vault.derive("tracker") == derived  # trackers and links go on as well
    assert again.verdict(archive.anchors()).fault is None
    again.close()


def test_a_rotation_that_is_killed_goes_on_while_others_write(
    archive: Archive, tmp_path: Path
) -> None:
    """10,000 keys; the rotation is killed again and again; somebody writes all the time."""
    many_keys(archive, ROWS)
    head = archive.opened()
    writer = python("tests.integration.records.writing", archive, head.id, str(tmp_path / "acks"))
    killed = 0
    for wait in (0.02, 0.1, 0.3):
        process = python("tests.integration.records.rotating", archive)
        assert process.stdout is not None
        process.stdout.readline()  # it has begun
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.stdout.close()
    last = python("tests.integration.records.rotating", archive)
    said, _ = last.communicate(timeout=60)
    writer.kill()
    writer.communicate()
    assert last.returncode == 0, said
    assert killed >= 1
    (new,) = in_use(archive.engine)
    assert set(wrapped_by(archive)) == {new}
    again = Archive(archive.url, archive.key_file)
    with again.store.read() as work:
        keys = DataKeys(work.connection, again.vault)
        for n in range(0, ROWS, 97):
            again.vault.seal(keys.of(f"record-{n}"), "opens", "here")
    acknowledged = (tmp_path / "acks").read_text().splitlines()
    assert acknowledged
    assert set(acknowledged) <= set(again.read(head))
    assert again.verdict().fault is None
    again.close()


def python(module: str, archive: Archive, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", module, archive.url, str(archive.key_file), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_key_that_is_still_needed_cannot_be_retired(archive: Archive) -> None:
    """Somebody wraps with the old key at the very moment at which it goes."""
    (old,) = in_use(archive.engine)
    rotate(archive.engine, archive.ring, QUIET)
    late = KeyRing([*read_key_file(retired_file(archive.key_file))])
    row = {"owner": "late", "wrapped_by": old, "wrapped": late.wrap(old, b"k" * 32, "late")}
    with pytest.raises(Exception, match=r"(?i)foreign key"), archive.engine.begin() as connection:
        connection.execute(insert(data_keys).values(row))


def test_a_rotation_of_a_key_in_the_environment_needs_the_new_one_there(archive: Archive) -> None:
    head = archive.opened()
    archive.write(head, "before")
    old, new = archive.ring.held()[0], os.urandom(32)

    def given(*keys: bytes) -> KeyRing:
        text = ",".join(base64.b64encode(key).decode() for key in keys)
        return KeyRing.open(Path("none"), may_make=False, environment={"HEARD_KEY": text})

    with pytest.raises(KeyUnusable, match="Put a new one behind it"):
        rotate(archive.engine, given(old), QUIET)
    assert rotate(archive.engine, given(old, new), QUIET) == key_id_of(new)
    assert set(wrapped_by(archive)) == {key_id_of(new)}


def test_ciphertext_that_was_moved_to_another_row_does_not_open(archive: Archive) -> None:
    first, second = archive.filled(records=2)
    archive.unguarded(
        "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE owner = "
        f"'{second.id}') WHERE owner = '{first.id}'"
    )
    with pytest.raises(KeyUnusable):
        archive.read(first)
