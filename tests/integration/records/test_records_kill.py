"""kill -9 at any moment: what was acknowledged is there, and the chain is whole.

`make drill-records` does it more often (HEARD_DRILL_KILLS).
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from pathlib import Path

from casework.errors import StoreUnavailable
from records import checkpoints
from records.engine import make_engine
from records.store import Store
from tests.integration.records.archive import Archive, NoLadder, line

KILLS = int(os.environ.get("HEARD_DRILL_KILLS", "200"))
LONGEST_LIFE_SECONDS = 0.03


def write_until_killed(archive: Archive, record_id: str, notes: int, life: int) -> None:
    """Runs in a child of its own. Notes a line once its commit has returned, never before."""
    engine = make_engine(archive.url)
    store = Store(engine, archive.vault, archive.clock, lambda _: NoLadder())  # type: ignore[arg-type, return-value]
    for n in range(1_000_000):
        words = f"life {life} line {n}"
        with contextlib.suppress(StoreUnavailable):
            with store.work() as work:
                work.records.append(record_id, line(words, source_key=words))
                if n % 3 == 0:
                    talk = work.conversations.open(person="reporter", channel="web")
                    work.turns.add(talk.id, {"replies": [words]})
                if n % 7 == 0:
                    work.records.add_conflict(record_id, f"person-{life}-{n}")
            os.write(notes, f"{words}\n".encode())
            if n % 10 == 9:
                checkpoints.make(engine, archive.signer, archive.clock)


def test_nothing_acknowledged_is_lost_by_kills_at_random_moments(
    archive: Archive, tmp_path: Path
) -> None:
    chance = random.Random(archive.url[:6])
    head = archive.opened()
    archive.engine.dispose()
    notes = os.open(tmp_path / "acknowledged", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    for life in range(KILLS):
        child = os.fork()
        if child == 0:
            try:
                write_until_killed(archive, head.id, notes, life)
            finally:
                os._exit(1)  # only when it failed: it is killed long before it is done
        if chance.random() < 0.8:  # the others are killed while they start
            before = os.fstat(notes).st_size
            while os.fstat(notes).st_size == before and not os.waitpid(child, os.WNOHANG)[0]:
                time.sleep(0.001)
        time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), f"life {life} ended by itself"
    os.close(notes)
    acknowledged = (tmp_path / "acknowledged").read_text().splitlines()
    assert len(acknowledged) > KILLS  # they lived long enough to write
    kept = archive.read(head)
    assert set(acknowledged) <= set(kept)
    assert len(kept) == len(set(kept))  # and nothing is there twice
    assert archive.verdict(archive.anchors()).fault is None
    archive.write(head, "and it goes on")
    archive.checkpoint()
    assert archive.verdict().fault is None
