"""A service with nothing but the ladder, for tests that kill it.

`python serve.py URL [--hang] [--sends=FILE [--gate=FILE]]`.

It says "ready" when it has started and "hanging" when, with --hang, it is in the middle of a
tick that never ends. With --gate it says "sending" at every message, which goes out once that file
is there. It ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine

from casework.organisation import Person
from casework.vocabulary import utc_now
from escalation.climb import Notice, Surroundings
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

    def __init__(self, path: Path, gate: Path | None = None) -> None:
        self._path = path
        self._gate = gate

    @classmethod
    def routes(cls, path: Path, gate: Path | None = None) -> Routes:
        return Routes((cls(path, gate),))

    def reaches(self, person: Person) -> bool:
        return True

    async def send(self, message: Outgoing) -> Outcome:
        if self._gate is not None:
            os.write(sys.stdout.fileno(), b"sending\n")  # whole: messages go out side by side
            while not self._gate.exists():  # noqa: ASYNC110 (another process makes it)
                await asyncio.sleep(0.05)
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
    files = [_file(flags, name) for name in ("--sends=", "--gate=")]
    return FileRoute.routes(files[0], files[1]) if files[0] else NO_ROUTES


def _file(flags: tuple[str, ...], name: str) -> Path | None:
    found = (flag.removeprefix(name) for flag in flags if flag.startswith(name))
    return next((Path(path) for path in found), None)


def main(url: str, *flags: str) -> None:
    """Runs until standard input ends."""
    run(
        make_engine(url),
        hang if "--hang" in flags else say_nothing,
        _routes(flags),
        ready=lambda: print("ready", flush=True),
        until=sys.stdin.read,
    )


def run(
    engine: Engine,
    notice: Notice,
    routes: Routes,
    *,
    ready: Callable[[], object],
    until: Callable[[], object],
) -> None:
    """The ladder on this database. Calls `ready` when it has started; ends when `until` returns."""
    durable = DurableEngine(engine, utc_now)
    around = Surroundings(
        clock=utc_now,
        organisation=organisation(clocks=QUICK),
        pack=PACK,
        notice=notice,
        schedule=durable.enqueue_in_transaction,
        routes=routes,
        address="https://heard.test",
    )
    durable.launch(Ticks(engine, around))
    ready()
    until()
    durable.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
