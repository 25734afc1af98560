"""Slack as a route to managers: a card by direct message, with its buttons (escalation/routes.py).

The notification shows the subject alone: a reference and how urgent it is (reliability.md S8).
"""

from __future__ import annotations

from typing import Any

from casework.organisation import Person
from connectors.slack.api import SlackApi
from connectors.slack.blocks import Block, button, section
from connectors.slack.errors import SlackUnavailable
from connectors.slack.texts import said
from escalation.reach import REACHABLE
from escalation.routes import DELIVERED, Outcome, Outgoing

TAKE, PASS, OPEN = "heard.take", "heard.pass", "heard.open"


class SlackRoute:
    """Reaches whoever has a Slack id. Delivered: Slack said `ok` and gave the message a ts."""

    name = "slack"
    updates = True

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    def reaches(self, person: Person) -> bool:
        return person.slack_id is not None

    async def send(self, message: Outgoing) -> Outcome:
        try:
            channel = await self._api.direct(message.person.slack_id or "")
            ts = await self._api.post(channel, card(message))
        except SlackUnavailable as error:
            return Outcome.failed(error.code)
        return Outcome(DELIVERED, receipt(channel, ts))

    async def reachable(self, person: Person) -> Outcome:
        """Whether a message could be sent: their account is on, and there is a conversation."""
        try:
            await self._api.account(person.slack_id or "")
            await self._api.direct(person.slack_id or "")
        except SlackUnavailable as error:
            return Outcome.failed(error.code)
        return Outcome(REACHABLE)

    async def check(self, receipt: str) -> Outcome:
        return Outcome(DELIVERED, receipt)  # Slack never says "not yet"

    async def update(self, receipt: str, message: Outgoing) -> None:
        channel, _, ts = receipt.partition("/")
        await self._api.call("chat.update", channel=channel, ts=ts, **card(message))


def receipt(channel: str, ts: str) -> str:
    """What Slack knows a message by."""
    return f"{channel}/{ts}"


def card(message: Outgoing) -> dict[str, Any]:
    """`text` and `blocks`. All of it is plain text: nothing unfurls, nobody is mentioned."""
    first, *rest = message.card or (message.spoken,)
    blocks = [section(first)]
    if rest:
        blocks.append(section("\n".join(rest)))
    elements = _buttons(message)
    if elements:
        blocks.append({"type": "actions", "elements": elements})
    return {"text": message.subject, "blocks": blocks}


def _buttons(message: Outgoing) -> list[Block]:
    found: list[Block] = []
    if message.can_take:
        found.append({**button(said("take"), message.key, TAKE), "style": "primary"})
    if message.can_pass:
        found.append(button(said("pass"), message.key, PASS))
    if message.link:
        title = said("open_record" if message.reference else "open_desk")
        found.append({**button(title, message.key, OPEN), "url": message.link})
    return found
