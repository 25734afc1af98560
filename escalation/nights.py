"""The nightly look at the rota of the coming days: what would bite, found while there is time.

Gaps and double bookings, entries that name somebody who is not here any more, and people on a
ladder whom nothing reaches. It stands on the desk until the next night, and whoever keeps the rota
gets a mail that says so. One row a night, so that a restart repeats nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from casework.organisation import UK, Organisation, Person, Shift
from casework.vocabulary import Urgency
from escalation import reach, rota
from escalation.attempts import SENDING, WAITING
from escalation.climb import Surroundings
from escalation.once import outcome_of
from escalation.routes import DELIVERED, FAILED, Outgoing, Route
from escalation.tables import nights
from escalation.wording import Facts, Wording

logger = logging.getLogger(__name__)

# After midnight and before anybody is at work, in UK time.
HOUR = 3
# Who keeps the rota.
KEEPERS = ("deputy_dsl", "administrator")
# A drill older than this says nothing about today.
DRILLED_SINCE = timedelta(days=8)


@dataclass(frozen=True)
class Finding:
    """One thing that will bite. `kind`:

    gap, twice      of this day (ISO date), inside or outside office hours
    gone            the rota, or a swap, names somebody who is not here
    no_route        nothing that is set up reaches this person
    not_reached     the last look at this route to them failed
    """

    kind: str
    person: str = ""
    role: str = ""
    day: str = ""
    in_hours: bool = False
    route: str = ""


class Nights:
    """Looks once a night. `on_file`: the organisation as in its file, absent people included."""

    def __init__(
        self, engine: Engine, around: Surroundings, on_file: Callable[[], Organisation]
    ) -> None:
        self._engine = engine
        self._around = around
        self._on_file = on_file
        self._wording = Wording()

    def run(self) -> None:
        """Looks, if nobody has tonight; tells whoever keeps the rota, if nobody has."""
        local = self._around.clock().astimezone(UK)
        if local.hour < HOUR:
            return
        with self._engine.begin() as connection:
            if self._missing(connection, local.date()):
                self._write(connection, local.date(), self._look(connection))
            to_tell = self._claimed(connection, local.date())
        if to_tell:
            self._tell(local.date())

    def _look(self, connection: Connection) -> list[Finding]:
        here, now = self._around.organisation, self._around.clock()
        troubles = rota.trouble(connection, here, self._around.pack, now)
        found = [
            Finding(
                one.kind,
                person=one.people[0] if one.people else "",
                role=one.role,
                day=one.duty.day.isoformat(),
                in_hours=one.duty.in_hours,
            )
            for one in troubles
        ]
        return [*found, *self._gone(connection), *self._out_of_reach(connection)]

    def _gone(self, connection: Connection) -> Iterator[Finding]:
        here = self._around.organisation
        known = {person.id for person in here.people}
        for shift in self._on_file().rota:
            for person in _unresolved(shift, here, known):
                yield Finding("gone", person=person, role=shift.role)
        for asked in rota.asked(connection, here.duty_at(self._around.clock()).day):
            swap = asked.swap
            if asked.is_agreed and swap.stand_in not in known:
                day = swap.duty.day.isoformat()
                yield Finding("gone", swap.stand_in, swap.role, day, swap.duty.in_hours)

    def _out_of_reach(self, connection: Connection) -> Iterator[Finding]:
        """Those on a ladder: nobody else has to be found at night."""
        routes = self._around.routes
        if not routes.all:
            return  # the desk alone was chosen: nobody is reached otherwise
        week = self._around.organisation.duty_at(self._around.clock()).day - DRILLED_SINCE
        failed = [one for one in reach.latest(connection, week) if one.result.startswith(FAILED)]
        for person in reach.on_ladders(self._around):
            if not routes.of(person, Urgency.URGENT):
                yield Finding("no_route", person=person.id)
            for one in failed:
                if one.person == person.id:
                    yield Finding("not_reached", person=person.id, route=one.route)

    def _missing(self, connection: Connection, night: date) -> bool:
        return connection.execute(select(nights).where(nights.c.night == night)).first() is None

    def _write(self, connection: Connection, night: date, found: list[Finding]) -> None:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        row = insert(nights).values(
            night=night,
            at=self._around.clock(),
            findings=[asdict(one) for one in found],
            told=WAITING if found else "nothing_to_tell",
        )
        connection.execute(row.on_conflict_do_nothing())

    def _claimed(self, connection: Connection, night: date) -> bool:
        row = update(nights).where(nights.c.night == night, nights.c.told == WAITING)
        return connection.execute(row.values(told=SENDING)).rowcount == 1

    def _tell(self, night: date) -> None:
        route = self._around.routes.named("email")
        people = [
            person
            for person in self._around.organisation.people
            if set(KEEPERS) & set(person.roles) and route is not None and route.reaches(person)
        ]
        results = [self._mail(route, night, person) for person in people if route is not None]
        told = DELIVERED if DELIVERED in results else next(iter(results), f"{FAILED}:nobody")
        if told != DELIVERED:
            logger.error("rota_not_told %s", told)
        with self._engine.begin() as connection:
            row = update(nights).where(nights.c.night == night)
            connection.execute(row.values(told=told))

    def _mail(self, route: Route, night: date, person: Person) -> str:
        facts = Facts("Rota", Urgency.STANDARD, "", f"{self._around.address}/desk/rota")
        message = Outgoing(
            key=f"rota-{night}-{person.id}",
            person=person,
            subject="Heard: the rota needs looking at",
            text=self._wording.text("rota", facts),
            spoken=self._wording.text("rota", facts, spoken=True),
            link=facts.link,
            reference="",
            can_take=False,
        )
        return outcome_of(route.send(message)).result


def latest(connection: Connection) -> list[Finding]:
    """What the last night found."""
    query = select(nights.c.findings).order_by(nights.c.night.desc()).limit(1)
    found = connection.execute(query).scalar_one_or_none()
    return [Finding(**one) for one in found or ()]


def _unresolved(shift: Shift, here: Organisation, known: Collection[str]) -> list[str]:
    """Who of this shift is not here and has no stand-in on it."""
    same = (one.people for one in here.rota if _part(one) == _part(shift))
    stand_ins = set(next(same, ())) - set(shift.people)
    return [person for person in shift.people if person not in known][len(stand_ins) :]


def _part(shift: Shift) -> tuple[object, ...]:
    return shift.role, shift.when, shift.days
