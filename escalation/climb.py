"""Every move on a ladder, written into the caller's transaction together with the next tick.

A move saves the row under a new step and schedules the tick that holds this step, so a tick of
an older step finds that the row has moved on and does nothing (reliability.md 3a, tick design).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from casework.facts import EscalationStatus
from casework.organisation import Organisation
from casework.ports import Clock
from casework.words import clock_words, names_of
from escalation.ladder import Reach, Turn, tells_outside, wait
from escalation.standing import Standing, save
from escalation.tables import deliveries
from policy.pack import Pack

logger = logging.getLogger(__name__)

# Says something to the reporter in the caller's transaction: (connection, record id, response
# name of domain.yml, its values).
Notice = Callable[[Connection, str, str, dict[str, str]], None]
# Enqueues a tick in the caller's transaction: (connection, escalation id, step, after how long).
Schedule = Callable[[Connection, str, int, timedelta], None]

DESK = "desk"
CONVERSATION = "conversation"
ANSWER = "answer"
DELIVERED = "delivered"
NOBODY_THERE = "nobody_there"


@dataclass(frozen=True)
class Surroundings:
    """What a climb needs from outside; built once in run/bootstrap.py."""

    clock: Clock
    organisation: Organisation
    pack: Pack
    notice: Notice
    schedule: Schedule


class Climb:
    """Moves cases within one transaction. Whoever calls it holds the lock of the row."""

    def __init__(self, connection: Connection, around: Surroundings) -> None:
        self._connection = connection
        self._around = around
        self.now = around.clock()

    def hold(self, standing: Standing, until: datetime) -> Standing:
        """Nobody is asked before `until`."""
        held = replace(standing, status=EscalationStatus.HOLDING, due_at=until, last_result="held")
        return self.wake(held)

    def ask(self, standing: Standing, rung: int) -> Standing:
        """Asks the first rung from `rung` on that has anybody; when none has, whoever is left.

        The reporter is told nothing here.
        """
        turn = self._reach(standing).first(standing.ladder, rung)
        if turn is None:
            return self._run_out(standing, repeats=0)
        for empty in range(rung, turn.rung):
            self.note(standing, empty, DESK, "", NOBODY_THERE)
        return self._give(replace(standing, status=EscalationStatus.CLIMBING, repeats=0), turn)

    def restart(self, standing: Standing) -> Standing:
        """Asks from the first rung on, whoever had it before."""
        return self.ask(replace(standing, acknowledged_by=None, acknowledged_at=None), 0)

    def go_on(self, standing: Standing) -> Standing:
        """The time of a rung ran out: the next one is asked, or whoever is left once more."""
        if standing.status is EscalationStatus.UNDELIVERED:
            moved = self._run_out(standing, standing.repeats + 1)
        else:
            moved = self.ask(standing, standing.rung + 1)
        self.tell_unanswered(moved, asked=standing.asked)
        return moved

    def reconsider(self, standing: Standing, left_out: frozenset[str]) -> Standing:
        """Follows a change of who is left out, in a case that is not on hold.

        Whoever is left out is asked no more, whoever may know after all is asked too, and a rung
        that empties moves on at once. A case that somebody in conflict had taken is nobody's.
        """
        if left_out == standing.left_out:
            return standing
        changed = replace(standing, left_out=left_out)
        if standing.status is not EscalationStatus.ACKNOWLEDGED:
            return self._reshuffle(changed, back=standing.left_out - left_out)
        if standing.acknowledged_by in left_out:
            return self.restart(changed)
        return save(self._connection, changed)

    def wake(self, standing: Standing) -> Standing:
        """Saves the row under a new step, and schedules its tick for when it is due."""
        fresh = save(self._connection, replace(standing, step=standing.step + 1))
        if fresh.due_at is not None:
            delay = max(fresh.due_at - self.now, timedelta(0))
            self._around.schedule(self._connection, fresh.id, fresh.step, delay)
        return fresh

    def tell_unanswered(self, standing: Standing, asked: tuple[str, ...]) -> None:
        """Tells the reporter that `asked` have not answered and who is asked now; where the
        ladder says so, with the numbers to ring (the renderer adds them)."""
        alone = standing.status is EscalationStatus.UNDELIVERED
        outside = alone or tells_outside(standing.ladder, standing.rung)
        values = {
            "asked": names_of(self._around.organisation, asked),
            "next": names_of(self._around.organisation, standing.asked),
            "since": clock_words(standing.since, self.now),
        }
        self.tell(standing, "utter_nobody_call" if outside else "utter_nobody_yet", values)

    def tell(self, standing: Standing, response: str, values: dict[str, str]) -> None:
        """Says it to the reporter. An edge: whatever goes wrong there must not stop the climb."""
        result = DELIVERED
        try:
            with self._connection.begin_nested():
                self._around.notice(self._connection, standing.record_id, response, values)
        except Exception as error:
            result = f"failed:{type(error).__name__}"[:64]
            logger.error("reporter_not_told %s %s", standing.reference, result)
        self.note(standing, standing.rung, CONVERSATION, standing.reporter, result)

    def note(self, standing: Standing, rung: int, route: str, person: str, result: str) -> None:
        """Writes down one attempt; nobody's is written with an empty person."""
        same = {"escalation_id": standing.id, "rung": rung, "route": route, "person": person}
        before = select(func.count()).select_from(deliveries).filter_by(**same)
        attempt = self._connection.execute(before).scalar_one() + 1
        values = same | {"attempt": attempt, "at": self.now, "result": result}
        self._connection.execute(insert(deliveries).values(values))

    def _reach(self, standing: Standing) -> Reach:
        return Reach(self._around.organisation, standing.reporter, self.now, standing.left_out)

    def _run_out(self, standing: Standing, repeats: int) -> Standing:
        """No rung is left: the last one that has anybody is asked again, and a trustee."""
        turn = self._reach(standing).last(standing.ladder)
        if not turn.people:
            self.note(standing, turn.rung, DESK, "", NOBODY_THERE)
        alone = replace(standing, status=EscalationStatus.UNDELIVERED, repeats=repeats)
        return self._give(alone, turn)

    def _give(self, standing: Standing, turn: Turn) -> Standing:
        """Makes it these people's turn. On the desk a row is the delivery itself."""
        for person in turn.people:
            self.note(standing, turn.rung, DESK, person, DELIVERED)
        due_at = self.now + wait(standing.ladder[turn.rung], standing.repeats)
        result = "asked" if turn.people else NOBODY_THERE
        return self.wake(
            replace(standing, rung=turn.rung, asked=turn.people, due_at=due_at, last_result=result)
        )

    def _reshuffle(self, standing: Standing, back: frozenset[str]) -> Standing:
        """`back` are asked with the rest when a rung up to now is theirs."""
        reach = self._reach(standing)
        passed = standing.ladder[: standing.rung + 1]
        theirs = dict.fromkeys(p for rung in passed for p in reach.people(rung) if p in back)
        staying = tuple(p for p in standing.asked if p not in standing.left_out)
        if standing.status is EscalationStatus.UNDELIVERED and theirs:
            return self.ask(standing, 0)
        if not staying and not theirs:
            return self.ask(standing, standing.rung)
        for person in theirs:
            self.note(standing, standing.rung, DESK, person, DELIVERED)
        return save(self._connection, replace(standing, asked=(*staying, *theirs)))
