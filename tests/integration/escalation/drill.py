"""The drills of the ladder in their long form: `make drill-escalation`. Writes docs/reliability.md.

`python -m tests.integration.escalation.drill [CASES] [ESCALATIONS] [KILLS]`. The figures stand
between two marks in the file; what others wrote around them stays.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
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


def main(cases: int = 10_000, escalations: int = 500, kills: int = 100) -> None:
    """Each database in turn."""
    lines = []
    for kind in ("sqlite", "postgresql") if answers() else ("sqlite",):
        with tempfile.TemporaryDirectory() as folder:
            with _database(kind, Path(folder)) as url:
                storm = rage(
                    url,
                    Path(folder) / "sends",
                    escalations=escalations,
                    kills=kills,
                    seed=SEED,
                )
                lines.append(_storm_line(kind, storm))
                print(lines[-1], flush=True)
            with _database(kind, Path(folder)) as url:
                began, engine = time.monotonic(), make_engine(url)
                figures = Month(engine, cases, SEED).run()
                engine.dispose()
                lines.append(_month_line(kind, figures, time.monotonic() - began))
                print(lines[-1], flush=True)
    _write(lines)


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
