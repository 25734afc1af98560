"""The drills of the ladder in their long form: `make drill-escalation`. Writes docs/reliability.md.

`python -m tests.integration.escalation.drill [CASES] [ESCALATIONS] [KILLS]`. The figures stand
between two marks in the file; what others wrote around them stays.
"""

from __future__ import annotations

import logging
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from records.engine import make_engine, sqlite_url
from records.store import migrate
from tests.integration.escalation.conftest import _on_server, _server, answers
from tests.integration.escalation.storm import Storm, rage
from tests.integration.escalation.thirty_days import Figures, Month

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reliability.md"
BEGIN, END = "<!-- escalation figures -->", "<!-- /escalation figures -->"
SEED = 20260301
MEMORY = Path("/dev/shm")


def main(cases: int = 10_000, escalations: int = 500, kills: int = 100) -> None:
    """The storm on each database, then the month on each; both databases side by side."""
    kinds = ("sqlite", "postgresql") if answers() else ("sqlite",)
    with ProcessPoolExecutor(len(kinds), initializer=_quietly) as pool:
        storms = [pool.submit(_storm, kind, escalations, kills) for kind in kinds]
        months = [pool.submit(_month, kind, cases) for kind in kinds]
        lines = [part.result() for part in (*storms, *months)]
    _write(lines)


def _quietly() -> None:
    """Half of all presses are refused here, each with a line in the log."""
    logging.getLogger("escalation").setLevel(logging.ERROR)


def _storm(kind: str, escalations: int, kills: int) -> str:
    with tempfile.TemporaryDirectory() as name, _database(kind, Path(name)) as url:
        sends = Path(name) / "sends"
        storm = rage(url, sends, escalations=escalations, kills=kills, seed=SEED)
    line = _storm_line(kind, storm)
    print(line, flush=True)
    return line


def _month(kind: str, cases: int) -> str:
    """In memory where there is room: nobody pulls the plug in this drill, and a disk that writes
    every one of half a million commits takes most of its time."""
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as name, _database(kind, Path(name)) as url:
        began, engine = time.monotonic(), make_engine(url)
        figures = Month(engine, cases, SEED).run()
        engine.dispose()
    line = _month_line(kind, figures, time.monotonic() - began)
    print(line, flush=True)
    return line


def _storm_line(kind: str, storm: Storm) -> str:
    return (
        f"| {storm.escalations} escalations, {storm.kills} `kill -9`, {kind} (drills 2, 22) | "
        f"{storm.never_asked} lost, {storm.stuck} stuck; {storm.duplicates} of {storm.pings} pings "
        f"twice ({storm.in_hundred:.1f} in 100), {storm.unmarked} of them without saying so; "
        f"{storm.late_pings} sent more than 5 s after somebody took it |"
    )


def _month_line(kind: str, figures: Figures, seconds: float) -> str:
    worst = figures.worst_beyond_downtime.total_seconds()
    return (
        f"| 30 simulated days, {figures.cases:,} cases, {figures.hours_down:.0f} h down, "
        f"{figures.lost_ticks:,} ticks lost of {figures.ticks:,}, {kind} (drill 27; "
        f"{seconds:.0f} s) | {figures.never_asked} never asked, {figures.without_clock} without a "
        f"clock, {figures.overdue} overdue; latest {worst:.0f} s beyond the downtime |"
    )


def _write(lines: list[str]) -> None:
    said = PAGE.read_text()
    today = datetime.now(UTC).date()
    table = "\n".join(["| tried | result |", "|---|---|", *lines])
    block = f"{BEGIN}\nMeasured on {today}, on two cores shared with other work.\n\n{table}\n{END}"
    found = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    PAGE.write_text(found.sub(lambda _: block, said))


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
    main(*map(int, sys.argv[1:]))
