"""Step 7 of 7: manager. The case desk: what waits, one record behind a reason.

A person who may not know of a record is answered as if there were none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from casework import escalate
from casework.errors import AlreadyAcknowledged, NotAllowed, ReasonMissing, UnknownRecord
from casework.facts import Entry, Escalation
from casework.house import House
from casework.phrases import Phrasebook
from casework.vocabulary import REFERENCE, EntryKind, Urgency
from records import access
from records.access import Opened, Summary
from records.permissions import has_desk
from records.store import Store


class Pages(Protocol):
    """Drawing and guarding, shared by every part of the site (run/web.py)."""

    def draw(
        self, request: Request, name: str, /, status: int = 200, **context: Any
    ) -> Response: ...

    def person(self, request: Request) -> str: ...

    async def may_change(self, request: Request) -> str: ...


@dataclass(frozen=True)
class Desk:
    """What the routes need."""

    pages: Pages
    house: House
    store: Store
    phrases: Phrasebook


def make_router(desk: Desk) -> APIRouter:
    """The desk's pages."""
    router = APIRouter(prefix="/desk")

    @router.get("")
    def listing(request: Request) -> Response:
        return _draw_list(desk, request, _desk_person(desk, desk.pages.person(request)))

    @router.get("/{reference}")
    def ask_reason(request: Request, reference: str) -> Response:
        person = _desk_person(desk, desk.pages.person(request))
        _known(desk, person, reference)
        return _draw_reason(desk, request, reference)

    @router.post("/{reference}")
    async def open_record(
        request: Request, reference: str, person: str = Depends(desk.pages.may_change)
    ) -> Response:
        _desk_person(desk, person)
        reason = str((await request.form()).get("reason", ""))
        return await asyncio.to_thread(_open, desk, request, person, reference, reason)

    @router.post("/{reference}/acknowledge")
    async def acknowledge(
        request: Request, reference: str, person: str = Depends(desk.pages.may_change)
    ) -> Response:
        _desk_person(desk, person)
        return await asyncio.to_thread(_acknowledge, desk, request, person, reference)

    return router


def _desk_person(desk: Desk, person: str) -> str:
    if not has_desk(desk.house.organisation, person):
        raise HTTPException(404)
    return person


def _known(desk: Desk, person: str, reference: str) -> None:
    try:
        if not REFERENCE.fullmatch(reference):
            raise UnknownRecord
        with desk.store.read() as work:
            access.may_know(work, desk.house.organisation, person, reference)
    except UnknownRecord:
        raise HTTPException(404) from None


def _draw_list(
    desk: Desk, request: Request, person: str, notice: str | None = None, status: int = 200
) -> Response:
    seen = access.visible(desk.store, desk.house.organisation, person)
    rows = [_row(desk, person, one) for one in seen if one.escalation is not None]
    rows.sort(key=_silence)
    return desk.pages.draw(request, "list.html", status=status, cases=rows, notice=notice)


def _silence(row: dict[str, Any]) -> tuple[bool, int, datetime]:
    """What nobody has yet comes first, the most urgent of it, and then the longest silent."""
    return row["acknowledged_at"] is not None, row["urgency"].rank, row["since"]


def _row(desk: Desk, person: str, one: Summary) -> dict[str, Any]:
    climb = one.escalation
    return {
        "reference": one.head.reference,
        "kind": one.head.kind,
        "status": one.status,
        "urgency": climb.urgency if climb else Urgency.STANDARD,
        "since": climb.since if climb else one.head.opened_at,
        "whose_turn": _names(desk, climb.asked) if climb else "",
        "due_at": climb.due_at if climb else None,
        "overdue": _overdue(desk, climb),
        "acknowledged_by": _name(desk, climb.acknowledged_by) if climb else None,
        "acknowledged_at": climb.acknowledged_at if climb else None,
        "can_acknowledge": person != one.head.reporter,
    }


