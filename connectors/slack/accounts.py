"""Every night: whose account was switched off in Slack. The desk says so; they are strangers then.

The weekly check of the ladder (escalation/reach.py) looks at whoever is on it; this at everybody.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from casework.errors import HeardError
from connectors.slack.api import SWITCHED_OFF
from connectors.slack.errors import SlackUnavailable
from connectors.slack.room import CHANNEL, Room
from escalation import reach
from escalation.routes import Outcome

log = logging.getLogger("heard.slack")
NIGHT_SECONDS = 24 * 3600.0
# People are asked about one after the other, well below what Slack allows.
PAUSE_SECONDS = 1.0


async def forever(room: Room) -> None:
    """At every start, and once a day."""
    while True:
        try:
            await look(room)
        except HeardError as error:  # the next night is soon enough
            log.error("accounts_not_looked_at %s", error.code)
        await asyncio.sleep(NIGHT_SECONDS)


async def look(room: Room) -> None:
    """Asks about everybody who has a Slack id."""
    for person in room.house.organisation.people:
        if person.slack_id is None:
            continue
        try:
            await room.api.account(person.slack_id)
        except SlackUnavailable as error:
            if error.code not in (SWITCHED_OFF, "user_not_found"):
                log.warning("account_not_looked_at %s %s", person.id, error.code)
                continue
            log.error("account_off %s %s", person.id, error.code)
            room.switched_off.add(person.slack_id)
            await asyncio.to_thread(_keep, room, person.id, error.code)
        else:
            room.switched_off.discard(person.slack_id)
        await asyncio.sleep(PAUSE_SECONDS)


def _keep(room: Room, person: str, code: str) -> None:
    """In place of what this week's check found; the next one finds them again, if they are back."""
    with room.store.work() as work:
        now = work.now()
        today = room.house.organisation.duty_at(now).day
        week = today - timedelta(days=today.weekday())
        seen = reach.Seen(now, Outcome.failed(code))
        reach.found(work.connection, week, person, CHANNEL, seen)
