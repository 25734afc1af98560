"""Implements casework.ports.Escalations over the caller's open transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.dialects import postgresql, sqlite

from casework.errors import AlreadyAcknowledged, CallerMistake, NotAllowed, UnknownRecord
from casework.facts import Escalation, EscalationStatus, RecordHead
from casework.vocabulary import RecordKind, Urgency
from casework.words import clock_words, name_of
from escalation.climb import ANSWER, DESK, Climb, Purpose, Surroundings
from escalation.holding import Holding
from escalation.ladder import Ladder, freeze, may_take
from escalation.standing import Standing, find, find_all, lock, save
from escalation.tables import deliveries, escalations

logger = logging.getLogger(__name__)


class EscalationRows:
    """The ladders of all cases, as one transaction sees them.

    `left_out` is always everybody who must not hear of the case as far as is known now: the
    last call counts, and whoever it no longer names may be asked again.
    """

    def __init__(self, connection: Connection, around: Surroundings) -> None:
        self._connection = connection
        self._around = around
        self._climb = Climb(connection, around)
        self._holding = Holding(self._climb)

    def start(
        self,
        head: RecordHead,
        urgency: Urgency,
        *,
        left_out: frozenset[str],
        hold_seconds: int = 0,
    ) -> Escalation:
        """Starts the climb, or makes it more urgent; see the port.

        When nobody at all can be asked the status is `undelivered`; the caller tells the
        reporter, here as in every first ask.
        """
        standing = self._locked(head.id) or self._opened(head, urgency)
        changed = replace(standing, left_out=left_out)
        more_urgent = urgency.rank < standing.urgency.rank
        if more_urgent:
            changed = replace(
                changed,
                urgency=urgency,
                ladder=self._ladder(urgency, head.kind),
                act_within=self._act_within(urgency),
            )
        if standing.status is EscalationStatus.HOLDING:
            return self._held_or_asked(changed, hold_seconds).fact()
        if more_urgent or not standing.is_open:
            return self._climb.restart(changed).fact()
        return self._climb.reconsider(standing, left_out).fact()

    def release(self, record_id: str, *, left_out: frozenset[str]) -> Escalation | None:
        """Ends a hold; a case that is not on hold only follows who is left out."""
        standing = self._locked(record_id)
        if standing is None:
            return None
        if standing.status is EscalationStatus.HOLDING:
            return self._climb.ask(replace(standing, left_out=left_out), 0).fact()
        return self._climb.reconsider(standing, left_out).fact()

    def leave_out(self, record_id: str, left_out: frozenset[str]) -> Escalation | None:
        """They are asked no more. The reporter is told when that leaves nobody."""
        standing = self._locked(record_id)
        if standing is None:
            return None
        if standing.status is EscalationStatus.HOLDING:
            return save(self._connection, replace(standing, left_out=left_out)).fact()
        moved = self._climb.reconsider(standing, left_out)
        if moved.status is EscalationStatus.UNDELIVERED and moved.step != standing.step:
            self._climb.tell_unanswered(moved)
        return moved.fact()

    def acknowledge(self, record_id: str, person: str) -> Escalation:
        """One press takes the case; the same person's second press changes nothing.

        Raises:
            UnknownRecord: There is no climb, or it is on hold, or this person must not hear of it.
            NotAllowed: This person was never asked and does not stand on its ladder.
            AlreadyAcknowledged: Somebody else has it; says who and since when.
        """
        standing = self._known("acknowledge", record_id, person)
        if not self._may_take(standing, person):
            logger.warning("press_refused acknowledge %s %s", standing.reference, person)
            raise NotAllowed(self._not_yours(standing))
        if self._took(standing, person):
            self._holding.taken(standing, person)
            self._tell_acknowledged(standing, person)
        return self._held_by(standing.id, person).fact()

    def pass_on(self, record_id: str, person: str) -> Escalation:
        """They cannot; see the port."""
        return self._move("pass_on", record_id, person, self._holding.pass_on)

    def snooze(self, record_id: str, person: str) -> Escalation:
        """More time; see the port."""
        return self._move("snooze", record_id, person, self._holding.snooze)

    def hand_over(self, record_id: str, person: str, to: str) -> Escalation:
        """To somebody who may have it; see the port."""

        def handed(standing: Standing, holder: str) -> Standing:
            if to == holder or to in standing.left_out or not self._may_take(standing, to):
                raise NotAllowed("They can't be asked to take this.")
            return self._holding.hand_over(standing, holder, to)

        return self._move("hand_over", record_id, person, handed)

    def step_taken(self, record_id: str, person: str) -> Escalation:
        """The first protective step; see the port."""
        return self._move("step", record_id, person, self._holding.step_taken)

    def close(self, record_id: str, person: str) -> Escalation:
        """Nobody is asked any more; see the port."""
        return self._move("close", record_id, person, self._holding.close)

    def tell_holder(self, record_id: str) -> None:
        """Whoever has it hears that there is more; see the port."""
        standing = self._locked(record_id)
        if standing is not None and standing.acknowledged_by is not None and standing.is_open:
            holder = (standing.acknowledged_by,)
            self._climb.send(standing, standing.rung, holder, Purpose.NEWS)

    def of_record(self, record_id: str) -> Escalation | None:
        """Where the case stands, if it climbs at all."""
        standing = find(self._connection, escalations.c.record_id, record_id)
        return standing.fact() if standing else None

    def tell(self, record_id: str, response: str, slots: Mapping[str, str]) -> None:
        """In the caller's transaction: it is told only if what it says was kept."""
        self._around.notice(self._connection, record_id, response, dict(slots))

    def open_ones(self) -> list[Escalation]:
        """Every open case, the longest unanswered first, those that somebody has at the end."""
        is_open = escalations.c.status != EscalationStatus.CLOSED
        return self._all(select(escalations).where(is_open))

    def all_ones(self) -> list[Escalation]:
        """The same, with those that are closed."""
        return self._all(select(escalations))

    def ever_asked(self) -> Mapping[str, frozenset[str]]:
        """Everybody who was asked on the desk, or has answered, by record."""
        query = select(escalations.c.record_id, deliveries.c.person).join(escalations)
        by_desk = query.where(deliveries.c.route.in_((DESK, ANSWER))).distinct()
        found: dict[str, set[str]] = {}
        for record_id, person in self._connection.execute(by_desk):
            found.setdefault(record_id, set()).add(person)
        return {record_id: frozenset(people) for record_id, people in found.items()}

    def steps(self, record_id: str) -> list[Mapping[str, Any]]:
        """Every attempt in order: {"at", "rung", "route", "person", "result"}.

        route "desk": a person was asked (result "delivered"), or the rung had nobody (person "",
        result "nobody_there"); "conversation": the reporter was told ("delivered" or "failed:…");
        "answer": what the person did ("acknowledged", "passed_on", "snoozed", "handed_over",
        "step_taken", "closed") or did not ("went_quiet"). Also "purpose": what a message was for.
        """
        names = ("at", "rung", "route", "person", "result", "purpose")
        columns = (deliveries.c[name] for name in names)
        query = select(*columns).join(escalations).where(escalations.c.record_id == record_id)
        rows = self._connection.execute(query.order_by(deliveries.c.id)).mappings()
        return [dict(row) for row in rows]

    def _all(self, query: Select[Any]) -> list[Escalation]:
        answered = escalations.c.acknowledged_at.is_not(None)
        in_order = query.order_by(answered, escalations.c.since)
        return [standing.fact() for standing in find_all(self._connection, in_order)]

    def _move(
        self, press: str, record_id: str, person: str, move: Callable[[Standing, str], Standing]
    ) -> Escalation:
        standing = self._known(press, record_id, person)
        try:
            return move(standing, person).fact()
        except CallerMistake as refused:
            logger.warning(
                "press_refused %s %s %s %s", press, standing.reference, person, refused.code
            )
            raise

    def _known(self, press: str, record_id: str, person: str) -> Standing:
        """The row, locked, or somebody could be left out in between.

        Raises UnknownRecord, also while it is on hold: until it is clear whom the case concerns
        nobody may take it, and nobody has been asked to.
        """
        standing = self._locked(record_id)
        if standing is None:
            raise UnknownRecord
        if standing.status is EscalationStatus.HOLDING or person in standing.left_out:
            logger.warning("press_refused %s %s %s unknown", press, standing.reference, person)
            raise UnknownRecord
        return standing

    def _not_yours(self, standing: Standing) -> str | None:
        """Whoever is refused hears who has it: nobody rings round for nothing."""
        return self._climb.who_has(standing) if standing.acknowledged_by else None

    def _locked(self, record_id: str) -> Standing | None:
        return lock(self._connection, escalations.c.record_id, record_id)

    def _opened(self, head: RecordHead, urgency: Urgency) -> Standing:
        """A new row, on hold until its first move; the other one's, if two start at once."""
        new = Standing(
            id=uuid4().hex,
            record_id=head.id,
            reference=head.reference,
            kind=head.kind,
            reporter=head.reporter,
            urgency=urgency,
            ladder=self._ladder(urgency, head.kind),
            status=EscalationStatus.HOLDING,
            since=self._climb.now,
            turn_since=self._climb.now,
            act_within=self._act_within(urgency),
        )
        # ON CONFLICT is not in SQLAlchemy's common language.
        on_sqlite = self._connection.dialect.name == "sqlite"
        insert = sqlite.insert(escalations) if on_sqlite else postgresql.insert(escalations)
        self._connection.execute(insert.values(new.values()).on_conflict_do_nothing())
        return self._locked(head.id) or new

    def _ladder(self, urgency: Urgency, kind: RecordKind) -> Ladder:
        return freeze(self._around.pack, self._around.organisation, urgency, kind)

    def _act_within(self, urgency: Urgency) -> int:
        around = self._around
        within = around.organisation.first_step_within(around.pack, urgency)
        return int(within.total_seconds())

    def _held_or_asked(self, standing: Standing, hold_seconds: int) -> Standing:
        """A hold may be shortened, never made longer."""
        if not hold_seconds:
            return self._climb.ask(standing, 0)
        until = self._climb.now + timedelta(seconds=hold_seconds)
        if standing.due_at is not None and standing.due_at <= until:
            return save(self._connection, standing)
        return self._climb.hold(standing, until)

    def _may_take(self, standing: Standing, person: str) -> bool:
        asked = select(deliveries.c.id).where(
            deliveries.c.escalation_id == standing.id,
            deliveries.c.route == DESK,
            deliveries.c.person == person,
        )
        return self._connection.execute(asked).first() is not None or may_take(
            standing.ladder,
            self._around.organisation,
            reporter=standing.reporter,
            person=person,
        )

    def _took(self, standing: Standing, person: str) -> bool:
        """One statement, so that of many presses at once exactly one finds the row free."""
        free = update(escalations).where(
            escalations.c.id == standing.id,
            escalations.c.acknowledged_by.is_(None)
            if standing.handed_to != person
            else escalations.c.handed_to == person,
        )
        return self._connection.execute(free.values(acknowledged_by=person)).rowcount == 1

    def _tell_acknowledged(self, standing: Standing, person: str) -> None:
        self._climb.note(standing, standing.rung, ANSWER, person, "acknowledged")
        values = {
            "by": name_of(self._around.organisation, person),
            "at": clock_words(self._climb.now, self._climb.now),
        }
        self._climb.tell(standing, "utter_acknowledged", values)

    def _held_by(self, escalation_id: str, person: str) -> Standing:
        """The row as it stands. Raises AlreadyAcknowledged when it is somebody else's."""
        standing = find(self._connection, escalations.c.id, escalation_id)
        assert standing is not None  # rows never go
        if standing.acknowledged_by != person:
            logger.warning("press_refused acknowledge %s %s", standing.reference, person)
            raise AlreadyAcknowledged(self._climb.who_has(standing))
        return standing
