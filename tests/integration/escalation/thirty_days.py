"""Thirty simulated days on an injected clock: cases at any hour, people who do not answer, rota
gaps and holidays, a machine that is down for up to twelve hours, a queue that loses ticks.

Drill 27 of reliability.md. Only the queue and the clock are made up; every move is a transaction
on a real database.
"""

from __future__ import annotations

import contextlib
import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy import Connection, Engine, select

from casework.errors import HeardError
from casework.facts import EscalationStatus, RecordHead
from casework.organisation import Hours, Organisation, Shift
from casework.vocabulary import Urgency
from escalation.climb import Surroundings
from escalation.rows import EscalationRows
from escalation.tables import deliveries, escalations
from escalation.tick import OVERDUE, STALE, Due, Ticks
from tests.integration.escalation.town import TWO_O_CLOCK, new_head
from tests.unit.escalation.people import PACK, organisation

DAYS = 30
LONGEST_DOWN = timedelta(hours=12)
SWEEP = timedelta(seconds=20)
LOST = 0.01
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


@dataclass
class Figures:
    """What came of it."""

    cases: int = 0
    ticks: int = 0
    lost_ticks: int = 0
    hours_down: float = 0.0
    never_asked: int = 0
    without_clock: int = 0
    overdue: int = 0
    worst_beyond_downtime: timedelta = timedelta(0)


@dataclass(order=True)
class Event:
    """Something that happens at a moment."""

    at: datetime
    number: int
    do: Callable[[], None] = field(compare=False)


