"""While consent is asked for: a reminder on the day that was named, and none once it is settled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casework import consent_reminder, duties, duty_guide, guide
from casework.errors import UnknownRecord
from casework.facts import Duty
from casework.organisation import UK
from casework.vocabulary import RecordKind, Topic
from escalation.reminders import Reminders
from escalation.routes import Routes
from tests.integration.escalation.test_sending import Scripted
from tests.unit.home import Home
from tests.unit.usecases.walk import Walk


@pytest.fixture
def waiting(home: Home) -> Walk:
    """Housing asks; she said yes in front of somebody, and is to be asked alone."""
    walk = Walk.begin(home, "housing want to know if shes still living w him")
    walk.until("consent", harm_concern="no")
    walk.say("she said its ok i think? he was stood there")
    walk.say("i'll ask")
    assert walk.outcome == "do_not_share"
    return walk


def remind(walk: Walk, when: str, message: str = "Remind me") -> str:
    inbox_id = walk.home.message(walk.talk, message).id
    consent_reminder.set_one(walk.home.house, walk.talk, inbox_id, when)
    return inbox_id


def open_ones(walk: Walk) -> list[Duty]:
    with walk.home.store.read() as work:
        held = duties.held_by(walk.home.house, work, "reporter")
    return [duty for duty in held if duty.kind == duties.Own.ASK_CONSENT]


def days_ahead(walk: Walk) -> list[int]:
    today: date = walk.home.clock.now.astimezone(UK).date()
    return [(duty.due_at.astimezone(UK).date() - today).days for duty in open_ones(walk)]


@pytest.mark.rule("M16", "M25")
def test_it_stands_on_the_calendar_and_in_the_record_and_the_case_waits_as_before(
    waiting: Walk,
) -> None:
    remind(waiting, "tomorrow")
    assert days_ahead(waiting) == [1]
    assert [e.by for e in waiting.home.entries(waiting.talk) if e.topic == Topic.REMINDER] == [
        "reporter"
    ]
    assert waiting.asks == "consent"
    assert waiting.home.climb(waiting.talk) is None


def test_a_new_day_takes_the_place_of_the_one_before(waiting: Walk) -> None:
    first = remind(waiting, "tomorrow")
    remind(waiting, "in a week")
    assert days_ahead(waiting) == [7]
    consent_reminder.set_one(waiting.home.house, waiting.talk, first, "tomorrow")
    assert days_ahead(waiting) == [7]


@pytest.mark.parametrize(
    "text",
    [
        "can you remind me on friday",
        "ping me tomorrow about this",
        "remind me to ring her mum",
        "please could you remind me",
        "ok remind me in a fortnight then",
        "set a reminder for monday",
        "i need reminding next week",
        "do you do reminders?",
    ],
)
def test_asking_to_be_reminded_is_heard_in_many_words(text: str) -> None:
    assert consent_reminder.is_asked_for(text)


@pytest.mark.parametrize(
    "text",
    [
        "remind me what C16 says",
        "remind me of the caldicott thing",
        "Could you remind me what the code word is",
        "she said she'd remind me on friday",
        "im getting reminders for a record i already did",
        "this reminds me of msn",
        "you said you'd remind me about a case today. which",
    ],
)
def test_what_only_speaks_of_reminding_asks_for_none(text: str) -> None:
    assert not consent_reminder.is_asked_for(text)


def test_from_another_conversation_the_way_leads_to_the_case_that_waits(waiting: Walk) -> None:
    (there,) = consent_reminder.waiting_elsewhere(waiting.home.house, "reporter")
    assert there.conversation_id == waiting.talk
    assert consent_reminder.waiting_elsewhere(waiting.home.house, "volunteer") == ()
    waiting.say("yes, she was on her own")
    assert consent_reminder.waiting_elsewhere(waiting.home.house, "reporter") == ()


@pytest.mark.parametrize(("when", "ahead"), [("in 3 days", 3), ("remind me", 1), ("today", 0)])
def test_the_day_is_read_from_what_was_typed(waiting: Walk, when: str, ahead: int) -> None:
    remind(waiting, when)
    assert days_ahead(waiting) == [ahead]


@pytest.mark.parametrize("answer", ["shes fine with it, was on her own", "she said no"])
def test_their_answer_ends_it(waiting: Walk, answer: str) -> None:
    remind(waiting, "tomorrow")
    waiting.say(answer)
    assert open_ones(waiting) == []


def test_signing_ends_it(waiting: Walk) -> None:
    remind(waiting, "tomorrow")
    guide.sign(waiting.home.house, waiting.talk, waiting.home.message(waiting.talk, "Sign").id)
    assert open_ones(waiting) == []


def test_the_message_comes_on_its_day_and_not_before(waiting: Walk) -> None:
    email = Scripted("email")
    waiting.home.around.routes = Routes((email,))
    reminders = Reminders(waiting.home.engine, waiting.home.around, waiting.home.store.over)
    remind(waiting, "in a week")
    sent = []
    for _ in range(8):
        reminders.run()
        sent.append(len(email.to()))
        waiting.home.clock.now += timedelta(days=1)
    assert sent == [0, 0, 0, 0, 0, 0, 0, 1]
    assert email.to() == ["reporter"]


def test_doing_it_leads_back_to_the_conversation_that_waits(waiting: Walk) -> None:
    remind(waiting, "tomorrow")
    (duty,) = open_ones(waiting)
    elsewhere = waiting.home.talk()
    assert duty_guide.begin(waiting.home.house, elsewhere, duty.id) == waiting.talk
    with pytest.raises(UnknownRecord):
        duty_guide.begin(waiting.home.house, waiting.home.talk("volunteer"), duty.id)


def test_nothing_is_remembered_where_nothing_waits(home: Home) -> None:
    fresh = Walk.begin(home)
    breach = Walk.begin(home, "i emailed the wrong family", kind=RecordKind.BREACH)
    for talk in (home.talk(), fresh.talk, breach.talk):
        with pytest.raises(UnknownRecord):
            consent_reminder.set_one(home.house, talk, home.message(talk, "remind me").id, "")
