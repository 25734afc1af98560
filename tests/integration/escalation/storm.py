"""Many cases while the service is killed again and again: what is lost, stuck or said twice.

Drills 2 and 22 of reliability.md: kill -9 at any moment, start-up included. A message is a line in
a file that is on disk before the route answers, so a second line is a message sent twice: the worst
case for a person.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path

from sqlalchemy import Engine, text

from casework.errors import CallerMistake, StoreUnavailable
from casework.facts import EscalationStatus, RecordHead
from casework.vocabulary import Urgency, utc_now
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
from escalation.rows import EscalationRows
from records.engine import as_unavailable, make_engine, snapshot
from tests.integration.escalation.processes import ten_minutes_pass
from tests.integration.escalation.serve import FileRoute, run, say_nothing
from tests.integration.escalation.service import comes_true
from tests.integration.escalation.town import new_head
from tests.unit.escalation.people import PACK, QUICK, organisation

ANSWERED = 0.4
# How many of the kills come while the service starts.
WHILE_STARTING = 1 / 3
# Whatever has not come to its end half an hour after the last kill is stuck, also on a machine
# that others keep busy: the ladders of these cases take seconds.
SETTLES_WITHIN_SECONDS = 1800
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.integration.escalation.storm"])


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
    with serving(url, sends) as first:
        first.has_started()  # the queue's own tables are made
    heads: list[RecordHead] = []
    taken: dict[str, str] = {}
    for kill in range(kills):
        with serving(url, sends) as service:
            share = escalations * (kill + 1) // kills - len(heads)
            for _ in range(share):
                head = new_head()
                heads.append(head)
                _until_kept(lambda head=head: _start(engine, around, head))
                if dice.random() < ANSWERED:
                    taken[head.id] = dice.choice(("dsl", "manager"))
            if dice.random() > WHILE_STARTING:
                service.has_started()
            time.sleep(dice.uniform(0.2, 3.0))
            for head_id in [one for one in taken if dice.random() < 0.3]:
                person = taken.pop(head_id)
                _until_kept(lambda one=head_id, who=person: _press(engine, around, one, who))
    ten_minutes_pass(engine)
    with serving(url, sends):
        comes_true(lambda: _is_settled(engine), SETTLES_WITHIN_SECONDS)
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


@dataclass
class Service:
    """A process with nothing but the ladder in it."""

    process: BaseProcess
    ready: Event

    def has_started(self) -> None:
        """However long that takes on a busy machine. One that finds no database dies of it."""
        while self.process.is_alive() and not self.ready.wait(timeout=1):
            pass


@contextmanager
def serving(url: str, sends: Path) -> Iterator[Service]:
    """A service of its own; `kill -9` at the end. It is forked from a process that has loaded the
    code and opened nothing, so that most kills hit work and not Python's own start."""
    ready = FORKS.Event()
    process = FORKS.Process(target=_serve, args=(url, sends, ready))
    process.start()
    try:
        yield Service(process, ready)
    finally:
        process.kill()
        process.join()


def _serve(url: str, sends: Path, ready: Event) -> None:
    for_ever = threading.Event()
    engine = make_engine(url)
    run(engine, say_nothing, FileRoute.routes(sends), ready=ready.set, until=for_ever.wait)


def _start(engine: Engine, around: Surroundings, head: RecordHead) -> None:
    with engine.begin() as connection:
        EscalationRows(connection, around).start(head, Urgency.URGENT, left_out=frozenset())


def _press(engine: Engine, around: Surroundings, record_id: str, person: str) -> None:
    with contextlib.suppress(CallerMistake), engine.begin() as connection:
        EscalationRows(connection, around).acknowledge(record_id, person)


def _until_kept(do: Callable[[], None]) -> None:
    """As people do: what could not be kept, because the database was busy, is done again."""
    while True:
        with contextlib.suppress(StoreUnavailable), as_unavailable():
            return do()


def _is_settled(engine: Engine) -> bool:
    """Whether every case is somebody's or has come to the end of its ladder, and all is sent."""
    open_ones = text("SELECT 1 FROM escalations WHERE status IN ('holding', 'climbing')")
    unsent = text("SELECT 1 FROM deliveries WHERE result IN ('waiting', 'sending')")
    with snapshot(engine).connect() as connection:  # it takes no lock from those that work
        return not any(connection.execute(query).first() for query in (open_ones, unsent))


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
