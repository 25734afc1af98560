"""Every night the rota of the coming days is looked at, and whoever keeps it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, insert

from casework.organisation import Organisation, Person, Shift, Swap
from escalation import nights, rota
from escalation.nights import Finding, Nights
from escalation.routes import Routes
from escalation.tables import nights as table
from escalation.tables import reach_checks, swaps
from tests.integration.escalation.test_sending import Scripted
from tests.integration.escalation.town import Town
from tests.unit.escalation.people import PEOPLE, organisation

THREE = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
EVERYBODY = (
    *(one.model_copy(update={"email": f"{one.id}@example.org"}) for one in PEOPLE),
    Person(id="admin", name="Administrator", roles=("administrator",), email="it@example.org"),
    Person(id="second", name="Second DSL", roles=("dsl",), email="second@example.org"),
)
ALWAYS = (
    Shift(role="dsl", people=("dsl",), when="always"),
    Shift(role="deputy_dsl", people=("deputy",), when="always"),
)


class Night:
    """A town at three in the morning, with a rota and a mail server."""

    def __init__(self, engine: Engine) -> None:
        self.mail = Scripted("email")
        self.town = Town(engine, Routes((self.mail,)))
        self.town.now = THREE
        self.on_file = self.here(*ALWAYS)

    def here(self, *shifts: Shift, people: tuple[Person, ...] = EVERYBODY) -> Organisation:
        """These people and this rota are today's."""
        found = organisation(people=people).model_copy(update={"rota": shifts})
        self.town.around = replace(self.town.around, organisation=found)
        return found

    def falls(self) -> list[Finding]:
        """What this night finds."""
        Nights(self.town.engine, self.town.around, lambda: self.on_file).run()
        with self.town.engine.connect() as connection:
            return nights.latest(connection)


@pytest.fixture
def night(engine: Engine) -> Night:
    with engine.begin() as connection:
        for one in (table, swaps, reach_checks):
            connection.execute(delete(one))
    return Night(engine)


def test_a_rota_without_fault_is_nobodys_news(night: Night) -> None:
    assert night.falls() == []
    assert night.mail.sent == []


def test_a_gap_is_found_for_each_part_of_the_coming_days_and_mailed_to_who_keeps_the_rota(
    night: Night,
) -> None:
    night.here(Shift(role="dsl", people=("dsl",), when="in_hours"), ALWAYS[1])
    found = night.falls()
    assert {(one.kind, one.role, one.in_hours) for one in found} == {("gap", "dsl", False)}
    assert len(found) == rota.AHEAD.days
    assert found[0].day == "2026-03-03"
    assert sorted(night.mail.to()) == ["admin", "deputy"]
    assert night.mail.sent[0].text == (
        "Heard: the rota of the coming days needs looking at. See why: https://heard.test/desk/rota"
    )


def test_somebody_who_is_on_twice_is_found(night: Night) -> None:
    both = tuple(
        one.model_copy(update={"roles": ("dsl", "deputy_dsl")}) if one.id == "dsl" else one
        for one in EVERYBODY
    )
    night.here(ALWAYS[0], Shift(role="deputy_dsl", people=("dsl",), when="always"), people=both)
    assert {(one.kind, one.person) for one in night.falls()} == {("twice", "dsl")}


def test_a_rota_entry_of_somebody_who_has_left_is_found_unless_somebody_stands_in(
    night: Night,
) -> None:
    staying = tuple(one for one in EVERYBODY if one.id != "dsl")
    night.here(Shift(role="dsl", people=("second",), when="always"), ALWAYS[1], people=staying)
    assert night.falls() == []
    night.town.now += timedelta(days=1)
    night.here(ALWAYS[1], people=staying)
    assert Finding("gone", person="dsl", role="dsl") in night.falls()


def test_a_swap_whose_stand_in_has_left_is_found(night: Night) -> None:
    duty = night.on_file.duty_at(THREE)
    with night.town.engine.begin() as connection:
        rota.ask(connection, night.on_file, THREE, Swap("dsl", duty, "dsl", "second"))
        (asked,) = rota.asked(connection, duty.day)
        rota.agree(connection, THREE, asked.id, "second")
    night.here(*ALWAYS, people=tuple(one for one in EVERYBODY if one.id != "second"))
    assert night.falls() == [
        Finding("gone", "second", "dsl", duty.day.isoformat(), in_hours=duty.in_hours)
    ]


def test_somebody_on_a_ladder_whom_nothing_reaches_is_found(night: Night) -> None:
    unreached = tuple(
        one.model_copy(update={"email": None}) if one.id == "on_call" else one for one in EVERYBODY
    )
    night.here(*ALWAYS, people=unreached)
    assert night.falls() == [Finding("no_route", person="on_call")]


def test_an_account_that_the_last_look_found_dead_is_found(night: Night) -> None:
    with night.town.engine.begin() as connection:
        row = {"person": "deputy", "route": "email", "week": THREE.date(), "at": THREE}
        connection.execute(insert(reach_checks).values(**row, result="failed:account_inactive"))
    assert night.falls() == [Finding("not_reached", person="deputy", route="email")]


def test_it_looks_once_a_night_and_says_it_once(night: Night) -> None:
    night.here(ALWAYS[1], Shift(role="dsl", people=("dsl",), when="in_hours"))
    night.town.now = THREE - timedelta(minutes=1)
    assert night.falls() == []
    night.town.now = THREE
    night.falls()
    night.town.now += timedelta(hours=8)
    night.here(*ALWAYS)
    assert night.falls() != []  # until the next night
    assert len(night.mail.sent) == 2
    night.town.now += timedelta(hours=16)
    assert night.falls() == []


def test_a_mail_that_fails_is_said_in_the_log_and_stays_on_the_desk(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    night.here(ALWAYS[1], Shift(role="dsl", people=("dsl",), when="in_hours"))
    night.mail.says = "raises"
    assert night.falls() != []
    assert "rota_not_told failed:RuntimeError" in caplog.text
