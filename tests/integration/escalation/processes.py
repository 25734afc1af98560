"""Services in processes of their own, and a desk beside them that starts cases and runs no tick."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from sqlalchemy import Engine, text

from casework.facts import Escalation, EscalationStatus, RecordHead
from casework.vocabulary import Urgency, utc_now
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
from escalation.routes import NO_ROUTES, Routes
from escalation.rows import EscalationRows
from tests.integration.escalation.serve import say_nothing
from tests.unit.escalation.people import PACK, QUICK, organisation


@contextmanager
def serving(url: str, *flags: str, log: list[str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A service process that is ready; killed at the end if it still lives. `log` gets its log."""
    command = [sys.executable, "-m", "tests.integration.escalation.serve", url, *flags]
    # A pipe, not a file: the process writes to it even when it can write to no file.
    process = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True)
    assert process.stderr is not None
    Thread(target=([] if log is None else log).extend, args=(process.stderr,), daemon=True).start()
    with process:
        try:
            says(process, "ready")
            yield process
        finally:
            process.kill()


def says(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == f"{word}\n"


class Desk:
    """Another process on the same database: it starts cases, and runs no tick."""

    def __init__(self, engine: Engine, routes: Routes = NO_ROUTES) -> None:
        self.engine = engine
        self.durable = DurableEngine(engine, utc_now)
        self.around = Surroundings(
            clock=utc_now,
            organisation=organisation(clocks=QUICK),
            pack=PACK,
            notice=say_nothing,
            schedule=self.durable.enqueue_in_transaction,
            routes=routes,
        )

    def start(self, head: RecordHead) -> None:
        with self.engine.begin() as connection:
            rows = EscalationRows(connection, self.around)
            rows.start(head, Urgency.URGENT, left_out=frozenset())

    def standings(self, engine: Engine | None = None) -> list[Escalation]:
        with (engine or self.engine).begin() as connection:
            return EscalationRows(connection, self.around).open_ones()

    def asked_first(self, head: RecordHead) -> Counter[tuple[int, str]]:
        """How often each person was asked at each rung before the ladder ran out."""
        with self.engine.begin() as connection:
            steps = EscalationRows(connection, self.around).steps(head.id)
        asked = [(step["rung"], step["person"]) for step in steps if step["route"] == "desk"]
        return Counter(asked[: asked.index((2, "on_call")) + 1])

    def take(self, head: RecordHead, person: str) -> None:
        with self.engine.begin() as connection:
            EscalationRows(connection, self.around).acknowledge(head.id, person)

    def all_ran_out(self) -> bool:
        """Whether every case has come to the end of its ladder, and nothing waits to be sent."""
        with self.engine.connect() as connection:
            query = text("SELECT 1 FROM deliveries WHERE result IN ('waiting', 'sending')")
            unsent = connection.execute(query).first()
        over = (EscalationStatus.UNDELIVERED, EscalationStatus.ACKNOWLEDGED)
        return not unsent and all(climb.status in over for climb in self.standings())


def ten_minutes_pass(engine: Engine) -> None:
    """For what a process had in hand: where others may live it is left alone for two minutes."""
    schema = "dbos." if engine.dialect.name == "postgresql" else ""
    in_hand = (
        f"UPDATE {schema}workflow_status SET started_at_epoch_ms = started_at_epoch_ms - 600000 "
        "WHERE status = 'PENDING'"
    )
    earlier = "1970-01-01 00:00:00"
    with engine.begin() as connection:
        connection.execute(text(in_hand))
        connection.execute(
            text(f"UPDATE deliveries SET next_at = '{earlier}' WHERE result = 'sending'")
        )
