"""Reminders of what has a date: a digest a day, marks where the law counts hours, then silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.facts import Duty
from casework.vocabulary import WHICH_OF_US
from escalation.reminders import Reminders
from escalation.routes import Routes
from tests.integration.escalation.test_sending import Scripted
from tests.unit.home import Home


@pytest.fixture
def email() -> Scripted:
    return Scripted("email")


@pytest.fixture
def reminders(home: Home, email: Scripted) -> Reminders:
    home.around.routes = Routes((email,))
    return Reminders(home.engine, home.around, home.store.over)


def add(home: Home, kind: str, hours: float, record_id: str | None = None) -> Duty:
    with home.store.work() as work:
        due = home.clock.now + timedelta(hours=hours)
        key = f"{kind}/{hours}"
        return work.duties.add(kind, key, due, person="dsl", record_id=record_id)


def test_all_that_is_due_is_one_digest_a_day_until_it_is_done(
    home: Home, email: Scripted, reminders: Reminders
) -> None:
    first, second = add(home, "debrief", 30), add(home, "review", 60)
    for _ in range(3):
        reminders.run()
    assert email.to() == ["dsl"]
    home.clock.now += timedelta(days=1)
    reminders.run()
    assert email.to() == ["dsl", "dsl"]
    with home.store.work() as work:
        work.duties.done(first.id, "dsl")
        work.duties.done(second.id, "dsl")
    home.clock.now += timedelta(days=1)
    assert reminders.run() == []


def test_a_statutory_clock_is_said_at_each_mark(
    home: Home, email: Scripted, reminders: Reminders
) -> None:
    add(home, "breach_decision", 72)
    said = []
    for _ in range(75):
        said.append(len(reminders.run()))
        home.clock.now += timedelta(hours=1)
    assert [hour for hour, count in enumerate(said) if count] == [24, 48, 66, 71, 72]
    assert "legal time limit" in email.sent[0].text


def test_whoever_is_in_conflict_is_not_reminded_of_it(
    home: Home, email: Scripted, reminders: Reminders
) -> None:
    talk = home.told_case()
    add(home, "tell_person", 5, home.head(talk).id)
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    assert reminders.run() == []
