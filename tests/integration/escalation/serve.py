"""A service with nothing but the ladder, for tests that kill it: `python serve.py URL [--hang]`.

It says "ready" when it has started and "hanging" when, with --hang, it is in the middle of a
tick that never ends. It ends when its standard input does.
"""

from __future__ import annotations

import sys
import time

from sqlalchemy import Connection

from casework.vocabulary import utc_now
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
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
    )
    durable.launch(Ticks(engine, around))
    print("ready", flush=True)
    sys.stdin.read()
    durable.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