class Month:
    """One simulated month over one database."""

    def __init__(self, engine: Engine, cases: int, seed: int) -> None:
        self.engine = engine
        self.now = TWO_O_CLOCK
        self.end = TWO_O_CLOCK + timedelta(days=DAYS)
        self.random = random.Random(seed)
        self.numbers = count()
        self.events: list[Event] = []
        self.figures = Figures(cases=cases)
        self.heads: dict[str, RecordHead] = {}
        self.down = list(self._downtimes())
        self.around = Surroundings(
            clock=lambda: self.now,
            organisation=town_with_gaps(),
            pack=PACK,
            notice=lambda *_: None,
            schedule=self._schedule,
        )
        self.ticks = Ticks(engine, self.around)

    def run(self) -> Figures:
        """The whole month."""
        for _ in range(self.figures.cases):
            head = new_head()
            self.heads[head.id] = head
            at = TWO_O_CLOCK + self.random.random() * timedelta(days=DAYS - 1)
            self._at(self._when_up(at), lambda head=head: self._start(head))
        while self.events and self.events[0].at <= self.end:
            event = heapq.heappop(self.events)
            self.now = max(self.now, event.at)
            event.do()
        self.now = self.end
        self._look()
        return self.figures

    # ---- what people do ----

    def _start(self, head: RecordHead) -> None:
        urgency = self.random.choice((Urgency.URGENT, Urgency.URGENT, Urgency.STANDARD))
        with self.engine.begin() as connection:
            rows = EscalationRows(connection, self.around)
            rows.start(head, urgency, left_out=frozenset(), hold_seconds=45)
        for person in self.random.sample(("manager", "dsl", "deputy", "on_call", "trustee"), 3):
            hours = self.random.expovariate(1 / 4)  # also while it is on hold
            at = self._when_up(self.now + timedelta(hours=hours))
            self._at(at, lambda person=person: self._acts(head, person))
        a_day_later = self._when_up(self.now + timedelta(hours=self.random.uniform(12, 30)))
        self._at(a_day_later, lambda: self._ends(head))

    def _ends(self, head: RecordHead) -> None:
        """A day later whoever has it closes it, or somebody who takes it: a case is not left open
        for a month."""
        with contextlib.suppress(HeardError), self.engine.begin() as connection:
            rows = EscalationRows(connection, self.around)
            climb = rows.of_record(head.id)
            holder = climb.acknowledged_by if climb is not None else None
            holder = rows.acknowledge(head.id, holder or "on_call").acknowledged_by
            assert holder is not None  # they have just taken it
            rows.close(head.id, holder)

    def _acts(self, head: RecordHead, person: str) -> None:
        """They take it, or do what a holder does; half of them go quiet afterwards."""
        presses = ("acknowledge", "acknowledge", "acknowledge", "pass_on", "step_taken", "close")
        press = self.random.choice(presses)
        try:
            with self.engine.begin() as connection:
                getattr(EscalationRows(connection, self.around), press)(head.id, person)
        except HeardError:
            return
        if press == "acknowledge" and self.random.random() < 0.5:
            at = self._when_up(self.now + timedelta(minutes=30))
            self._at(at, lambda: self._steps(head, person))

    def _steps(self, head: RecordHead, person: str) -> None:
        try:
            with self.engine.begin() as connection:
                EscalationRows(connection, self.around).step_taken(head.id, person)
        except HeardError:
            return

    # ---- the queue, which loses ticks, and the machine, which is down ----

    def _schedule(
        self, connection: Connection, escalation_id: str, step: int, delay: timedelta
    ) -> None:
        due = comes = self.now + delay
        if self.random.random() < LOST:
            self.figures.lost_ticks += 1
            since = (due + OVERDUE - TWO_O_CLOCK) // SWEEP + 1
            comes = TWO_O_CLOCK + since * SWEEP  # the sweeper finds it
        self._at(self._when_up(comes), lambda: self._tick(Due(escalation_id, step), due))

    def _tick(self, tick: Due, due: datetime) -> None:
        """`due` is when the row asked for it. A tick that moved nothing was late for nobody."""
        self.figures.ticks += 1
        if self.ticks.run(tick) != STALE:
            beyond = self.now - self._when_up(due)
            worst = self.figures.worst_beyond_downtime
            self.figures.worst_beyond_downtime = max(worst, beyond)

    def _downtimes(self) -> list[tuple[datetime, datetime]]:
        found, at = [], TWO_O_CLOCK
        while at < self.end:
            at += timedelta(hours=self.random.uniform(12, 72))
            length = self.random.random() ** 2 * LONGEST_DOWN
            found.append((at, at + length))
            self.figures.hours_down += length.total_seconds() / 3600
            at += length
        return found

    def _when_up(self, at: datetime) -> datetime:
        return next((end for start, end in self.down if start <= at < end), at)

    def _at(self, at: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self.events, Event(at, next(self.numbers), do))

    # ---- how it ended ----

    def _look(self) -> None:
        figures = self.figures
        with self.engine.connect() as connection:
            asked = set(
                connection.execute(
                    select(deliveries.c.escalation_id).where(
                        deliveries.c.route == "desk", deliveries.c.person != ""
                    )
                ).scalars()
            )
            for row in connection.execute(select(escalations)).mappings():
                is_open = row["status"] != EscalationStatus.CLOSED
                figures.never_asked += row["id"] not in asked
                figures.without_clock += is_open and row["due_at"] is None
                late = row["due_at"] is not None and self._when_up(row["due_at"]) < (
                    self.now - timedelta(seconds=60)
                )
                figures.overdue += is_open and late


def town_with_gaps() -> Organisation:
    """Nobody is DSL at weekends, the deputy never at night, and one Tuesday the office is shut."""
    return organisation().model_copy(
        update={
            "hours": Hours(
                days=WEEKDAYS, opens="09:00", closes="17:00", closed_on=(date(2026, 3, 17),)
            ),
            "rota": (
                Shift(role="dsl", people=("dsl",), when="always", days=WEEKDAYS),
                Shift(role="deputy_dsl", people=("deputy",), when="in_hours"),
                Shift(role="on_call", people=("on_call",), when="out_of_hours"),
            ),
        }
    )
