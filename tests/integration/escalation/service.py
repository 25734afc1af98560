"""The ladder on the real queue, with a clock that can be moved and a way to do it harm."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, text

from casework.facts import Escalation, RecordHead
from casework.vocabulary import Urgency, utc_now
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
from escalation.rows import EscalationRows
from escalation.tick import Ticks
from tests.unit.escalation.people import PACK, QUICK, organisation

# Also on a machine that others keep busy: ladders of seconds took two minutes on one.
DEADLINE_SECONDS = 180


def wait_until(condition: Callable[[], object]) -> None:
    """Fails when it has not come true in time; how long it takes is not the point."""
    assert comes_true(condition, DEADLINE_SECONDS), "it never came true"


def comes_true(condition: Callable[[], object], within_seconds: float) -> bool:
    """Whether it came true in time; it is not waited for any longer than that takes."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    return True


@dataclass
class Service:
    """The ladder on a real queue, with clocks that can be moved."""

    engine: Engine
    ahead: timedelta = timedelta(0)
    told: list[str] = field(default_factory=list)
    broken: bool = False

    def __post_init__(self) -> None:
        self.durable = DurableEngine(self.engine, self.now)
        self.around = Surroundings(
            clock=self.now,
            organisation=organisation(clocks=QUICK),
            pack=PACK,
            notice=self._notice,
            schedule=self.durable.enqueue_in_transaction,
        )

    def now(self) -> datetime:
        if self.broken:
            raise ValueError("a secret sentence")
        return utc_now() + self.ahead

    def launch(self) -> None:
        self.durable.launch(Ticks(self.engine, self.around))

    def reset(self) -> None:
        """As new, for the next test: no case, no tick, the clock right."""
        self.broken, self.ahead = False, timedelta(0)
        ours = ("deliveries", "escalations")
        for table in ("@workflow_output", "@workflow_input", "@workflow_status", *ours):
            self.sql(f"DELETE FROM {table}")
        self.durable.sweep()  # it sees the clock jump back while nobody waits
        self.told.clear()

    def start(self, head: RecordHead, urgency: Urgency = Urgency.URGENT) -> Escalation:
        with self.engine.begin() as connection:
            rows = EscalationRows(connection, self.around)
            return rows.start(head, urgency, left_out=frozenset())

    def standing(self, head: RecordHead) -> Escalation:
        with self.engine.begin() as connection:
            found = EscalationRows(connection, self.around).of_record(head.id)
        assert found is not None
        return found

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """Into DBOS's own tables, as only a disaster would reach them."""
        schema = "dbos." if self.engine.dialect.name == "postgresql" else ""
        with self.engine.begin() as connection:
            result = connection.execute(text(statement.replace("@", schema)))
            return [tuple(row) for row in result] if result.returns_rows else []

    def _notice(
        self, connection: Connection, record_id: str, response: str, values: dict[str, str]
    ) -> None:
        self.told.append(response)