def _overdue(desk: Desk, climb: Escalation | None) -> bool:
    if climb is None or climb.due_at is None or climb.acknowledged_by is not None:
        return False
    with desk.store.read() as work:
        return climb.due_at < work.now()


def _names(desk: Desk, people: Iterable[str]) -> str:
    return ", ".join(desk.house.title(person) for person in people)


def _name(desk: Desk, person: str | None) -> str | None:
    return desk.house.title(person) if person else None


def _draw_reason(
    desk: Desk, request: Request, reference: str, reason: str = "", error: str | None = None
) -> Response:
    status = 422 if error else 200
    return desk.pages.draw(
        request, "reason.html", status=status, reference=reference, reason=reason, error=error
    )


def _open(desk: Desk, request: Request, person: str, reference: str, reason: str) -> Response:
    _known(desk, person, reference)
    try:
        opened = access.open_record(
            desk.store, desk.house.organisation, person=person, reference=reference, reason=reason
        )
    except ReasonMissing as missing:
        return _draw_reason(desk, request, reference, reason, missing.say)
    return _draw_case(desk, request, person, opened)


def _draw_case(
    desk: Desk, request: Request, person: str, opened: Opened, notice: str | None = None
) -> Response:
    title = _titles(desk)
    visits = [entry for entry in opened.entries if entry.kind is EntryKind.ACCESS]
    return desk.pages.draw(
        request,
        "case.html",
        case=_row(desk, person, opened.summary),
        entries=[_entry(desk, entry, title) for entry in opened.entries],
        ladder=_ladder(desk, opened, title),
        access=[
            {"who": title(v.by), "at": v.written_at, "reason": v.text} for v in reversed(visits)
        ],
        notice=notice,
    )


def _titles(desk: Desk) -> Callable[[str], str]:
    known = {person.id: person.name for person in desk.house.organisation.people}
    return lambda person: known.get(person, person.capitalize())


def _entry(desk: Desk, entry: Entry, title: Callable[[str], str]) -> dict[str, Any]:
    is_answer = entry.kind is EntryKind.ANSWER and entry.topic
    text = str(entry.text) or (entry.value or entry.topic or "").replace("_", " ").capitalize()
    return {
        "seq": entry.seq,
        "kind": str(entry.kind),
        "text": text,
        "by": title(entry.by),
        "told_at": entry.told_at,
        "happened_at": entry.happened_at,
        "written_at": entry.written_at,
        "topic": entry.topic,
        "links_to": entry.links_to,
        "relation": entry.relation,
        "question": desk.phrases.label(str(entry.topic)) if is_answer else None,
    }


_STATES = {"delivered": "told", "acknowledged": "acknowledged"}


def _ladder(desk: Desk, opened: Opened, title: Callable[[str], str]) -> list[dict[str, Any]]:
    """The climb as it went. A person of an earlier rung who did not answer is shown so."""
    climb = opened.summary.escalation
    steps = [step for step in opened.steps if step["person"]]
    now_asked = climb.rung if climb and climb.acknowledged_by is None else -1
    answered = {step["person"] for step in steps if step["route"] == "answer"}
    return [
        {
            "who": title(str(step["person"])),
            "state": _state(step, step["rung"] == now_asked or step["person"] in answered),
            "at": step["at"],
            "until": climb.due_at if climb and step["rung"] == now_asked else None,
        }
        for step in steps
        if step["route"] in ("desk", "answer")
    ]


def _state(step: dict[str, Any], is_fresh: bool) -> str:
    """`is_fresh`: they are asked now, or have answered."""
    state = _STATES.get(str(step["result"]), "not_delivered")
    return "no_answer" if state == "told" and not is_fresh else state


def _acknowledge(desk: Desk, request: Request, person: str, reference: str) -> Response:
    _known(desk, person, reference)
    try:
        with desk.store.work() as work:
            escalate.acknowledge(desk.house, work, reference, person)
    except (AlreadyAcknowledged, NotAllowed) as refused:
        return _draw_list(desk, request, person, refused.say, 409)
    return RedirectResponse("/desk", 303)
