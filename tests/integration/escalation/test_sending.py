"""How messages go out: one route after another, never twice without saying so, never too late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from casework.facts import EscalationStatus, RecordHead
from casework.organisation import Person
from casework.vocabulary import Urgency
from escalation import sending
from escalation.attempts import SEND, SENDING
from escalation.climb import Surroundings
from escalation.routes import Outcome, Outgoing, Routes
from escalation.tables import deliveries
from escalation.tick import Due, Ticks
from tests.integration.escalation.town import Town, new_head
from tests.unit.escalation.people import PEOPLE, organisation

REACHABLE = tuple(
    one.model_copy(update={"email": f"{one.id}@example.org", "phone": "07700 900123"})
    for one in PEOPLE
)


@dataclass
class Scripted:
    """A route whose provider says what the test wants, and does something meanwhile."""

    name: str
    says: str = "delivered"
    then: str = "delivered"
    updates: bool = False
    sent: list[Outgoing] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    refuses_changes: int = 0
    meanwhile: Callable[[], None] = lambda: None

    def reaches(self, person: Person) -> bool:
        return person.email is not None

    async def send(self, message: Outgoing) -> Outcome:
        self.sent.append(message)
        self.meanwhile()
        if self.says == "raises":
            raise RuntimeError("a secret sentence")
        return Outcome(self.says, f"receipt-{len(self.sent)}")

    async def check(self, receipt: str) -> Outcome:
        return Outcome(self.then, receipt)

    async def update(self, receipt: str, message: Outgoing) -> None:
        if self.refuses_changes:
            self.refuses_changes -= 1
            raise ConnectionError
        self.changed.append((message.person.id, message.card[0]))

    def to(self) -> list[str]:
        return [message.person.id for message in self.sent]


@pytest.fixture
def sms() -> Scripted:
    return Scripted("sms")


@pytest.fixture
def email() -> Scripted:
    return Scripted("email")


@pytest.fixture
def reached(engine: Engine, sms: Scripted, email: Scripted) -> Town:
    town = Town(engine, Routes((email, sms)))
    town.around = _with_addresses(town)
    return town


def _with_addresses(town: Town) -> Surroundings:
    return replace(town.around, organisation=organisation(people=REACHABLE))


def results(town: Town, head: RecordHead, route: str) -> list[tuple[str, str]]:
    return [(s["person"], s["result"]) for s in town.steps(head) if s["route"] == route]


def test_whoever_is_asked_hears_by_the_best_route_only(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    head = new_head()
    reached.start(head)
    assert sms.sent == []  # nothing goes out inside the transaction
    reached.pass_time(seconds=1)
    assert sms.to() == ["manager", "dsl"]
    assert email.sent == []
    assert results(reached, head, "sms") == [("manager", "delivered"), ("dsl", "delivered")]


def test_what_is_not_urgent_goes_by_the_calmest_route(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    reached.start(new_head(), Urgency.STANDARD)
    reached.pass_time(seconds=1)
    assert email.to() == ["manager", "dsl"]
    assert sms.sent == []


def test_an_emergency_goes_by_every_route_at_once(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    reached.start(new_head(), Urgency.EMERGENCY)
    reached.pass_time(seconds=1)
    assert sms.to() == email.to() == ["manager", "dsl", "on_call"]


@pytest.mark.parametrize("says", ["failed:429", "failed:500", "failed:timeout", "raises"])
def test_not_delivered_means_the_next_route_at_once(
    reached: Town, sms: Scripted, email: Scripted, says: str
) -> None:
    sms.says = says
    head = new_head()
    reached.start(head)
    reached.pass_time(seconds=2)
    assert email.to() == ["manager", "dsl"]
    wanted = "failed:RuntimeError" if says == "raises" else says
    assert results(reached, head, "sms") == [("manager", wanted), ("dsl", wanted)]


def test_what_a_provider_never_confirms_goes_by_the_next_route_within_half_a_minute(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    sms.says = sms.then = "accepted"
    head = new_head()
    reached.start(head)
    reached.pass_time(seconds=20)
    assert email.sent == []
    reached.pass_time(seconds=10)
    assert email.to() == ["manager", "dsl"]
    assert results(reached, head, "sms")[0] == ("manager", "failed:not_confirmed")


@pytest.mark.parametrize("hangs", ["send", "check"])
def test_a_provider_that_hangs_is_left_for_the_next_route(
    reached: Town, sms: Scripted, email: Scripted, monkeypatch: pytest.MonkeyPatch, hangs: str
) -> None:
    async def never(_: object) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    for limit in ("HARD_TIMEOUT", "CHECK_EVERY"):
        monkeypatch.setattr(sending, limit, timedelta(seconds=0.2))
    monkeypatch.setattr(sending, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(sms, hangs, never)
    sms.says = "accepted"
    head = new_head()
    reached.start(head)
    reached.pass_time(seconds=30)
    assert email.to() == ["manager", "dsl"]
    assert results(reached, head, "sms") == [
        ("manager", "failed:timeout"),
        ("dsl", "failed:timeout"),
    ]


def test_the_last_look_at_a_slow_provider_is_in_time_for_the_next_route(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    sms.says = sms.then = "accepted"

    def takes_nine_seconds() -> None:
        sms.meanwhile = lambda: None
        reached.now += timedelta(seconds=9)

    sms.meanwhile = takes_nine_seconds
    reached.start(new_head(), left_out=frozenset({"manager"}))
    reached.pass_time(seconds=25)
    assert email.to() == ["dsl"]


def test_what_a_provider_confirms_later_is_delivered(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    sms.says = "accepted"
    head = new_head()
    reached.start(head)
    reached.pass_time(seconds=40)
    assert results(reached, head, "sms") == [("manager", "delivered"), ("dsl", "delivered")]
    assert email.sent == []


def test_when_no_route_reaches_anybody_the_next_rung_is_asked_at_once(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    sms.says = email.says = "failed:500"
    head = new_head()
    reached.start(head)
    reached.pass_time(seconds=5)
    assert reached.standing(head).status is EscalationStatus.UNDELIVERED
    assert reached.responses(head) == ["utter_nobody_yet", "utter_nobody_call"] + [
        "utter_nobody_call"
    ] * (len(reached.responses(head)) - 2)


def test_when_nobody_answered_a_trustee_is_told_by_every_route(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    reached.start(new_head())
    reached.pass_time(minutes=17)
    assert "trustee" in sms.to()
    assert "trustee" in email.to()
    assert "nobody has answered" in sms.sent[-1].text


def test_nothing_is_sent_after_somebody_took_it(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    head = new_head()
    reached.start(head)
    reached.press(head, "dsl")
    reached.pass_time(minutes=30)
    assert sms.sent == email.sent == []
    assert results(reached, head, "sms") == [("manager", "not_needed"), ("dsl", "not_needed")]


def test_a_press_between_two_routes_stops_the_second(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    head = new_head()
    sms.says = sms.then = "accepted"
    reached.start(head)
    reached.pass_time(seconds=5)
    reached.press(head, "dsl")
    reached.pass_time(minutes=30)
    assert email.sent == []


def test_whoever_is_named_before_it_is_sent_hears_nothing(
    reached: Town, sms: Scripted, email: Scripted
) -> None:
    head = new_head()
    reached.start(head)
    with reached.rows() as rows:
        rows.leave_out(head.id, frozenset({"dsl"}))
    reached.pass_time(minutes=5)
    assert sms.to() == ["manager"]


def test_a_sender_that_died_is_followed_by_a_repeat_that_says_so(
    reached: Town, sms: Scripted, engine: Engine
) -> None:
    head = new_head()
    reached.start(head)
    with engine.begin() as connection:  # claimed at 14:00, and then the process died
        row = update(deliveries).where(deliveries.c.route == "sms", deliveries.c.person == "dsl")
        at = reached.now + timedelta(seconds=30)
        connection.execute(row.values(result=SENDING, next_at=at))
    reached.pass_time(minutes=1)
    (again,) = [message for message in sms.sent if message.person.id == "dsl"]
    assert "Repeat of 14:00." in again.text
    assert results(reached, head, "sms")[1:] == [("dsl", "unknown"), ("dsl", "delivered")]


def test_a_sender_that_was_stopped_and_wakes_after_another_took_over_starts_nothing_more(
    reached: Town, sms: Scripted, engine: Engine
) -> None:
    head = new_head()
    reached.start(head, left_out=frozenset({"manager"}))

    def stopped() -> None:
        """Half a minute later another process repeats it; then this one wakes, and fails."""
        sms.meanwhile, sms.says = lambda: None, "delivered"
        reached.now += timedelta(seconds=31)
        with ThreadPoolExecutor(1) as other:
            other.submit(Ticks(engine, reached.around).run, Due(case, SEND)).result()
        sms.says = "failed:timeout"

    case = reached.queue.waiting[0][1].escalation_id
    sms.meanwhile = stopped
    reached.pass_time(seconds=1)
    sms.says = "delivered"
    reached.pass_time(seconds=40)
    assert results(reached, head, "sms") == [("dsl", "unknown"), ("dsl", "delivered")]
    assert results(reached, head, "email") == []


def test_the_same_rung_asked_again_says_that_it_is_a_repeat(reached: Town, sms: Scripted) -> None:
    reached.start(new_head())
    reached.pass_time(minutes=25)
    mine = [message.text for message in sms.sent if message.person.id == "trustee"]
    assert "Repeat of" not in mine[0]
    assert "Repeat of 14:16." in mine[1]


@pytest.fixture
def changing(engine: Engine) -> tuple[Town, Scripted, RecordHead]:
    """A case whose first rung was asked by a route that can change what it sent."""
    slack = Scripted("slack", updates=True)
    town = Town(engine, Routes((slack,)))
    town.around = _with_addresses(town)
    head = new_head()
    town.start(head)
    town.pass_time(seconds=1)
    return town, slack, head


def test_a_message_that_can_be_changed_says_that_somebody_has_it(
    changing: tuple[Town, Scripted, RecordHead],
) -> None:
    town, slack, head = changing
    town.press(head, "dsl")
    town.pass_time(seconds=1)
    taken = f"Duty DSL has had {head.reference} since 14:00. There is nothing for you to do."
    assert slack.changed == [("manager", taken), ("dsl", f"You have {head.reference}.")]
    assert len(slack.sent) == 2


def test_a_change_that_failed_is_tried_again(
    changing: tuple[Town, Scripted, RecordHead],
) -> None:
    town, slack, head = changing
    slack.refuses_changes = 3
    town.press(head, "dsl")
    town.pass_time(minutes=2)
    assert sorted(person for person, _ in slack.changed) == ["dsl", "manager"]


def test_a_message_says_what_is_true_after_the_holder_passed_it_on(
    changing: tuple[Town, Scripted, RecordHead],
) -> None:
    town, slack, head = changing
    town.press(head, "dsl")
    town.pass_time(seconds=1)
    slack.changed.clear()
    with town.rows() as rows:
        rows.pass_on(head.id, "dsl")
    town.pass_time(seconds=1)
    passed = f"You passed {head.reference} on. There is nothing for you to do."
    assert dict(slack.changed) == {"manager": f"{head.reference} needs you.", "dsl": passed}


def test_what_somebody_was_sent_who_is_left_out_later_is_not_changed(
    changing: tuple[Town, Scripted, RecordHead],
) -> None:
    town, slack, head = changing
    with town.rows() as rows:
        rows.leave_out(head.id, frozenset({"manager"}))
    town.press(head, "dsl")
    town.pass_time(minutes=1)
    assert [person for person, _ in slack.changed] == ["dsl"]


def test_a_message_in_hand_is_called_off_when_somebody_takes_it(
    reached: Town, sms: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = new_head()
    finished: list[str] = []

    async def slow(message: Outgoing) -> Outcome:
        if message.person.id == "manager":
            await asyncio.to_thread(reached.press, head, "dsl")
        await asyncio.sleep(6)
        finished.append(message.person.id)
        return Outcome("delivered")

    monkeypatch.setattr(sms, "send", slow)
    reached.start(head)
    reached.pass_time(seconds=1)
    assert finished == []
    assert set(results(reached, head, "sms")) == {("manager", "not_needed"), ("dsl", "not_needed")}
