"""Sends what waits for a case, outside the transaction that wrote it down.

The order is that of reliability.md 3c: the row is there, it is claimed, then sent, then the result
is kept. A crash between sending and keeping is the only way to a second copy, and that one says
"repeat of 14:02".
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, func, select, update

from casework.facts import EscalationStatus
from casework.organisation import Person
from casework.words import clock_words, name_of, names_of
from escalation import attempts
from escalation.attempts import NOT_NEEDED, SEND, SENDING, UNKNOWN, WAITING
from escalation.climb import Climb, Purpose, Surroundings
from escalation.routes import ACCEPTED, DELIVERED, FAILED, Outcome, Outgoing, Route
from escalation.standing import Standing, find, lock
from escalation.tables import deliveries, escalations
from escalation.wording import CardFacts, Wording

logger = logging.getLogger(__name__)

HARD_TIMEOUT = timedelta(seconds=10)
# Whoever claimed it has sent it or died by then.
CLAIM = timedelta(seconds=30)
# A provider that has not said "delivered" by then has not delivered: the next route.
GIVE_UP = timedelta(seconds=25)
CHECK_EVERY = timedelta(seconds=5)
LOOK_SECONDS = 1.0
# A message that could not be changed is tried again: it still asks for what is done.
CHANGE_AGAIN, CHANGE_FOR = timedelta(seconds=30), timedelta(minutes=15)
# What a card says once it has been changed; for the last ones there is nothing left to do.
OVER = ("taken", "passed", "gone_on", "closed")
CHANGED = ("yours", *OVER)


@dataclass(frozen=True)
class Job:
    """One attempt in hand."""

    id: int
    person: Person
    route: Route
    result: str
    receipt: str | None
    message: Outgoing
    since: datetime


class Sender:
    """Sends for one case at a time; two at once claim different rows."""

    def __init__(self, engine: Engine, around: Surroundings) -> None:
        self._engine = engine
        self._around = around
        self._wording = Wording()

    def run(self, escalation_id: str) -> str:
        """Sends what is due and keeps what came of it."""
        jobs = self._claimed(escalation_id)
        if jobs:
            outcomes = asyncio.run(self._all(escalation_id, jobs))
            self._keep(escalation_id, list(zip(jobs, outcomes, strict=True)))
        with self._engine.begin() as connection:
            self._come_back(connection, escalation_id)
        return f"sent:{len(jobs)}"

    # ---- before: claim, or find that it is not needed ----

    def _claimed(self, escalation_id: str) -> list[Job]:
        with self._engine.begin() as connection:
            standing = lock(connection, escalations.c.id, escalation_id)
            if standing is None:
                return []
            now = self._around.clock()
            due = select(deliveries).where(
                deliveries.c.escalation_id == escalation_id,
                deliveries.c.next_at <= now + timedelta(seconds=1),
            )
            rows = connection.execute(due.order_by(deliveries.c.id)).mappings().all()
            found = [self._claim(connection, standing, row, now) for row in rows]
            return [job for job in found if job is not None]

    def _claim(
        self, connection: Connection, standing: Standing, row: RowMapping, now: datetime
    ) -> Job | None:
        if row["result"] == SENDING:
            self._was_lost(connection, standing, row)
            return None
        person, route = self._person(row["person"]), self._around.routes.named(row["route"])
        is_update = row["result"] == DELIVERED
        # What somebody in conflict was sent before stays as it is: a change would tell them.
        wanted = row["person"] not in standing.left_out if is_update else needed(standing, row)
        if person is None or route is None or not wanted:
            _settle(connection, row["id"], row["result"] if is_update else NOT_NEEDED)
            return None
        changes: dict[str, Any] = {"next_at": now + CLAIM}
        if row["result"] == WAITING:
            changes |= {"result": SENDING, "at": now}
        connection.execute(update(deliveries).where(deliveries.c.id == row["id"]).values(changes))
        purpose = _true_now(standing, row) if is_update else row["purpose"]
        message = self._message(connection, standing, row, person, purpose)
        at = now if row["result"] == WAITING else row["at"]
        return Job(row["id"], person, route, row["result"], row["receipt"], message, at)

    def _was_lost(self, connection: Connection, standing: Standing, row: RowMapping) -> None:
        """Whoever was sending it died: it may have gone out, so the next one is a repeat."""
        _settle(connection, row["id"], UNKNOWN)
        if needed(standing, row):
            _again(connection, self._around.clock(), standing, row, row["route"])

    def _message(
        self,
        connection: Connection,
        standing: Standing,
        row: RowMapping,
        person: Person,
        purpose: str,
    ) -> Outgoing:
        now = self._around.clock()
        before = _sent_before(connection, row)
        organisation = self._around.organisation
        facts = CardFacts(
            reference=standing.reference,
            urgency=standing.urgency,
            since=clock_words(standing.since, now),
            link=f"{self._around.address}/desk/{standing.reference}/ladder",
            repeat_of=clock_words(before, now) if before else None,
            kind=str(standing.kind).replace("_", " "),
            whose_turn=names_of(organisation, standing.fact().whose_turn),
            holder=name_of(organisation, standing.acknowledged_by or ""),
            held_since=clock_words(standing.acknowledged_at or now, now),
        )
        # Only a card is ever changed: what it says now is said by no other route.
        said = row["purpose"] if purpose in CHANGED else purpose
        return Outgoing(
            key=attempts.key_of(row),
            person=person,
            subject=self._wording.subject(facts),
            text=self._wording.text(said, facts),
            spoken=self._wording.text(said, facts, spoken=True),
            link="" if purpose in OVER else facts.link,
            reference=standing.reference,
            can_take=purpose in (Purpose.ASK, Purpose.ALONE, Purpose.HANDED),
            can_pass=purpose not in (Purpose.HANDED, Purpose.LOOK_AGAIN, *OVER),
            card=self._wording.card(purpose, facts),
        )

    def _person(self, person_id: str) -> Person | None:
        known = (one for one in self._around.organisation.people if one.id == person_id)
        return next(known, None)

    # ---- sending: no transaction is open here ----

    async def _all(self, escalation_id: str, jobs: list[Job]) -> list[Outcome | None]:
        return list(await asyncio.gather(*(self._one(escalation_id, job) for job in jobs)))

    async def _one(self, escalation_id: str, job: Job) -> Outcome | None:
        """What the route said; None when the need for it went while it was being sent."""
        sending = asyncio.create_task(_through(job))
        # A provider that does not answer a question has not confirmed: the next route still has
        # to be tried within half a minute.
        limit = CHECK_EVERY if job.result == ACCEPTED else HARD_TIMEOUT
        waited = 0.0
        while waited < limit.total_seconds():
            done, _ = await asyncio.wait({sending}, timeout=LOOK_SECONDS)
            if done:
                return _outcome(job, sending)
            waited += LOOK_SECONDS
            if job.result == WAITING and not await asyncio.to_thread(self._still, job.id):
                sending.cancel()
                await asyncio.wait({sending})
                return None
        sending.cancel()
        await asyncio.wait({sending})
        return Outcome.failed("timeout")

    def _still(self, delivery_id: int) -> bool:
        """Nothing is sent once somebody has it, not even what hangs in a slow provider; nor what
        another process has taken over, because this one was stopped for a while."""
        with self._engine.connect() as connection:
            row = _row(connection, delivery_id)
            standing = find(connection, escalations.c.id, row["escalation_id"])
            return row["result"] == SENDING and standing is not None and needed(standing, row)

    # ---- after: keep what came of it, and see to the next ----

    def _keep(self, escalation_id: str, results: list[tuple[Job, Outcome | None]]) -> None:
        with self._engine.begin() as connection:
            standing = lock(connection, escalations.c.id, escalation_id)
            assert standing is not None  # rows never go
            for job, outcome in results:
                self._keep_one(connection, standing, job, outcome)
            self._go_on_if_out_of_reach(connection, standing)

    def _keep_one(
        self, connection: Connection, standing: Standing, job: Job, outcome: Outcome | None
    ) -> None:
        now = self._around.clock()
        if not _is_in_hand(_row(connection, job.id), job):
            if outcome is not None and outcome.result == DELIVERED:
                _settle(connection, job.id, DELIVERED, outcome.receipt)
            return  # whoever took it over has seen to the rest
        if job.result == DELIVERED:  # it was an update
            _settle(connection, job.id, DELIVERED)
            changed_at = standing.acknowledged_at or standing.turn_since or standing.since
            if outcome and _has_failed(outcome.result) and now - changed_at < CHANGE_FOR:
                row = update(deliveries).where(deliveries.c.id == job.id)
                connection.execute(row.values(next_at=now + CHANGE_AGAIN))
            return
        if outcome is None:
            _settle(connection, job.id, NOT_NEEDED)
            return
        if outcome.result == ACCEPTED and now - job.since < GIVE_UP:
            values = {
                "result": ACCEPTED,
                "receipt": outcome.receipt or job.receipt,
                "next_at": min(now + CHECK_EVERY, job.since + GIVE_UP),
            }
            row = update(deliveries).where(deliveries.c.id == job.id)
            connection.execute(row.values(values))
            return
        result = f"{FAILED}:not_confirmed" if outcome.result == ACCEPTED else outcome.result
        _settle(connection, job.id, result, outcome.receipt or job.receipt)
        if result != DELIVERED:
            logger.warning("not_delivered %s %s %s", standing.reference, job.route.name, result)
            self._next_route(connection, standing, job)

    def _next_route(self, connection: Connection, standing: Standing, job: Job) -> None:
        row = _row(connection, job.id)
        if not needed(standing, row):
            return
        turn = _of_this_turn(standing, job.person.id)
        tried = connection.execute(select(deliveries.c.route).where(turn)).scalars().all()
        route = self._around.routes.after(tried, job.person, standing.urgency)
        if route is not None:
            _again(connection, self._around.clock(), standing, row, route.name)

    def _go_on_if_out_of_reach(self, connection: Connection, standing: Standing) -> None:
        """Nobody who is asked could be reached by any route: the next rung is due now."""
        if standing.status is not EscalationStatus.CLIMBING or not standing.asked:
            return
        for person in standing.asked:
            turn = _of_this_turn(standing, person)
            results = connection.execute(select(deliveries.c.result).where(turn)).scalars().all()
            if not results or any(not _has_failed(result) for result in results):
                return
        climb = Climb(connection, self._around)
        climb.due_now(standing)

    def _come_back(self, connection: Connection, escalation_id: str) -> None:
        query = select(func.min(deliveries.c.next_at)).where(
            deliveries.c.escalation_id == escalation_id
        )
        next_at = connection.execute(query).scalar_one()
        if next_at is not None:
            delay = max(next_at - self._around.clock(), timedelta(0))
            self._around.schedule(connection, escalation_id, SEND, delay)


def _row(connection: Connection, delivery_id: int) -> RowMapping:
    query = select(deliveries).where(deliveries.c.id == delivery_id)
    return connection.execute(query).mappings().one()


def _is_in_hand(row: RowMapping, job: Job) -> bool:
    """Whether the attempt is as this process claimed it. One that was stopped for minutes and
    goes on finds that another has seen to it."""
    claimed = SENDING if job.result == WAITING else job.result
    return row["result"] == claimed and row["next_at"] is not None


def needed(standing: Standing, row: RowMapping) -> bool:
    """Whether this message still says something true to somebody who may hear it."""
    person = str(row["person"])
    if person in standing.left_out or not standing.is_open:
        return False
    purpose = Purpose(row["purpose"])
    if purpose is Purpose.HANDED:
        return person == standing.handed_to
    if purpose in (Purpose.NUDGE, Purpose.LOOK_AGAIN, Purpose.NEWS):
        return person == standing.acknowledged_by
    return standing.acknowledged_by is None and person in standing.asked


def _true_now(standing: Standing, row: RowMapping) -> str:
    """What a message that was sent has to say by now."""
    person = row["person"]
    if not standing.is_open:
        return "closed"
    if person == standing.acknowledged_by:
        return "yours"
    if standing.acknowledged_by is not None and not needed(standing, row):
        return "taken"
    if person in standing.passed:
        return "passed"
    # Whoever was asked on an earlier rung may still take it.
    asked = row["purpose"] in (Purpose.ASK, Purpose.ALONE) or needed(standing, row)
    return str(row["purpose"]) if asked else "gone_on"


def _again(
    connection: Connection, now: datetime, standing: Standing, row: RowMapping, route: str
) -> None:
    """One attempt more, like `row`, by this route."""
    attempts.write(
        connection,
        escalation_id=standing.id,
        rung=row["rung"],
        route=route,
        person=row["person"],
        at=now,
        result=WAITING,
        purpose=row["purpose"],
    )


async def _through(job: Job) -> Outcome:
    if job.result == WAITING:
        return await job.route.send(job.message)
    if job.result == ACCEPTED:
        return await job.route.check(job.receipt or "")
    await job.route.update(job.receipt or "", job.message)
    return Outcome(DELIVERED)


def _outcome(job: Job, sending: asyncio.Task[Outcome]) -> Outcome:
    """An edge: whatever goes wrong in a route is a message that was not delivered."""
    error = sending.exception()
    if error is None:
        return sending.result()
    logger.error("route_failed %s %s", job.route.name, type(error).__name__)
    return Outcome.failed(type(error).__name__)


def _settle(
    connection: Connection, delivery_id: int, result: str, receipt: str | None = None
) -> None:
    values: dict[str, Any] = {"result": result[:64], "next_at": None}
    if receipt is not None:
        values["receipt"] = receipt
    connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))


def _sent_before(connection: Connection, row: RowMapping) -> datetime | None:
    """When the same was sent to them by this route on this rung, if it was or may have been."""
    query = select(func.max(deliveries.c.at)).where(
        deliveries.c.escalation_id == row["escalation_id"],
        deliveries.c.route == row["route"],
        deliveries.c.person == row["person"],
        deliveries.c.purpose == row["purpose"],
        deliveries.c.id < row["id"],
        deliveries.c.result.in_((DELIVERED, UNKNOWN)),
    )
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def _of_this_turn(standing: Standing, person: str) -> ColumnElement[bool]:
    since = standing.turn_since or standing.since
    return (
        (deliveries.c.escalation_id == standing.id)
        & (deliveries.c.person == person)
        & (deliveries.c.route.not_in(("desk", "conversation", "answer")))
        & (deliveries.c.at >= since)
    )


def _has_failed(result: str) -> bool:
    return result.startswith(FAILED)
