"""Who is asked follows the rota, swaps that both agreed to, and says beforehand where it gapes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, delete

from casework.errors import NotAllowed, UnknownRecord
from casework.organisation import Duty, Organisation, Person, Shift, Swap
from escalation import reach, rota
from escalation.reach import ReachDrill
from escalation.routes import Routes
from escalation.tables import reach_checks, swaps
from tests.integration.escalation.test_sending import Scripted
from tests.integration.escalation.town import TWO_O_CLOCK, Town, new_head
from tests.unit.escalation.people import PACK, PEOPLE, organisation

TUESDAY = Duty(date(2026, 3, 3), False)  # in this town the office opens on Mondays
SECOND = Person(id="second", name="Second DSL", roles=("dsl",), email="second@example.org")
SWAP = Swap("dsl", TUESDAY, "dsl", "second")


def with_rota(*shifts: Shift) -> Organisation:
    everybody = (*PEOPLE, SECOND)
    found = organisation(people=everybody)
    return found.model_copy(update={"rota": shifts})


ALWAYS = Shift(role="dsl", people=("dsl",), when="always")


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        connection.execute(delete(swaps))
        connection.execute(delete(reach_checks))
    with engine.begin() as connection:
        yield connection


def on_duty(db: Connection, here: Organisation) -> tuple[str, ...]:
    return rota.on_duty_of(db, here, "dsl", TUESDAY)


def agreed(db: Connection, here: Organisation) -> None:
    rota.ask(db, here, TWO_O_CLOCK, SWAP)
    (waiting,) = rota.asked(db, TUESDAY.day)
    rota.agree(db, TWO_O_CLOCK, waiting.id, "second")


def test_a_swap_holds_once_both_have_agreed(db: Connection) -> None:
    here = with_rota(ALWAYS)
    rota.ask(db, here, TWO_O_CLOCK, SWAP)
    assert on_duty(db, here) == ("dsl",)
    (waiting,) = rota.asked(db, TUESDAY.day)
    with pytest.raises(UnknownRecord):
        rota.agree(db, TWO_O_CLOCK, waiting.id, "deputy")
    rota.agree(db, TWO_O_CLOCK, waiting.id, "second")
    assert on_duty(db, here) == ("second",)
    assert rota.on_duty_of(db, here, "dsl", Duty(date(2026, 3, 4), False)) == ("dsl",)


def test_either_can_take_a_swap_back(db: Connection) -> None:
    here = with_rota(ALWAYS)
    agreed(db, here)
    (swap,) = rota.asked(db, TUESDAY.day)
    with pytest.raises(UnknownRecord):
        rota.end(db, TWO_O_CLOCK, swap.id, "deputy")
    rota.end(db, TWO_O_CLOCK, swap.id, "dsl")
    assert on_duty(db, here) == ("dsl",)


@pytest.mark.parametrize(
    "swap",
    [
        Swap("dsl", TUESDAY, "second", "dsl"),
        Swap("dsl", TUESDAY, "dsl", "deputy"),
        Swap("dsl", TUESDAY, "dsl", "nobody_known"),
        Swap("dsl", TUESDAY, "dsl", "dsl"),
        Swap("dsl", Duty(date(2026, 3, 1), False), "dsl", "second"),
    ],
)
def test_a_duty_goes_from_whoever_has_it_to_whoever_may_have_it(db: Connection, swap: Swap) -> None:
    with pytest.raises(NotAllowed):
        rota.ask(db, with_rota(ALWAYS), TWO_O_CLOCK, swap)


def test_whoever_swapped_in_is_asked_at_the_moment_of_asking(town: Town, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(delete(swaps))
        town.around.organisation = with_rota(ALWAYS)
        agreed(connection, town.around.organisation)
    head = new_head()
    assert town.start(head).asked == ("manager", "second")


def test_a_stand_in_who_has_left_leaves_the_duty_where_it_was(db: Connection) -> None:
    agreed(db, with_rota(ALWAYS))
    staying = organisation(people=PEOPLE).model_copy(update={"rota": (ALWAYS,)})
    assert on_duty(db, staying) == ("dsl",)


def test_gaps_are_said_two_weeks_ahead(db: Connection) -> None:
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    here = with_rota(Shift(role="dsl", people=("dsl",), when="always", days=weekdays))
    found = rota.trouble(db, here, PACK, TWO_O_CLOCK)
    gaps = [one.duty.day.strftime("%A") for one in found if one.kind == "gap"]
    assert gaps == ["Saturday", "Sunday"] * 2


def test_somebody_on_twice_is_said_before_it_bites(db: Connection) -> None:
    both = Person(id="both", name="Both", roles=("dsl", "deputy_dsl"))
    here = organisation(people=(*PEOPLE, both)).model_copy(
        update={
            "rota": (
                Shift(role="dsl", people=("both",), when="always"),
                Shift(role="deputy_dsl", people=("both",), when="always"),
            )
        }
    )
    found = rota.trouble(db, here, PACK, TWO_O_CLOCK)
    assert {(one.kind, one.people) for one in found} == {("twice", ("both",))}


def test_a_drill_tries_every_route_of_everybody_once_a_week(engine: Engine, town: Town) -> None:
    with engine.begin() as connection:
        connection.execute(delete(reach_checks))
    email, sms = Scripted("email"), Scripted("sms", says="failed:500")
    town.around.routes = Routes((email, sms))
    town.around.organisation = with_rota()
    drill = ReachDrill(engine, town.around)
    drill.run()
    assert email.sent == []  # Tuesday is out of hours here
    town.now += timedelta(days=6)
    for _ in range(3):
        drill.run()
    assert email.to() == sms.to() == ["second"]
    assert "this is a drill" in email.sent[0].text
    with engine.begin() as connection:
        reach.confirm(connection, town.now, "second", "email")
        with pytest.raises(UnknownRecord):
            reach.confirm(connection, town.now, "second", "email")
        found = {one.route: one for one in reach.latest(connection, town.now.date())}
    assert (found["email"].result, found["sms"].result) == ("delivered", "failed:500")
    assert found["email"].confirmed_at == town.now
    town.now += timedelta(days=7)
    drill.run()
    assert email.to() == ["second", "second"]
