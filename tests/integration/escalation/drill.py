"""The drills of the ladder in their long form: `make drill-escalation`. Writes docs/reliability.md.

`python -m tests.integration.escalation.drill [PART...]` runs these parts only (storm-sqlite,
month-postgresql, ...). Each figure is a line between two marks in the file, and replaces the line
of the same part; what others wrote around them stays.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import event

from records.engine import make_engine, sqlite_url
from records.store import migrate
from tests.integration.escalation.conftest import _on_server, _server, answers
from tests.integration.escalation.storm import rage
from tests.integration.escalation.thirty_days import Month

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reliability.md"
BEGIN, END = "<!-- escalation figures -->", "<!-- /escalation figures -->"
SEED = 20260301
CASES, ESCALATIONS, KILLS = 10_000, 500, 100  # on each database
MEMORY = Path("/dev/shm")


def main(*wanted: str) -> None:
    """The storm on each database, then the month on each; both databases side by side.

    Each part writes its line as it ends: whatever stops or fails later takes nothing from it.
    """
    kinds = ("sqlite", "postgresql") if answers() else ("sqlite",)
    parts = wanted or [f"{what}-{kind}" for what in DRILLS for kind in kinds]
    with ProcessPoolExecutor(len(kinds), initializer=_quietly) as pool:
        running = {pool.submit(DRILLS[one.partition("-")[0]], one): one for one in parts}
        for done in as_completed(running):
            if error := done.exception():
                print(f"{running[done]} failed: {error!r}", file=sys.stderr, flush=True)
            else:
                _write(done.result())
    if any(done.exception() for done in running):
        raise SystemExit(1)


def _quietly() -> None:
    """Half of all presses are refused here, and ticks are lost on purpose: each is a log line."""
    logging.getLogger("escalation").setLevel(logging.CRITICAL)


def _storm(part: str) -> str:
    kind = part.partition("-")[2]
    with tempfile.TemporaryDirectory() as name, _database(kind, Path(name)) as url:
        sends = Path(name) / "sends"
        storm = rage(url, sends, escalations=ESCALATIONS, kills=KILLS, seed=SEED)
    return (
        f"| {part}: {storm.escalations} escalations, {storm.kills} `kill -9` (drills 2, 22) | "
        f"{storm.never_asked} lost, {storm.stuck} stuck; {storm.duplicates} of {storm.pings} pings "
        f"twice ({storm.in_hundred:.1f} in 100), {storm.unmarked} of them without saying so; "
        f"{storm.late_pings} sent more than 5 s after somebody took it | {_today()} |"
    )


def _month(part: str) -> str:
    """In memory where there is room, and PostgreSQL does not wait for its disk: nobody pulls the
    plug in this drill, and a disk that keeps a quarter of a million commits takes most of its
    time."""
    kind, memory = part.partition("-")[2], MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as name, _database(kind, Path(name)) as url:
        began, engine = time.monotonic(), make_engine(url)
        if kind == "postgresql":
            event.listen(engine, "connect", _wait_for_no_disk)
        figures = Month(engine, CASES, SEED).run()
        engine.dispose()
    worst = figures.worst_beyond_downtime.total_seconds()
    return (
        f"| {part}: 30 simulated days, {figures.cases:,} cases, {figures.hours_down:.0f} h down, "
        f"{figures.lost_ticks:,} ticks lost of {figures.ticks:,} (drill 27; "
        f"{time.monotonic() - began:.0f} s) | {figures.never_asked} never asked, "
        f"{figures.without_clock} without a clock, {figures.overdue} overdue; latest "
        f"{worst:.0f} s beyond the downtime | {_today()} |"
    )


def _wait_for_no_disk(connection: Any, _record: Any) -> None:
    connection.execute("SET synchronous_commit = off")
    connection.commit()


DRILLS = {"storm": _storm, "month": _month}


def _today() -> str:
    return str(datetime.now(UTC).date())


def _write(line: str) -> None:
    """Puts it in place of the line of the same part, or below the others."""
    print(line, flush=True)
    before, begin, rest = PAGE.read_text().partition(BEGIN)
    block, end, after = rest.partition(END)
    part = line.partition(":")[0]
    lines = [one for one in block.strip().splitlines() if one.partition(":")[0] != part]
    PAGE.write_text("".join((before, begin, "\n", "\n".join([*lines, line]), "\n", end, after)))


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    name = f"heard_drill_{uuid4().hex}"
    if kind == "postgresql":
        _on_server(f"CREATE DATABASE {name}")
        url = _server(name).render_as_string(hide_password=False)
    else:
        url = sqlite_url(folder / f"{name}.db")
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()
    try:
        yield url
    finally:
        if kind == "postgresql":
            _on_server(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main(*sys.argv[1:])
