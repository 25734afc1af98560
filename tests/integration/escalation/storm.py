"""Many cases while the service is killed again and again: what is lost, stuck or said twice.

Drills 2 and 22 of reliability.md: kill -9 at any moment, start-up included. A message is a line in
a file that is on disk before the route answers, so a second line is a message sent twice: the worst
case for a person.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from casework.errors import HeardError
from casework.facts import EscalationStatus, RecordHead
from casework.vocabulary import Urgency, utc_now
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
from escalation.rows import EscalationRows
from records.engine import make_engine, snapshot
from tests.integration.escalation.serve import FileRoute, say_nothing
from tests.integration.escalation.town import new_head
from tests.unit.escalation.people import PACK, QUICK, organisation

ANSWERED = 0.4
URGENCIES = (Urgency.URGENT,)
# How many of the kills come while the service starts.
WHILE_STARTING = 1 / 3
# What has not moved for so long is stuck: six times as long as the sweeper takes to see it.
STANDS_STILL_SECONDS = 180


@dataclass
class Storm:
    """What came of it."""

    escalations: int
    kills: int
    stuck: int
    never_asked: int
    pings: int
    duplicates: int
    unmarked: int
    late_pings: int

    @property
    def in_hundred(self) -> float:
        """Duplicates in a hundred pings."""
        return 100 * self.duplicates / max(self.pings, 1)


def rage(url: str, sends: Path, *, escalations: int, kills: int, seed: int) -> Storm:
    """Starts the cases spread over the kills, lets it settle, and counts."""
    dice = random.Random(seed)
    engine = make_engine(url)
    durable = DurableEngine(engine, utc_now)
    around = Surroundings(
        clock=utc_now,
        organisation=organisation(clocks=QUICK),
        pack=PACK,
        notice=say_nothing,
        schedule=durable.enqueue_in_transaction,
        routes=FileRoute.routes(sends),
    )
    sends.touch()
    with _serving(url, sends) as first:
        assert first.stdout is not None
        first.stdout.readline()  # the queue's own tables are made
        first.kill()
    heads: list[RecordHead] = []
    taken: dict[str, str] = {}
    for kill in range(kills):
        with _serving(url, sends) as process:
            share = escalations * (kill + 1) // kills - len(heads)
            for _ in range(share):
                head = new_head()
                heads.append(head)
                with engine.begin() as connection:
                    rows = EscalationRows(connection, around)
                    rows.start(head, dice.choice(URGENCIES), left_out=frozenset())
                if dice.random() < ANSWERED:
                    taken[head.id] = dice.choice(("dsl", "manager"))
            if dice.random() > WHILE_STARTING:
                assert process.stdout is not None
                process.stdout.readline()  # however long that takes on a busy machine
            time.sleep(dice.uniform(0.2, 3.0))
            for head_id in [one for one in taken if dice.random() < 0.3]:
                _press(engine, around, head_id, taken.pop(head_id))
            process.kill()
    _two_minutes_pass(engine)
    with _serving(url, sends) as process:
        _settle(engine)
        process.kill()
    with engine.connect() as connection:
        climbs = EscalationRows(connection, around).all_ones()
        asked = EscalationRows(connection, around).ever_asked()
        first = text(
            "SELECT e.id, MIN(d.at) FROM deliveries d JOIN escalations e "
            "ON e.id = d.escalation_id WHERE d.result = 'acknowledged' GROUP BY e.id"
        )
        answers = {str(one): at for one, at in connection.execute(first)}
    durable.stop()
    engine.dispose()
    lines = [line.split("|") for line in sends.read_text().splitlines()]
    asks = [(key.rpartition("-")[0], said) for _, key, said in lines if "needs you" in said]
    firsts = Counter(key for key, _ in asks)
    duplicates = sum(number - 1 for number in firsts.values())
    marked = sum("Repeat of" in said for _, said in asks)
    return Storm(
        escalations=len(heads),
        kills=kills + 2,
        stuck=sum(not _is_over(climb.status) for climb in climbs),
        never_asked=sum(not asked.get(head.id) for head in heads),
        pings=len(asks),
        duplicates=duplicates,
        unmarked=max(duplicates - marked, 0),
        late_pings=sum(_is_late(at, key, answers) for at, key, said in lines),
    )


def _serving(url: str, sends: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.escalation.serve", url, f"--sends={sends}"]
    return subprocess.Popen(command, stdin=-1, stdout=-1, text=True)


def _press(engine: Engine, around: Surroundings, record_id: str, person: str) -> None:
    with contextlib.suppress(HeardError), engine.begin() as connection:
        EscalationRows(connection, around).acknowledge(record_id, person)


def _two_minutes_pass(engine: Engine) -> None:
    """Where other machines may live, a tick in hand is left alone for that long."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE dbos.workflow_status SET started_at_epoch_ms = "
                    "started_at_epoch_ms - 121000 WHERE status = 'PENDING'"
                )
            )


def _settle(engine: Engine) -> None:
    """Until every case is somebody's or has come to the end of its ladder, or nothing moves."""
    open_ones = text("SELECT COUNT(*) FROM escalations WHERE status IN ('holding', 'climbing')")
    unsent = text("SELECT COUNT(*) FROM deliveries WHERE result IN ('waiting', 'sending')")
    moves = text("SELECT SUM(step), (SELECT COUNT(*) FROM deliveries) FROM escalations")
    before, until = None, time.monotonic() + STANDS_STILL_SECONDS
    while time.monotonic() < until:
        with snapshot(engine).connect() as connection:  # it takes no lock from those that work
            if not any(connection.execute(query).scalar_one() for query in (open_ones, unsent)):
                return
            now = tuple(connection.execute(moves).one())
        if now != before:
            before, until = now, time.monotonic() + STANDS_STILL_SECONDS
        time.sleep(1)


def _is_over(status: EscalationStatus) -> bool:
    return status.is_held or status is EscalationStatus.UNDELIVERED


def _is_late(at: str, key: str, answers: dict[str, object]) -> bool:
    """Whether a line was written more than five seconds after its case was somebody's."""
    answered = answers.get(key.partition("-")[0])
    if answered is None:
        return False
    taken = datetime.fromisoformat(str(answered))
    taken = taken if taken.tzinfo else taken.replace(tzinfo=UTC)
    return datetime.fromisoformat(at) - taken > timedelta(seconds=5)
