"""App Home: what waits for a manager, whose turn it is, who can be reached; a person's own cases.

Whoever must not know of a case finds nothing of it here, not even a count: all of it comes
through records/access.py. What somebody has on their screen is made anew when it changes.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from casework.errors import HeardError
from casework.facts import Escalation
from casework.organisation import Duty
from casework.words import clock_words, names_of
from connectors.slack import blocks
from connectors.slack.blocks import Block, button, context, section
from connectors.slack.pings import OPEN
from connectors.slack.room import Room
from connectors.slack.swaps import AGREE, END, SWAP, duty_words, written
from connectors.slack.texts import said
from escalation import reach, rota
from records import access
from records.access import Summary
from records.permissions import Part, has_desk
from records.store import OpenWork

log = logging.getLogger("heard.slack")
MOST_CASES, MOST_TURNS = 15, 8
REFRESH_SECONDS = 30.0
# Checks older than this say nothing about today.
CHECKED_SINCE = timedelta(days=14)


class Homes:
    """The Homes that are on somebody's screen. One that has changed is published again."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._shown: dict[str, str] = {}
        # One after the other: an older view must never come after a newer one.
        self._publishing = asyncio.Lock()

    async def open(self, slack_id: str, person: str) -> None:
        """They look at it now."""
        self._shown[slack_id] = ""
        await self._show(slack_id, person)

    async def _show(self, slack_id: str, person: str) -> None:
        """Publishes somebody's Home where it differs from what they have on the screen."""
        async with self._publishing:
            view = await asyncio.to_thread(home, self._room, person)
            mark = hashlib.sha256(json.dumps(view).encode()).hexdigest()
            if self._shown.get(slack_id) == mark:
                return
            await self._room.api.call("views.publish", user_id=slack_id, view=view)
            self._shown[slack_id] = mark

    async def forever(self) -> None:
        """Keeps every Home that was opened as it should be."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            await self.refresh()

    async def refresh(self) -> None:
        """Once. An edge: nothing that goes wrong with one Home stops the others."""
        for slack_id in list(self._shown):
            person = self._room.person(slack_id)
            if person is None:
                del self._shown[slack_id]
                continue
            try:
                await self._show(slack_id, person)
            except HeardError as error:
                log.warning("home_not_shown %s", error.code)


def home(room: Room, person: str) -> dict[str, Any]:
    """The view of one person."""
    seen = access.visible(room.store, room.house, person)
    with room.store.read() as work:
        shown = list(_home(room, work, person, seen))
    return {"type": "home", "blocks": shown[: blocks.MOST_IN_HOME]}


def _home(room: Room, work: OpenWork, person: str, seen: list[Summary]) -> Iterator[Block]:
    if has_desk(room.house, person):
        yield from _concerns(room, work, seen)
        yield from _turns(room, work, person)
        yield from _reachable(room, work)
    yield from _own(room, work, person, seen)


def _concerns(room: Room, work: OpenWork, seen: list[Summary]) -> Iterator[Block]:
    yield _header(said("open_concerns"))
    theirs = [one for one in seen if one.view.acts and one.escalation and one.escalation.is_open]
    theirs.sort(key=lambda one: one.escalation.silence if one.escalation else ())
    for one in theirs[:MOST_CASES]:
        climb = one.escalation
        assert climb is not None  # looked at above
        waits = said(
            "concern",
            reference=climb.reference,
            urgency=climb.urgency,
            kind=_kind(one),
            since=clock_words(climb.since, work.now()),
            holder=_holder(room, work, climb),
        )
        link = f"{room.address}/desk/{climb.reference}/ladder"
        opens = {**button(said("open_record"), climb.reference, OPEN), "url": link}
        yield {**section(waits), "accessory": opens}
    if len(theirs) > MOST_CASES:
        yield context(said("more_concerns", count=len(theirs) - MOST_CASES))
    if not theirs:
        yield section(said("nothing_waits"))


def _turns(room: Room, work: OpenWork, person: str) -> Iterator[Block]:
    organisation, db = room.house.organisation, work.connection
    titles = room.house.pack.roles
    mine = [
        (duty, role)
        for duty in rota.days(organisation, work.now())
        for role in rota.roles_on_ladders(room.house.pack)
        if person in rota.on_duty_of(db, organisation, role, duty)
    ]
    yield _header(said("turns"))
    if not mine:
        yield section(said("no_turn"))
    for duty, role in mine[:MOST_TURNS]:
        title = titles[role].title if role in titles else role
        swap = button(said("swap"), written(duty, role), SWAP)
        turn = said("turn", duty=duty_words(duty), role=title)
        yield {**section(turn), "accessory": swap}
    since = organisation.duty_at(work.now()).day
    for asked in rota.asked(db, since):
        if person not in (asked.swap.person, asked.swap.stand_in):
            continue
        state = said(
            "swap_state",
            duty=duty_words(asked.swap.duty),
            stand_in=room.house.title(asked.swap.stand_in),
            person=room.house.title(asked.swap.person),
            state=said("swap_agreed" if asked.is_agreed else "swap_not_agreed"),
        )
        yield section(state)
        elements = [button(said("swap_back"), str(asked.id), f"{END}.0")]
        if person == asked.swap.stand_in and not asked.is_agreed:
            elements = [
                button(said("swap_yes"), str(asked.id), f"{AGREE}.0"),
                button(said("swap_no"), str(asked.id), f"{END}.1"),
            ]
        yield {"type": "actions", "elements": elements}


def _reachable(room: Room, work: OpenWork) -> Iterator[Block]:
    """Whoever is on duty now, by role, and what the last checks of their routes found."""
    organisation, db, now = room.house.organisation, work.connection, work.now()
    today: Duty = organisation.duty_at(now)
    found: dict[str, list[str]] = {}
    for check in reach.latest(db, today.day - CHECKED_SINCE):
        at, result = clock_words(check.at, now), reach.words(check)
        words = said("checked", route=check.route, result=result, at=at)
        found.setdefault(check.person, []).append(words)
    yield _header(said("reachable"))
    for role in rota.roles_on_ladders(room.house.pack):
        people = rota.on_duty_of(db, organisation, role, today)
        title = room.house.pack.roles[role].title if role in room.house.pack.roles else role
        if not people:
            yield section(said("nobody_on_duty", role=title))
        for person in people:
            checked = "; ".join(found.get(person, [])) or said("not_checked")
            yield section(
                said("on_duty", role=title, person=room.house.title(person), checked=checked)
            )


def _own(room: Room, work: OpenWork, person: str, seen: list[Summary]) -> Iterator[Block]:
    own = [one for one in seen if one.head.reporter == person]
    yield _header(said("own_cases"))
    if not own:
        yield section(said("no_cases"))
    for one in own[:MOST_CASES]:
        facts = {"reference": one.head.reference, "kind": _kind(one), "status": one.status}
        state = said("own_case", **facts)
        climb = one.escalation
        if climb is not None and Part.PROCESS in one.view.parts:
            state += f"\n{_holder(room, work, climb)}"
        yield section(state)


def _holder(room: Room, work: OpenWork, climb: Escalation) -> str:
    if not climb.is_open:
        return said("closed")
    if climb.acknowledged_by and climb.acknowledged_at:
        since = clock_words(climb.acknowledged_at, work.now())
        return said("who_has_this", person=room.house.title(climb.acknowledged_by), since=since)
    asked = names_of(room.house.organisation, climb.asked)
    return said("asked", people=asked) if asked else said("nobody_asked")


def _kind(one: Summary) -> str:
    return str(one.head.kind).replace("_", " ")


def _header(text: str) -> Block:
    return {"type": "header", "text": blocks.plain_text(text)}
