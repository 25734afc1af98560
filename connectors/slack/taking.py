"""A press under a ping: "I have this", "Pass it on". The first one wins in the database."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework import escalate, handling
from casework.errors import CallerMistake, UnknownRecord
from casework.facts import Escalation
from casework.words import clock_words
from connectors.slack import times
from connectors.slack.errors import Forged
from connectors.slack.pings import PASS, TAKE, receipt
from connectors.slack.presses import pressed
from connectors.slack.room import CHANNEL, Room
from connectors.slack.texts import said
from escalation import presses
from records import access
from records.store import OpenWork

log = logging.getLogger("heard.slack")
MOVES = {TAKE: escalate.acknowledge, PASS: handling.pass_on}


@dataclass(frozen=True)
class Press:
    """A button of a ping, as Slack says it was pressed."""

    person: str
    move: str
    key: str
    receipt: str
    name: str

    @classmethod
    def read(cls, team: str, body: Mapping[str, Any], person: str) -> Press:
        """Raises Forged for another shape than Slack's."""
        action, container = body["actions"][0], body["container"]
        times.at(action.get("action_ts"))
        channel, ts = str(container["channel_id"]), str(container["message_ts"])
        key = pressed(action)
        move = str(action["action_id"])
        name = f"{CHANNEL}/{team}/{channel}/{ts}/{action['action_ts']}/{move}/{key}"
        return cls(person, move, key, receipt(channel, ts), name)


def take(room: Room, press: Press) -> str | None:
    """Does what was pressed; returns why not, for that person alone, when it is not to be.

    Raises:
        Forged: This button was not sent to this person, or does not stand where it was pressed.
        StoreUnavailable: Nothing was done.
    """
    try:
        with room.store.work() as work:
            asked = presses.asked(work.connection, press.key)
            if asked is None or asked.route != CHANNEL:
                raise Forged("button")
            if asked.person != press.person or asked.receipt not in (None, press.receipt):
                raise Forged("button", say=_not_theirs(room, work, press, asked.reference))
            if not presses.is_new(work.connection, press.name, work.now()):
                return _again(room, work, press, asked.record_id)
            MOVES[press.move](room.house, work, asked.reference, press.person)
    except CallerMistake as refused:
        log.warning("press_refused %s %s %s", press.move, press.person, refused.code)
        with room.store.work() as work:
            # Sent again when it would be allowed, it is still the press that was refused.
            presses.is_new(work.connection, press.name, work.now())
        return refused.say
    return None


def _again(room: Room, work: OpenWork, press: Press, record_id: str) -> str | None:
    """The same press, sent once more: it changes nothing, whatever has happened since."""
    log.warning("press_repeated %s %s", press.move, press.person)
    climb = work.escalations.of_record(record_id)
    if climb is None or press.person in (climb.acknowledged_by, *climb.left_out):
        return None
    return _who_has(room, work, climb)


def _not_theirs(room: Room, work: OpenWork, press: Press, reference: str) -> str | None:
    """Who has it, for somebody who may know of the case; nothing at all for anybody else."""
    log.warning("press_not_theirs %s %s", press.move, press.person)
    try:
        head, view = access.may_know(work, room.house, press.person, reference)
    except UnknownRecord:
        return None
    climb = work.escalations.of_record(head.id)
    return _who_has(room, work, climb) if climb and view.acts else None


def _who_has(room: Room, work: OpenWork, climb: Escalation) -> str:
    if climb.acknowledged_by is None or climb.acknowledged_at is None:
        return said("nobody_has_this")
    since = clock_words(climb.acknowledged_at, work.now())
    return said("who_has_this", person=room.house.title(climb.acknowledged_by), since=since)
