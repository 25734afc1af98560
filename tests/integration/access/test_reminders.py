"""Reminders of what has a date: a digest a day, marks where the law counts hours, then silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework import duties, escalate, guide
from casework.facts import Duty
from casework.vocabulary import WHICH_OF_US, RecordKind
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


def test_whoever_has_to_decide_is_asked_until_it_is_decided(
    home: Home, email: Scripted, reminders: Reminders
) -> None:
    talk = home.talk()
    opened = home.message(talk, "the school asks where they live")
    guide.begin(home.house, talk, opened.id, RecordKind.DECISION)
    head = home.head(talk)
    with home.store.work() as work:
        due = work.now() + timedelta(hours=72)
        duty = duties.for_role(
            work, home.house, head, duties.Own.BREACH_DECISION, "dp_trustee", due
        )
        again = duties.for_role(
            work, home.house, head, duties.Own.BREACH_DECISION, "dp_trustee", due
        )
    assert again == duty
    asked = []
    for hour in range(50):
        before = len(email.sent)
        reminders.run()
        asked += [hour for one in email.sent[before:] if head.reference in one.text]
        home.clock.now += timedelta(hours=1)
    assert asked == [0, 1, 4, 24, 48]
    assert set(email.to()) == {"dp_trustee"}
    said = next(one for one in email.sent if head.reference in one.text)
    assert "decision" not in said.subject.casefold()
    assert "/desk/duties" in said.text
    assert "school" not in said.text + said.subject + said.spoken
    with home.store.work() as work:
        work.duties.done(duty.id, "dp_trustee")
    home.clock.now += timedelta(days=3)
    assert reminders.run() == []


def test_whom_the_ladder_asks_is_not_asked_twice_for_the_same(
    home: Home, email: Scripted, reminders: Reminders
) -> None:
    talk = home.told_case()
    climb = home.climb(talk)
    assert climb is not None
    assert "line_manager" in climb.asked
    with home.store.work() as work:
        duties.for_role(
            work,
            home.house,
            home.head(talk),
            duties.Own.DECISION,
            duties.LINE_MANAGER,
            work.now(),
        )
    assert reminders.run() == []
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, home.head(talk).reference, "dsl")
    assert len(reminders.run()) == 1
    assert email.to() == ["line_manager"]


class Died(BaseException):
    """The service, in the middle of sending."""


def test_what_no_route_took_goes_out_again_until_one_does(
    home: Home, email: Scripted, reminders: Reminders
) -> None:
    add(home, "debrief", 30)
    email.says = "failed:down"
    for minutes in (0, 4, 1):
        home.clock.now += timedelta(minutes=minutes)
        reminders.run()
    assert len(email.sent) == 2
    email.says = "delivered"
    for _ in range(3):
        home.clock.now += timedelta(minutes=5)
        reminders.run()
    assert len(email.sent) == 3
    assert not any("Repeat" in one.text for one in email.sent)  # nobody has read one before


def test_what_was_in_hand_when_the_service_died_goes_out_again_and_says_so(
    home: Home, email: Scripted, reminders: Reminders
) -> None:
    def dies() -> None:
        raise Died

    add(home, "debrief", 30)
    email.meanwhile = dies
    with pytest.raises(Died):
        reminders.run()
    email.meanwhile = lambda: None
    reminders.run()
    assert len(email.sent) == 1  # it may still be in another's hands
    home.clock.now += timedelta(minutes=5)
    for _ in range(3):
        reminders.run()
    assert ["Repeat of 14:00." in one.text for one in email.sent] == [False, True]
