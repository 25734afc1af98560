"""kill -9, then the same command again: every case goes on climbing, and nobody is asked twice."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, text

from casework.facts import Escalation, EscalationStatus, RecordHead
from casework.vocabulary import Urgency, utc_now
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
from escalation.rows import EscalationRows
from records.engine import make_engine
from tests.integration.escalation.serve import say_nothing
from tests.integration.escalation.service import wait_until
from tests.integration.escalation.town import new_head
from tests.unit.escalation.people import PACK, QUICK, organisation


@contextmanager
def serving(url: str, *flags: str) -> Iterator[subprocess.Popen[str]]:
    """A service process that is ready; killed at the end if it still lives."""
    command = [sys.executable, "-m", "tests.integration.escalation.serve", url, *flags]
    process = subprocess.Popen(command, stdin=-1, stdout=-1, text=True)
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

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.durable = DurableEngine(engine, utc_now)
        self.around = Surroundings(
            clock=utc_now,
            organisation=organisation(clocks=QUICK),
            pack=PACK,
            notice=say_nothing,
            schedule=self.durable.enqueue_in_transaction,
        )

    def start(self, head: RecordHead) -> None:
        with self.engine.begin() as connection:
            rows = EscalationRows(connection, self.around)
            rows.start(head, Urgency.URGENT, left_out=frozenset())

    def standings(self) -> list[Escalation]:
        with self.engine.begin() as connection:
            return EscalationRows(connection, self.around).open_ones()

    def asked_first(self, head: RecordHead) -> Counter[tuple[int, str]]:
        """How often each person was asked at each rung before the ladder ran out."""
        with self.engine.begin() as connection:
            steps = EscalationRows(connection, self.around).steps(head.id)
        asked = [(step["rung"], step["person"]) for step in steps if step["route"] == "desk"]
        return Counter(asked[: asked.index((2, "on_call")) + 1])

    def two_minutes_pass(self) -> None:
        """Where other machines may live, a tick in hand is left alone for that long. On SQLite
        there is only one: nothing needs to pass."""
        if self.engine.dialect.name == "sqlite":
            return
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE dbos.workflow_status SET started_at_epoch_ms = "
                    "started_at_epoch_ms - 121000 WHERE status = 'PENDING'"
                )
            )


@pytest.fixture
def desk(own_database: str) -> Iterator[Desk]:
    engine = make_engine(own_database)
    desk = Desk(engine)
    yield desk
    desk.durable.stop()
    engine.dispose()


def test_kills_while_cases_climb_lose_nothing_and_repeat_nothing(
    own_database: str, desk: Desk
) -> None:
    heads = [new_head() for _ in range(12)]
    with serving(own_database) as process:
        for head in heads[:8]:
            desk.start(head)
        process.kill()
    for head in heads[8:]:  # the desk goes on while the service is down
        desk.start(head)
    desk.two_minutes_pass()
    with serving(own_database) as process:
        wait_until(lambda: any(climb.rung > 0 for climb in desk.standings()))
        process.kill()
    desk.two_minutes_pass()
    with serving(own_database):
        wait_until(lambda: all(c.status is EscalationStatus.UNDELIVERED for c in desk.standings()))
    once = {(0, "manager"): 1, (0, "dsl"): 1, (1, "deputy"): 1, (2, "on_call"): 1}
    assert [desk.asked_first(head) for head in heads] == [once] * 12


def test_a_kill_in_the_middle_of_a_tick_leaves_it_to_be_done_again(
    own_database: str, desk: Desk
) -> None:
    head = new_head()
    with serving(own_database, "--hang") as process:
        desk.start(head)
        says(process, "hanging")
        process.kill()
    assert desk.standings()[0].rung == 0
    desk.two_minutes_pass()
    with serving(own_database):
        wait_until(lambda: desk.standings()[0].status is EscalationStatus.UNDELIVERED)
    assert desk.asked_first(head)[(1, "deputy")] == 1
