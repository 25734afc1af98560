"""A turn of the rota that somebody else takes: asked in a window, agreed by the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.errors import CallerMistake
from casework.organisation import Duty, Swap
from connectors.slack.blocks import Block, button, plain, plain_text, section
from connectors.slack.errors import Forged
from connectors.slack.presses import pressed
from connectors.slack.room import CHANNEL, Room
from connectors.slack.texts import said
from escalation import presses, rota

SWAP, AGREE, END = "heard.swap", "heard.agree", "heard.end"
WINDOW, STAND_IN = "heard.swap_window", "stand_in"


@dataclass(frozen=True)
class Swapped:
    """What became of it: why not, or who has to see it and what is said to whom."""

    refused: str | None = None
    people: tuple[str, ...] = ()
    asked: tuple[int, Swap] | None = None
    said: str = ""


def written(duty: Duty, role: str) -> str:
    """A turn as a button's value."""
    return f"{duty.day} {'in' if duty.in_hours else 'out'} {role}"


def read(value: str) -> tuple[Duty, str]:
    """The turn that `written` wrote. Raises Forged."""
    try:
        day, part, role = value.split(" ")
        return Duty(date.fromisoformat(day), {"in": True, "out": False}[part]), role
    except (ValueError, KeyError):
        raise Forged("turn") from None


def duty_words(duty: Duty) -> str:
    """ "Tuesday 3 March, out of hours"."""
    day = f"{duty.day:%A} {duty.day.day} {duty.day:%B}"
    return said("duty", day=day, part=said("in_hours" if duty.in_hours else "out_of_hours"))


def window(room: Room, person: str, value: str) -> dict[str, Any]:
    """Asks who is to take the turn; only somebody who holds the role can."""
    duty, role = read(value)
    people = [
        one for one in room.house.organisation.people if role in one.roles and one.id != person
    ]
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": WINDOW,
        "private_metadata": json.dumps({"turn": value}),
        "title": plain_text(said("swap_window")),
        "close": plain_text(said("close")),
        "blocks": [section(duty_words(duty))],
    }
    if not people:
        view["blocks"].append(section(said("swap_nobody")))
        return view
    options = [{"text": plain_text(one.name[:75]), "value": one.id} for one in people]
    asked = {"type": "static_select", "action_id": STAND_IN, "options": options}
    label = plain_text(said("swap_who"))
    view["blocks"].append({"type": "input", "block_id": STAND_IN, "label": label, "element": asked})
    return {**view, "submit": plain_text(said("swap_ask"))}


def ask(room: Room, team: str, view: Mapping[str, Any], person: str) -> Swapped:
    """They are asked once, however often the window is sent in. Raises Forged."""
    try:
        duty, role = read(str(json.loads(view["private_metadata"])["turn"]))
        chosen = view["state"]["values"][STAND_IN][STAND_IN]["selected_option"]["value"]
    except (KeyError, TypeError, ValueError):
        raise Forged("window") from None
    swap = Swap(role, duty, person, str(chosen))
    try:
        with room.store.work() as work:
            if not presses.is_new(work.connection, f"{CHANNEL}/{team}/{view['id']}", work.now()):
                return Swapped()
            number = rota.ask(work.connection, room.house.organisation, work.now(), swap)
    except CallerMistake as refused:
        return Swapped(refused=refused.say)
    return Swapped(people=(person, swap.stand_in), asked=(number, swap))


def answer(room: Room, body: Mapping[str, Any], person: str) -> Swapped:
    """Their yes or no; or whoever asked takes it back. Raises Forged."""
    action = body["actions"][0]
    value, move = pressed(action), str(action["action_id"]).rpartition(".")[0]
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Forged("swap")
    try:
        with room.store.work() as work:
            since = room.house.organisation.duty_at(work.now()).day
            found = [one for one in rota.asked(work.connection, since) if one.id == int(value)]
            change = rota.agree if move == AGREE else rota.end
            change(work.connection, work.now(), int(value), person)
    except CallerMistake as refused:
        return Swapped(refused=refused.say)
    people = tuple(p for one in found for p in (one.swap.person, one.swap.stand_in))
    return Swapped(people=people, said=said("swap_taken" if move == AGREE else "swap_refused"))


def request(room: Room, number: int, swap: Swap) -> dict[str, Any]:
    """What the other is sent."""
    who, duty = room.house.title(swap.person), duty_words(swap.duty)
    elements: list[Block] = [
        button(said("swap_yes"), str(number), f"{AGREE}.0"),
        button(said("swap_no"), str(number), f"{END}.1"),
    ]
    asking = plain(said("swap_asked", person=who, duty=duty))
    asking["blocks"].append({"type": "actions", "elements": elements})
    return asking
