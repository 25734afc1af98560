"""What came in, kept by its kind; and whatever Slack would not have sent, refused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.vocabulary import EntryKind
from connectors.slack import forms, messages, pings, presses, shortcuts, swaps, taking
from connectors.slack.blocks import READ_BACK, WRITE
from connectors.slack.errors import Forged
from connectors.slack.messages import Taken
from connectors.slack.room import Room
from connectors.slack.threads import Place

PRIVATE = "heard.private"


@dataclass(frozen=True)
class Kept:
    """What became of a request, for the listener: who sent it, and what there is to do now."""

    person: str | None = None
    stranger: bool = False
    payload: str | None = None
    form: forms.Form | None = None
    refused: str | None = None
    swapped: swaps.Swapped | None = None
    is_empty: bool = False


async def take(room: Room, body: Mapping[str, Any]) -> Kept:
    """Keeps what has to be kept.

    Raises:
        Forged: Slack would not have sent this for this person.
        StoreUnavailable: It could not be kept.
    """
    kind = body.get("type")
    if kind == "event_callback":
        return await _event(room, body)
    if kind == "block_actions":
        return await _press(room, body)
    if kind == "view_submission":
        return await _submission(room, body)
    if kind in ("message_action", "shortcut"):
        return await _shortcut(room, body)
    if "command" in body:
        return await _command(room, body)
    return Kept()


async def _event(room: Room, body: Mapping[str, Any]) -> Kept:
    event = body["event"]
    if event.get("type") != "message":
        return Kept(person=room.person(event.get("user")))
    taken = await messages.take(room, str(body["team_id"]), event)
    return Kept(stranger=taken is Taken.STRANGER)


async def _press(room: Room, body: Mapping[str, Any]) -> Kept:
    person = _known(room, body["user"].get("id"))
    action, team = body["actions"][0], str(body["team"]["id"])
    name = str(action["action_id"])
    if name in (PRIVATE, pings.OPEN):
        return Kept(person)
    if name in taking.MOVES:
        press = taking.Press.read(team, body, person)
        return Kept(person, refused=await asyncio.to_thread(taking.take, room, press))
    if name == swaps.SWAP:
        swaps.read(presses.pressed(action))
        return Kept(person)
    if name.startswith((swaps.AGREE, swaps.END)):
        return Kept(person, swapped=await asyncio.to_thread(swaps.answer, room, body, person))
    if name == forms.ADD:
        view = body["view"]
        form = await asyncio.to_thread(forms.Form.read, room, view, person)
        return Kept(person, form=form.with_another_part())
    if name in (READ_BACK, WRITE):
        place = presses.place_of(team, body)
        form = await asyncio.to_thread(_form, room, place, person)
        return Kept(person, payload=name, form=form)
    if not name.startswith((presses.PRESS, presses.MORE)):
        raise Forged("action")
    payload = await presses.take(room, team, body, person)
    if payload not in forms.STRAND_OF:
        return Kept(person, payload=payload)
    place = presses.place_of(team, body)
    form = await asyncio.to_thread(_form, room, place, person, forms.STRAND_OF[payload])
    return Kept(person, payload=payload, form=form)


def _form(room: Room, place: Place, person: str, strand: EntryKind | None = None) -> forms.Form:
    with room.store.read() as work:
        talk = presses.conversation_of(work, place, person)
    return forms.Form(talk.id, strand or talk.capture_strand or EntryKind.WORDS)


async def _submission(room: Room, body: Mapping[str, Any]) -> Kept:
    person = _known(room, body["user"].get("id"))
    if body["view"].get("callback_id") == swaps.WINDOW:
        team = str(body["team"]["id"])
        done = await asyncio.to_thread(swaps.ask, room, team, body["view"], person)
        return Kept(person, swapped=done)
    if body["view"].get("callback_id") != forms.WORDS:
        return Kept(person)
    return Kept(person, is_empty=not await forms.keep(room, body["view"], person))


async def _shortcut(room: Room, body: Mapping[str, Any]) -> Kept:
    person = room.person(body["user"].get("id"))
    if person is None:
        return Kept(stranger=True)
    await shortcuts.keep_message(room, body, person)
    return Kept(person)


async def _command(room: Room, body: Mapping[str, Any]) -> Kept:
    person = room.person(body.get("user_id"))
    if person is None:
        return Kept(stranger=True)
    await shortcuts.keep_command(room, body, person)
    return Kept(person)


def _known(room: Room, slack_id: object) -> str:
    """Nobody but the people of the organisation was ever shown a button or a window."""
    person = room.person(slack_id)
    if person is None:
        raise Forged("person")
    return person
