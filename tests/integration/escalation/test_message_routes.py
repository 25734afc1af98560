"""Every route against a provider that speaks its protocol, and what counts as delivered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casework.organisation import Person
from escalation.mail import MailRoute, MailServer
from escalation.routes import Outcome, Outgoing
from escalation.twilio import Account, TwilioRoute, international
from tests.integration.escalation.providers import PASSWORD, USER, FakeMail, FakeTwilio

DSL = Person(
    id="dsl", name="Duty DSL", roles=("dsl",), email="dsl@example.org", phone="07700 900123"
)
MESSAGE = Outgoing(
    key="case-0-email-dsl-1",
    person=DSL,
    subject="HRD-2026-000001: urgent",
    text="Heard: HRD-2026-000001 needs you. http://heard.test/desk",
    spoken="Heard: HRD-2026-000001 needs you.",
    link="http://heard.test/desk",
    reference="HRD-2026-000001",
    can_take=True,
)


@pytest.fixture
def mail() -> Iterator[FakeMail]:
    with FakeMail().running() as fake:
        yield fake


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio().running() as fake:
        yield fake


def mail_route(fake: FakeMail, user: str = "") -> MailRoute:
    address = fake.address.replace("smtp://", f"smtp://{user}")
    return MailRoute(MailServer.read(address, "heard@example.org"))


def twilio_route(fake: FakeTwilio, name: str = "sms", token: str = PASSWORD) -> TwilioRoute:
    return TwilioRoute(Account(fake.address, USER, token, "+441632960999"), name)


async def test_mail_is_delivered_when_the_server_took_it(mail: FakeMail) -> None:
    sent = await mail_route(mail).send(MESSAGE)
    assert sent.result == "delivered"
    (kept,) = mail.to("dsl@example.org")
    assert kept["Subject"] == MESSAGE.subject
    assert kept.get_content().strip() == MESSAGE.text
    assert kept["Message-ID"] == "<case-0-email-dsl-1@example.org>"


@pytest.mark.parametrize("answer", ["550 No such person", "421 Too busy", "452 Full"])
async def test_mail_that_is_refused_is_not_delivered(mail: FakeMail, answer: str) -> None:
    mail.answer = answer
    assert (await mail_route(mail).send(MESSAGE)).result == f"failed:{answer[:3]}"


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
async def test_wrong_credentials_are_said_by_their_code() -> None:
    with FakeMail(wants_password=True).running() as mail:
        route = mail_route(mail, "heard:wrong@")
        assert (await route.send(MESSAGE)).result == "failed:535"
        assert mail.inbox == []


async def test_a_mail_server_that_is_down_is_not_delivered() -> None:
    outcome = await mail_route(FakeMail()).send(MESSAGE)
    assert outcome.result == "failed:SMTPConnectError"


@pytest.mark.parametrize("address", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_an_address_that_is_no_mail_server_is_refused_with_its_cure(address: str) -> None:
    with pytest.raises(ValueError, match="smtp://user:password@"):
        MailServer.read(address, "heard@example.org")


async def test_a_text_message_is_delivered_only_when_twilio_says_so(twilio: FakeTwilio) -> None:
    route = twilio_route(twilio)
    sent = await route.send(MESSAGE)
    assert sent == Outcome("accepted", "SM1")
    assert twilio.sent[0] == {
        "To": "+447700900123",
        "From": "+441632960999",
        "Body": MESSAGE.text,
    }
    twilio.state = "sent"
    assert (await route.check("SM1")).result == "accepted"
    twilio.state = "delivered"
    assert (await route.check("SM1")).result == "delivered"
    twilio.state = "undelivered"
    assert (await route.check("SM1")).result == "failed:undelivered"


async def test_a_call_is_delivered_when_it_was_answered(twilio: FakeTwilio) -> None:
    route = twilio_route(twilio, "voice")
    assert (await route.send(MESSAGE)).result == "accepted"
    assert MESSAGE.spoken in twilio.sent[0]["Twiml"]
    assert MESSAGE.link not in twilio.sent[0]["Twiml"]
    for state, result in {
        "ringing": "accepted",
        "in-progress": "delivered",
        "completed": "delivered",
        "no-answer": "failed:no-answer",
        "busy": "failed:busy",
    }.items():
        twilio.state = state
        assert (await route.check("CA1")).result == result


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (429, None, "failed:429"),
        (500, None, "failed:500"),
        (201, {"error_code": 21610, "sid": "SM1", "status": "queued"}, "failed:21610"),
        (201, {"message": "no such thing"}, "failed:no_receipt"),
        (201, {"sid": "SM1", "status": "a new word"}, "failed:a new word"),
    ],
)
async def test_what_twilio_did_not_take_is_not_delivered(
    twilio: FakeTwilio, status: int, body: dict[str, object] | None, result: str
) -> None:
    twilio.status, twilio.body, twilio.headers = status, body, {"Retry-After": "60"}
    assert (await twilio_route(twilio).send(MESSAGE)).result == result


async def test_wrong_credentials_with_twilio_are_not_delivered(twilio: FakeTwilio) -> None:
    outcome = await twilio_route(twilio, token="wrong").send(MESSAGE)
    assert outcome.result == "failed:401"
    assert twilio.sent == []


@pytest.mark.parametrize(
    ("phone", "full"), [("07700 900123", "+447700900123"), ("+33 1 23 45", "+3312345")]
)
def test_numbers_go_out_with_their_country(phone: str, full: str) -> None:
    assert international(phone) == full


def test_passwords_are_not_in_what_is_printed() -> None:
    server = MailServer.read("smtp://user:secret@mail.example.org", "heard@example.org")
    account = Account("http://x", "AC1", "secret", "+44")
    assert "secret" not in f"{server!r} {account!r}"
