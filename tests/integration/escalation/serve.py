"""A service with nothing but the ladder, for tests that kill it.

`python serve.py URL [--hang] [--sends=FILE]`.

It says "ready" when it has started and "hanging" when, with --hang, it is in the middle of a
tick that never ends. It ends when its standard input does.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from sqlalchemy import Connection

from casework.organisation import Person
from casework.vocabulary import utc_now
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
from escalation.routes import NO_ROUTES, Outcome, Outgoing, Routes
from escalation.tick import Ticks
from records.engine import make_engine
from tests.unit.escalation.people import PACK, QUICK, organisation


def hang(connection: Connection, record_id: str, response: str, values: dict[str, str]) -> None:
    """Never comes back; the tick's transaction stays open until the process dies."""
    print("hanging", flush=True)
    time.sleep(3600)


def say_nothing(
    connection: Connection, record_id: str, response: str, values: dict[str, str]
) -> None:
    """There is no reporter here."""


class FileRoute:
    """A provider that keeps every message it took on disk before it answers."""

    name = "sms"
    updates = False

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def routes(cls, path: Path) -> Routes:
        return Routes((cls(path),))

    def reaches(self, person: Person) -> bool:
        return True

    async def send(self, message: Outgoing) -> Outcome:
        line = f"{utc_now().isoformat()}|{message.key}|{message.text}\n"
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(file, line.encode())
            os.fsync(file)
        finally:
            os.close(file)
        return Outcome("delivered", message.key)

    async def check(self, receipt: str) -> Outcome:
        return Outcome("delivered", receipt)

    async def update(self, receipt: str, message: Outgoing) -> None:
        """A line stays as it is."""


def _routes(flags: tuple[str, ...]) -> Routes:
    files = [flag.removeprefix("--sends=") for flag in flags if flag.startswith("--sends=")]
    return FileRoute.routes(Path(files[0])) if files else NO_ROUTES


def main(url: str, *flags: str) -> None:
    """Runs until standard input ends."""
    engine = make_engine(url)
    durable = DurableEngine(engine, utc_now)
    around = Surroundings(
        clock=utc_now,
        organisation=organisation(clocks=QUICK),
        pack=PACK,
        notice=hang if "--hang" in flags else say_nothing,
        schedule=durable.enqueue_in_transaction,
        routes=_routes(flags),
        address="https://heard.test",
    )
    durable.launch(Ticks(engine, around))
    print("ready", flush=True)
    sys.stdin.read()
    durable.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
