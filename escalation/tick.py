"""One tick: the moment at which a case is due. Ids only go in, so no queue holds a name.

Everything a tick does is one transaction with the enqueuing of the next one: after a kill -9 at
any point it either happened whole, or the same tick comes again and does it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select, update

from casework.facts import EscalationStatus
from casework.words import names_of
from escalation import watches
from escalation.attempts import SEND
from escalation.climb import Climb, Surroundings
from escalation.holding import Holding
from escalation.sending import Sender
from escalation.standing import Standing, find_all, lock
from escalation.tables import deliveries, escalations

# The queue may call a little early, because it counts in its own clock.
EARLY = timedelta(seconds=1)
# A row that is due for longer than this was lost by the queue. Source: reliability.md 3b.
OVERDUE = timedelta(seconds=30)
# What a tick says that found its row moved on.
STALE = "stale"


class Due(NamedTuple):
    """A tick that is due: the escalation's id and the step it must hold."""

    escalation_id: str
    step: int


def tick(connection: Connection, around: Surroundings, due: Due) -> str:
    """Moves the case if it is still where this tick expects it; says what happened in a word."""
    standing = lock(connection, escalations.c.id, due.escalation_id)
    if standing is None or standing.step != due.step or standing.due_at is None:
        return STALE
    climb = Climb(connection, around)
    early = standing.due_at - climb.now
    if early > EARLY:
        around.schedule(connection, standing.id, standing.step, early)
        return "early"
    if standing.status is EscalationStatus.HOLDING:
        return _hold_over(climb, around, standing)
    if standing.status.is_held:
        return Holding(climb).ran_out(standing).last_result
    return climb.go_on(standing).last_result


def _hold_over(climb: Climb, around: Surroundings, standing: Standing) -> str:
    """The hold ran out by itself: nobody is in the conversation to say so, so it is told here."""
    moved = climb.ask(standing, 0)
    if moved.status is EscalationStatus.UNDELIVERED:
        climb.tell_unanswered(moved)
    else:
        asked = names_of(around.organisation, moved.asked)
        climb.tell(moved, "utter_told_meanwhile", {"asked": asked})
    return moved.last_result


class Ticks:
    """What the durable engine calls: each method is one transaction of its own."""

    def __init__(self, engine: Engine, around: Surroundings) -> None:
        self._engine = engine
        self._around = around

    def run(self, due: Due) -> str:
        """Runs one tick. One that sends has transactions of its own: nothing is sent inside one."""
        if due.step == SEND:
            return Sender(self._engine, self._around).run(due.escalation_id)
        with self._engine.begin() as connection:
            return tick(connection, self._around, due)

    def overdue(self) -> list[Due]:
        """The ticks that should have run half a minute ago or more."""
        since = self._around.clock() - OVERDUE
        late = select(escalations.c.id, escalations.c.step).where(escalations.c.due_at < since)
        unsent = select(deliveries.c.escalation_id).where(deliveries.c.next_at < since).distinct()
        with self._engine.connect() as connection:
            moves = [Due(*row) for row in connection.execute(late)]
            return moves + [Due(one, SEND) for one in connection.execute(unsent).scalars()]

    def still_here(self) -> None:
        """Lets the auditor know that the engine sweeps."""
        with self._engine.begin() as connection:
            watches.seen(connection, watches.ENGINE, self._around.clock())

    def enqueue_again(self, due: Due) -> None:
        """Enqueues a tick that the queue has lost; harmless when it had not."""
        with self._engine.begin() as connection:
            self._around.schedule(connection, due.escalation_id, due.step, timedelta(0))

    def clock_went_back(self, by: timedelta) -> None:
        """Every due time follows the clock, so that nobody waits for an hour twice."""
        waiting = select(escalations).where(escalations.c.due_at.is_not(None)).with_for_update()
        with self._engine.begin() as connection:
            climb = Climb(connection, self._around)
            for standing in find_all(connection, waiting):
                assert standing.due_at is not None  # the query asked for it
                climb.wake(replace(standing, due_at=standing.due_at - by))
            unsent = select(deliveries.c.id, deliveries.c.next_at).where(
                deliveries.c.next_at.is_not(None)
            )
            for delivery_id, next_at in connection.execute(unsent).all():
                row = update(deliveries).where(deliveries.c.id == delivery_id)
                connection.execute(row.values(next_at=next_at - by))
