"""What every part of the Slack channel works with."""

from __future__ import annotations

from dataclasses import dataclass, field

from casework.house import House
from casework.phrases import Phrasebook
from connectors.line import Line
from connectors.slack.api import Identity, SlackApi
from connectors.slack.settings import SlackSettings
from records.store import Store

CHANNEL = "slack"


@dataclass
class Room:
    """One workspace. `identity` is None until Slack has said who Heard is there; `address` is
    where the pages are, for the link to the desk."""

    settings: SlackSettings
    house: House
    store: Store
    phrases: Phrasebook
    line: Line
    api: SlackApi
    address: str = ""
    identity: Identity | None = None
    # Slack ids of people whose account was switched off there (reachable.py).
    switched_off: set[str] = field(default_factory=set)

    def person(self, slack_id: object) -> str | None:
        """Whose Slack id this is today; None for a stranger, a guest, and whoever has left."""
        if not isinstance(slack_id, str) or slack_id in self.switched_off:
            return None
        people = self.house.organisation.people
        return next((one.id for one in people if one.slack_id == slack_id), None)

    def slack_id(self, person: str) -> str | None:
        """Their Slack id, if they have one and are still in the directory."""
        people = self.house.organisation.people
        return next((one.slack_id for one in people if one.id == person), None)

    def name_of(self, slack_id: str) -> str | None:
        """How a mention of this Slack id reads; None for a stranger."""
        person = self.person(slack_id)
        return self.house.title(person) if person else None
