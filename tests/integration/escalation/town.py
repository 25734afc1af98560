"""A whole ladder on a real database, with a clock and a queue that the test moves by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from casework.facts import Escalation, RecordHead
from casework.vocabulary import RecordKind, Urgency
from escalation.climb import Surroundings
from escalation.routes import NO_ROUTES, Routes
from escalation.rows import EscalationRows
from escalation.tick import Due, Ticks
from tests.unit.escalation.people import PACK, PEOPLE, organisation

TWO_O_CLOCK = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def new_head(reporter: str = "worker") -> RecordHead:
    """A record that nobody has escalated yet."""
    number = next(_numbers)
    return RecordHead(
        id=f"{number:032d}",
        reference=f"HRD-2026-{number:06d}",
        kind=RecordKind.DISCLOSURE,
        conversation_id=f"talk-{number}",
        reporter=reporter,
        opened_at=TWO_O_CLOCK,
        pack="children_and_families",
        pack_version="1",
        pack_hash="0",
    )


@dataclass
class FakeQueue:
    """A durable queue that runs when the test says so; a rolled-back tick stays harmless."""

    waiting: list[tuple[datetime, Due]] = field(default_factory=list)

    def take(self, now: datetime) -> list[Due]:
        """What is due, in order; it is gone from the queue then."""
        due = sorted(entry for entry in self.waiting if entry[0] <= now)
        self.waiting = [entry for entry in self.waiting if entry[0] > now]
        return [tick for _, tick in due]


@dataclass
class Told:
    """One thing the reporter was told."""

    record_id: str
    response: str
    values: dict[str, str]


class Town:
    """Everything around one database."""

    def __init__(self, engine: Engine, routes: Routes = NO_ROUTES) -> None:
        self.engine = engine
        self.now = TWO_O_CLOCK
        self.queue = FakeQueue()
        self.told: list[Told] = []
        self.around = Surroundings(
            clock=lambda: self.now,
            organisation=organisation(),
            pack=PACK,
            notice=self._notice,
            schedule=self._schedule,
            routes=routes,
            address="https://heard.test",
        )

    @contextmanager
    def rows(self) -> Iterator[EscalationRows]:
        """One transaction, as a use case has it."""
        with self.engine.begin() as connection:
            yield EscalationRows(connection, self.around)

    def start(
        self,
        head: RecordHead,
        urgency: Urgency = Urgency.URGENT,
        *,
        left_out: frozenset[str] = frozenset(),
        hold_seconds: int = 0,
    ) -> Escalation:
        with self.rows() as rows:
            return rows.start(head, urgency, left_out=left_out, hold_seconds=hold_seconds)

    def press(self, head: RecordHead, person: str) -> Escalation:
        with self.rows() as rows:
            return rows.acknowledge(head.id, person)

    def standing(self, head: RecordHead) -> Escalation:
        with self.rows() as rows:
            found = rows.of_record(head.id)
        assert found is not None
        return found

    def asked(self, head: RecordHead) -> list[str]:
        """Everybody who was ever asked, in order."""
        return [
            step["person"]
            for step in self.steps(head)
            if step["result"] == "delivered" and step["route"] == "desk"
        ]

    def steps(self, head: RecordHead) -> list[dict[str, Any]]:
        with self.rows() as rows:
            return [dict(step) for step in rows.steps(head.id)]

    def responses(self, head: RecordHead) -> list[str]:
        return [told.response for told in self.told if told.record_id == head.id]

    def leaves(self, person: str) -> None:
        """This person is no longer in the directory."""
        staying = tuple(known for known in PEOPLE if known.id != person)
        self.around = replace(self.around, organisation=organisation(people=staying))

    def pass_time(self, **duration: float) -> list[str]:
        """Moves the clock and runs what is due, one after the other, at its own time."""
        end, results = self.now + timedelta(**duration), []
        while self.queue.waiting and min(at for at, _ in self.queue.waiting) <= end:
            self.now = max(self.now, min(at for at, _ in self.queue.waiting))
            ticks = Ticks(self.engine, self.around)
            results += [ticks.run(due) for due in self.queue.take(self.now)]
        self.now = end
        return results

    def _notice(
        self, connection: Connection, record_id: str, response: str, values: dict[str, str]
    ) -> None:
        self.told.append(Told(record_id, response, values))

    def _schedule(
        self, connection: Connection, escalation_id: str, step: int, delay: timedelta
    ) -> None:
        self.queue.waiting.append((self.now + delay, Due(escalation_id, step)))
