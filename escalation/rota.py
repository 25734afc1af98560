"""Who is on duty on which day: the file's rota, swaps agreed by both, gaps and double bookings.

The file says who usually is; a swap is asked by one, agreed by the other, and then stands in for
the file on that day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from casework.errors import NotAllowed, UnknownRecord
from casework.organisation import UK, Duty, Organisation, Swap
from escalation.tables import swaps
from policy.pack import Pack

# How far ahead gaps are looked for: long enough to find somebody.
AHEAD = timedelta(days=14)
# Built once, as in attempts.py.
_AGREED = select(swaps).where(
    swaps.c.day == bindparam("on"), swaps.c.agreed_at.is_not(None), swaps.c.ended_at.is_(None)
)


@dataclass(frozen=True)
class Asked:
    """A swap that waits for the other's yes, or has it."""

    id: int
    swap: Swap
    is_agreed: bool


@dataclass(frozen=True)
class Trouble:
    """Something in the rota that will bite on this day."""

    duty: Duty
    role: str
    kind: str
    people: tuple[str, ...] = ()


def with_swaps(connection: Connection, organisation: Organisation, at: datetime) -> Organisation:
    """The organisation with the swaps that hold on this day."""
    day = {"on": organisation.duty_at(at).day}
    found = tuple(_swap(row) for row in connection.execute(_AGREED, day).mappings())
    here = {person.id for person in organisation.people}
    kept = tuple(one for one in found if one.stand_in in here)
    return organisation.model_copy(update={"swaps": kept}) if kept else organisation


def ask(connection: Connection, organisation: Organisation, now: datetime, swap: Swap) -> int:
    """Asks somebody to take a duty; returns the number of the swap.

    Raises:
        NotAllowed: It is not theirs to give, or to take.
    """
    on_duty = on_duty_of(connection, organisation, swap.role, swap.duty)
    holds = any(one.id == swap.stand_in and swap.role in one.roles for one in organisation.people)
    if swap.person not in on_duty or not holds or swap.stand_in in on_duty:
        raise NotAllowed(
            "That duty can't be swapped with them. They need the role, and to be free."
        )
    if swap.duty.day < organisation.duty_at(now).day:
        raise NotAllowed("That day is over.")
    values = {"person": swap.person, "stand_in": swap.stand_in, "role": swap.role}
    row = values | {"day": swap.duty.day, "in_hours": swap.duty.in_hours, "asked_at": now}
    written = insert(swaps).values(row).returning(swaps.c.id)
    number: int = connection.execute(written).scalar_one()
    return number


def agree(connection: Connection, now: datetime, swap_id: int, person: str) -> None:
    """Their yes. Raises UnknownRecord: nobody asked them."""
    row = update(swaps).where(
        swaps.c.id == swap_id,
        swaps.c.stand_in == person,
        swaps.c.agreed_at.is_(None),
        swaps.c.ended_at.is_(None),
    )
    if connection.execute(row.values(agreed_at=now)).rowcount != 1:
        raise UnknownRecord("There is no such swap to agree to.")


def end(connection: Connection, now: datetime, swap_id: int, person: str) -> None:
    """No, or not any more; either may say so. Raises UnknownRecord."""
    row = update(swaps).where(
        swaps.c.id == swap_id,
        (swaps.c.stand_in == person) | (swaps.c.person == person),
        swaps.c.ended_at.is_(None),
    )
    if connection.execute(row.values(ended_at=now)).rowcount != 1:
        raise UnknownRecord("There is no such swap.")


def asked(connection: Connection, since: date) -> list[Asked]:
    """Every swap from this day on that nobody ended."""
    query = select(swaps).where(swaps.c.day >= since, swaps.c.ended_at.is_(None))
    rows = connection.execute(query.order_by(swaps.c.day, swaps.c.id)).mappings()
    return [Asked(row["id"], _swap(row), row["agreed_at"] is not None) for row in rows]


def on_duty_of(
    connection: Connection, organisation: Organisation, role: str, duty: Duty
) -> tuple[str, ...]:
    """Who holds this role then."""
    at = moment(organisation, duty)
    return with_swaps(connection, organisation, at).people_with_role(role, at)


def days(organisation: Organisation, now: datetime) -> Iterator[Duty]:
    """Every part of the next days, in order."""
    first = organisation.duty_at(now).day
    for n in range(AHEAD.days):
        day = first + timedelta(days=n)
        for duty in (Duty(day, True), Duty(day, False)):
            if organisation.duty_at(moment(organisation, duty)) == duty:
                yield duty  # a day that is closed has no office hours


def moment(organisation: Organisation, duty: Duty) -> datetime:
    """A moment in this part of the day: as the office opens, or in the evening after it."""
    at = organisation.hours.opens if duty.in_hours else time(23, 59)
    return datetime.combine(duty.day, at, tzinfo=UK)


def roles_on_ladders(pack: Pack) -> tuple[str, ...]:
    """Every role that a case can be asked of, in the order of the ladders."""
    rungs = [rung for _, ladder in pack.ladders.all() for rung in ladder]
    roles = dict.fromkeys(role for rung in rungs for role in rung.roles)
    return tuple(role for role in roles if role != "line_manager")


def trouble(
    connection: Connection, organisation: Organisation, pack: Pack, now: datetime
) -> list[Trouble]:
    """Gaps, and people who hold two roles of one ladder at once, before they bite."""
    found: list[Trouble] = []
    for duty in days(organisation, now):
        at = moment(organisation, duty)
        here = with_swaps(connection, organisation, at)
        held: dict[str, list[str]] = {}
        for role in roles_on_ladders(pack):
            people = here.people_with_role(role, at)
            if not people:
                found.append(Trouble(duty, role, "gap"))
            for person in people:
                held.setdefault(person, []).append(role)
        for person, roles in held.items():
            if len(roles) > 1 and _on_rota(organisation, person) > 1:
                found.append(Trouble(duty, roles[0], "twice", (person,)))
    return found


def _on_rota(organisation: Organisation, person: str) -> int:
    return len({shift.role for shift in organisation.rota if person in shift.people})


def _swap(row: RowMapping) -> Swap:
    duty = Duty(row["day"], row["in_hours"])
    return Swap(row["role"], duty, row["person"], row["stand_in"])
