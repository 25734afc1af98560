"""The weekly drill: every route of everybody on a ladder is tried before it is needed.

A drill says that it is one. Whoever gets it presses "it reached me"; a route that failed, or that
nobody confirmed, stands on the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Connection, Engine, RowMapping, select, update
from sqlalchemy.dialects import postgresql, sqlite

from casework.errors import UnknownRecord
from casework.organisation import Person
from casework.vocabulary import Urgency
from escalation.attempts import SENDING, WAITING
from escalation.climb import Surroundings
from escalation.once import outcome_of
from escalation.rota import roles_on_ladders
from escalation.routes import ACCEPTED, DELIVERED, FAILED, Outcome, Outgoing, Route
from escalation.tables import reach_checks
from escalation.wording import Facts, Wording

# What a route says that was asked without a message.
REACHABLE = "reachable"
# A provider has said by then what became of it.
CHECK_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Seen:
    """What a route said, and when."""

    at: datetime
    outcome: Outcome


@dataclass(frozen=True)
class Reached:
    """One route of one person, as the last drill found it."""

    person: str
    route: str
    at: datetime
    result: str
    confirmed_at: datetime | None

    @property
    def failed(self) -> str | None:
        """Why it did not reach them; None where it did, or may have."""
        if self.confirmed_at is not None or not self.result.startswith(FAILED):
            return None
        return self.result.removeprefix(f"{FAILED}:").replace("_", " ").replace(":", ", ")


@runtime_checkable
class Quiet(Protocol):
    """A route that can be asked whether it reaches somebody, without a message to them."""

    async def reachable(self, person: Person) -> Outcome:
        """`REACHABLE`, or why not."""


class ReachDrill:
    """Runs the drill. Every step is a row, so that a restart repeats nothing."""

    def __init__(self, engine: Engine, around: Surroundings) -> None:
        self._engine = engine
        self._around = around
        self._wording = Wording()

    def run(self) -> None:
        """Sends what this week's drill has not sent, and asks what became of the rest."""
        local = self._around.organisation.duty_at(self._around.clock())
        monday = local.day - timedelta(days=local.day.weekday())
        if local.in_hours:  # nobody is rung at night for a drill
            self._write(monday)
            self._each(monday, WAITING, self._send)
        self._each(monday, ACCEPTED, self._ask)

    def _write(self, week: date) -> None:
        on_sqlite = self._engine.dialect.name == "sqlite"
        insert = sqlite.insert if on_sqlite else postgresql.insert
        now = self._around.clock()
        with self._engine.begin() as connection:
            for person, route in self._everyone():
                row = insert(reach_checks).values(
                    person=person.id, route=route.name, week=week, at=now, result=WAITING
                )
                connection.execute(row.on_conflict_do_nothing())

    def _everyone(self) -> list[tuple[Person, Route]]:
        return [
            (person, route)
            for person in on_ladders(self._around)
            for route in self._around.routes.of(person, Urgency.STANDARD)
        ]

    def _each(self, week: date, result: str, act: Callable[[RowMapping], None]) -> None:
        with self._engine.connect() as connection:
            query = select(reach_checks).where(
                reach_checks.c.week == week, reach_checks.c.result == result
            )
            rows = connection.execute(query).mappings().all()
        for row in rows:
            act(row)

    def _send(self, row: RowMapping) -> None:
        known = {(person.id, route.name): (person, route) for person, route in self._everyone()}
        if (row["person"], row["route"]) not in known:
            self._keep(row["id"], Outcome.failed("gone"))
            return
        if not self._claimed(row["id"]):
            return
        person, route = known[row["person"], row["route"]]
        if isinstance(route, Quiet):
            self._keep(row["id"], outcome_of(route.reachable(person)))
        else:
            self._keep(row["id"], outcome_of(route.send(self._message(row, person))))

    def _ask(self, row: RowMapping) -> None:
        route = self._around.routes.named(row["route"])
        if route is None or self._around.clock() - row["at"] < CHECK_AFTER:
            return
        outcome = outcome_of(route.check(row["receipt"] or ""))
        self._keep(
            row["id"], Outcome.failed("not_confirmed") if outcome.result == ACCEPTED else outcome
        )

    def _claimed(self, row_id: int) -> bool:
        """One process sends it; a drill that was lost in a crash is not sent twice."""
        row = update(reach_checks).where(
            reach_checks.c.id == row_id, reach_checks.c.result == WAITING
        )
        with self._engine.begin() as connection:
            return connection.execute(row.values(result=SENDING)).rowcount == 1

    def _keep(self, row_id: int, outcome: Outcome) -> None:
        row = update(reach_checks).where(reach_checks.c.id == row_id)
        values: dict[str, Any] = {"result": outcome.result, "at": self._around.clock()}
        if outcome.receipt:
            values["receipt"] = outcome.receipt
        with self._engine.begin() as connection:
            connection.execute(row.values(values))

    def _message(self, row: RowMapping, person: Person) -> Outgoing:
        facts = Facts("Drill", Urgency.STANDARD, "", f"{self._around.address}/desk/rota")
        return Outgoing(
            key=f"drill-{row['week']}-{row['route']}-{row['person']}",
            person=person,
            subject="Heard: a drill, nothing has happened",
            text=self._wording.text("drill", facts),
            spoken=self._wording.text("drill", facts, spoken=True),
            link=facts.link,
            reference="",
            can_take=False,
        )


def words(check: Reached) -> str:
    """What a check found, in words."""
    if check.confirmed_at is not None:
        return "reached them"
    if check.result == REACHABLE:
        return "can be messaged"
    if check.result == DELIVERED:
        return "sent, not confirmed"
    if check.result in (WAITING, SENDING, ACCEPTED):
        return "being checked"
    return f"NOT reached ({check.failed})"


def found(connection: Connection, week: date, person: str, route: str, seen: Seen) -> None:
    """Keeps what a look at a route found, in place of what this week's check had found."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    values = {"at": seen.at, "result": seen.outcome.result, "confirmed_at": None}
    row = insert(reach_checks).values(person=person, route=route, week=week, **values)
    same = ["person", "route", "week"]
    connection.execute(row.on_conflict_do_update(index_elements=same, set_=values))


def on_ladders(around: Surroundings) -> list[Person]:
    """Everybody who can be asked about some case."""
    roles = {*roles_on_ladders(around.pack), "line_manager", "trustee"}
    return [person for person in around.organisation.people if roles & set(person.roles)]


def confirm(connection: Connection, now: datetime, person: str, route: str) -> None:
    """ "It reached me." Raises UnknownRecord: there was no drill by this route."""
    row = update(reach_checks).where(
        reach_checks.c.person == person,
        reach_checks.c.route == route,
        reach_checks.c.confirmed_at.is_(None),
    )
    if not connection.execute(row.values(confirmed_at=now)).rowcount:
        raise UnknownRecord("There is no drill to confirm.")


def latest(connection: Connection, week: date) -> list[Reached]:
    """What the drills since this day found, the newest of each route of each person."""
    query = select(reach_checks).where(reach_checks.c.week >= week).order_by(reach_checks.c.week)
    found = {
        (row["person"], row["route"]): Reached(
            row["person"], row["route"], row["at"], row["result"], row["confirmed_at"]
        )
        for row in connection.execute(query).mappings()
    }
    return list(found.values())
