"""Every move on a ladder, written into the caller's transaction together with the next tick.

A move saves the row under a new step and schedules the tick that holds this step, so a tick of
an older step finds that the row has moved on and does nothing (reliability.md 3a, tick design).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, update

from casework.facts import EscalationStatus
from casework.organisation import Organisation
from casework.ports import Clock
from casework.vocabulary import Urgency
from casework.words import clock_words, name_of, names_of
from escalation import attempts, rota
from escalation.attempts import SEND, WAITING
from escalation.ladder import Reach, Turn, tells_outside, wait
from escalation.routes import NO_ROUTES, Routes
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


class Purpose(StrEnum):
    """What a message is for."""

    ASK = "ask"
    ALONE = "alone"
    NUDGE = "nudge"
    HANDED = "handed"
    LOOK_AGAIN = "look_again"
    NEWS = "news"


@dataclass
class Surroundings:
    """What a climb needs from outside; built once in run/bootstrap.py.

    `organisation` is exchanged when people come and go (run/people.py).
    """

    clock: Clock
    organisation: Organisation
    pack: Pack
    notice: Notice
    schedule: Schedule
    routes: Routes = NO_ROUTES
    # Where the desk is found, for the links in messages.
    address: str = ""


class Climb:
    """Moves cases within one transaction. Whoever calls it holds the lock of the row."""

    def __init__(self, connection: Connection, around: Surroundings) -> None:
        self._connection = connection
        self._around = around
        self.now = around.clock()
        self.organisation = around.organisation

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
        fresh = replace(
            standing,
            acknowledged_by=None,
            acknowledged_at=None,
            stepped_at=None,
            nudged_at=None,
            handed_to=None,
            passed=(),
            snoozes=0,
        )
        self.change_sent(fresh)
        return self.ask(fresh, 0)

    def go_on(self, standing: Standing) -> Standing:
        """The time of a rung ran out: the next one is asked, or whoever is left once more."""
        if standing.status is EscalationStatus.UNDELIVERED:
            moved = self._run_out(standing, standing.repeats + 1)
        else:
            moved = self.ask(standing, standing.rung + 1)
        self.tell_unanswered(moved)
        return moved

    def reconsider(self, standing: Standing, left_out: frozenset[str]) -> Standing:
        """Follows a change of who is left out, in a case that is not on hold.

        Whoever is left out is asked no more, whoever may know after all is asked too, and a rung
        that empties moves on at once. A case that somebody in conflict had taken is nobody's.
        """
        if left_out == standing.left_out:
            return standing
        changed = replace(standing, left_out=left_out)
        if standing.handed_to in left_out:
            changed = replace(changed, handed_to=None)
        if standing.acknowledged_by is None:
            return self._reshuffle(changed, back=standing.left_out - left_out)
        if standing.is_open and standing.acknowledged_by in left_out:
            return self.restart(changed)
        return self.keep(changed)

    def keep(self, standing: Standing) -> Standing:
        """Saves the row; the tick that is due stays due."""
        return save(self._connection, standing)

    def wake(self, standing: Standing) -> Standing:
        """Saves the row under a new step, and schedules its tick for when it is due."""
        fresh = save(self._connection, replace(standing, step=standing.step + 1))
        if fresh.due_at is not None:
            delay = max(fresh.due_at - self.now, timedelta(0))
            self._around.schedule(self._connection, fresh.id, fresh.step, delay)
        return fresh

    def answer_time(self, standing: Standing) -> timedelta:
        """How long somebody on this rung has to answer."""
        return standing.ladder[standing.rung].acknowledge_within

    def who_has(self, standing: Standing) -> str:
        """The sentence for everybody who comes later."""
        name = name_of(self._around.organisation, standing.acknowledged_by or "")
        since = clock_words(standing.acknowledged_at or self.now, self.now)
        return f"{name} has had this since {since}."

    def tell_unanswered(self, standing: Standing) -> None:
        """Tells the reporter that nobody has answered and who is asked now; where the ladder
        says so, with the numbers to ring (the renderer adds them)."""
        alone = standing.status is EscalationStatus.UNDELIVERED
        outside = alone or tells_outside(standing.ladder, standing.rung)
        values = {
            "next": names_of(self._around.organisation, standing.asked),
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

    def send(
        self, standing: Standing, rung: int, people: tuple[str, ...], purpose: Purpose
    ) -> None:
        """Tells these people: on the desk, where a row is the delivery itself, and by the routes
        that reach them. Those are sent after this transaction (sending.py)."""
        waits = False
        for person in people:
            self.note(standing, rung, DESK, person, DELIVERED, purpose)
            for route in self._first_routes(standing, person, purpose):
                self.note(standing, rung, route, person, WAITING, purpose)
                waits = True
        if waits:
            self._around.schedule(self._connection, standing.id, SEND, timedelta(0))

    def change_sent(self, standing: Standing) -> None:
        """Messages that can be changed say what is true now."""
        names = [route.name for route in self._around.routes.all if route.updates]
        if not names:
            return
        sent = update(deliveries).where(
            deliveries.c.escalation_id == standing.id,
            deliveries.c.route.in_(names),
            deliveries.c.result == DELIVERED,
        )
        if self._connection.execute(sent.values(next_at=self.now)).rowcount:
            self._around.schedule(self._connection, standing.id, SEND, timedelta(0))

    def due_now(self, standing: Standing) -> Standing:
        """What would happen later happens now."""
        return self.wake(replace(standing, due_at=self.now))

    def note(
        self,
        standing: Standing,
        rung: int,
        route: str,
        person: str,
        result: str,
        purpose: Purpose = Purpose.ASK,
    ) -> None:
        """Writes down one attempt; nobody's is written with an empty person."""
        attempts.write(
            self._connection,
            escalation_id=standing.id,
            rung=rung,
            route=route,
            person=person,
            at=self.now,
            result=result,
            purpose=purpose,
        )

    def _first_routes(self, standing: Standing, person: str, purpose: Purpose) -> list[str]:
        """Every route at once where nothing may be left to chance, else the best one."""
        entry = next((one for one in self.organisation.people if one.id == person), None)
        routes = self._around.routes.of(entry, standing.urgency) if entry else ()
        at_once = purpose is Purpose.ALONE or standing.urgency is Urgency.EMERGENCY
        return [route.name for route in (routes if at_once else routes[:1])]

    def _reach(self, standing: Standing) -> Reach:
        out = standing.left_out | frozenset(standing.passed)
        here = rota.with_swaps(self._connection, self._around.organisation, self.now)
        return Reach(here, standing.reporter, self.now, out)

    def _run_out(self, standing: Standing, repeats: int) -> Standing:
        """No rung is left: the last one that has anybody is asked again, and a trustee. Whoever
        had passed it on is asked with them: there is nobody else."""
        standing = replace(standing, passed=())
        turn = self._reach(standing).last(standing.ladder)
        if not turn.people:
            self.note(standing, turn.rung, DESK, "", NOBODY_THERE)
        alone = replace(standing, status=EscalationStatus.UNDELIVERED, repeats=repeats)
        return self._give(alone, turn)

    def _give(self, standing: Standing, turn: Turn) -> Standing:
        """Makes it these people's turn."""
        alone = standing.status is EscalationStatus.UNDELIVERED
        purpose = Purpose.ALONE if alone else Purpose.ASK
        self.send(standing, turn.rung, turn.people, purpose)
        due_at = self.now + wait(standing.ladder[turn.rung], standing.repeats)
        result = "asked" if turn.people else NOBODY_THERE
        given = replace(standing, rung=turn.rung, asked=turn.people, turn_since=self.now)
        return self.wake(replace(given, due_at=due_at, last_result=result))

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
        self.send(standing, standing.rung, tuple(theirs), Purpose.ASK)
        return save(self._connection, replace(standing, asked=(*staying, *theirs)))
