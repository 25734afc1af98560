"""The port of everything that can reach a person, and what goes through it.

A route is Slack, e-mail, a text message, a telephone call. It says "delivered" only on its
provider's word. The desk is no route: there a row is the delivery itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from casework.organisation import Person
from casework.vocabulary import Urgency

DELIVERED = "delivered"
ACCEPTED = "accepted"
FAILED = "failed"

# What reaches a person soonest comes first; the next one is tried when one did not deliver.
SOONEST = ("slack", "sms", "voice", "email")
CALMEST = ("slack", "email", "sms", "voice")


@dataclass(frozen=True)
class Outgoing:
    """One message. No name and no word of a case is in it: it lights up on locked screens.

    `key` is the same for the same attempt, however often it is sent: routes hand it to a provider
    that knows how to use it. `subject` is for routes that have one; `spoken` is said, so it has
    no link. `card`: the lines of a message that has buttons and can be changed; empty for what is
    about no case.
    """

    key: str
    person: Person
    subject: str
    text: str
    spoken: str
    link: str
    reference: str
    can_take: bool
    can_pass: bool = False
    card: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What the provider said. `result`: delivered; accepted (it does not know yet); failed:code.

    `receipt` is the provider's name for the message, to ask or to change it later.
    """

    result: str
    receipt: str | None = None

    @classmethod
    def failed(cls, code: object) -> Outcome:
        """Not delivered, and why: a code only, never the provider's text."""
        return cls(f"{FAILED}:{code}"[:64])


class Route(Protocol):
    """One way to reach people. Raising counts as not delivered; so does taking ten seconds."""

    @property
    def name(self) -> str: ...

    @property
    def updates(self) -> bool:
        """Whether a message that was sent can be changed ("somebody has this")."""

    def reaches(self, person: Person) -> bool:
        """Whether the person has an address here."""

    async def send(self, message: Outgoing) -> Outcome:
        """Sends it once."""

    async def check(self, receipt: str) -> Outcome:
        """What became of a message that was accepted."""

    async def update(self, receipt: str, message: Outgoing) -> None:
        """Puts `message` where an earlier one stands; only when `updates`."""


@dataclass(frozen=True)
class Routes:
    """All routes that are set up."""

    all: tuple[Route, ...] = ()

    def named(self, name: str) -> Route | None:
        """The route of this name, if it is set up still."""
        return next((route for route in self.all if route.name == name), None)

    def of(self, person: Person, urgency: Urgency) -> tuple[Route, ...]:
        """Every route to this person, the best first."""
        order = CALMEST if urgency is Urgency.STANDARD else SOONEST
        found = {route.name: route for route in self.all if route.reaches(person)}
        return tuple(found[name] for name in order if name in found)

    def after(self, tried: Iterable[str], person: Person, urgency: Urgency) -> Route | None:
        """The best route that was not tried; None when all were."""
        gone = set(tried)
        return next((one for one in self.of(person, urgency) if one.name not in gone), None)


# The desk alone.
NO_ROUTES = Routes()
