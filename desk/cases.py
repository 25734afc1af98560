"""The list of open cases: what waits, the most urgent and the longest silent first."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from casework import escalate
from casework.errors import AlreadyAcknowledged, NotAllowed
from casework.facts import Escalation, EscalationStatus
from casework.vocabulary import Urgency
from desk import duties
from desk.frame import Desk
from escalation import nights, watches
from records import access, leaving, notices, retention
from records.access import Summary
from records.permissions import oversees, roles_of
from records.retention import KEEPING_ROLES, State


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The list, and the press that takes a case."""

    @router.get("")
    def listing(request: Request) -> Response:
        return draw_list(desk, request, desk.person(request))

    @router.post("/{reference}/acknowledge")
    async def acknowledge(
        request: Request, reference: str, person: str = Depends(desk.changing)
    ) -> Response:
        return await asyncio.to_thread(_acknowledge, desk, request, person, reference)


def draw_list(
    desk: Desk, request: Request, person: str, notice: str | None = None, status: int = 200
) -> Response:
    """The cases that are this person's to look after, or that they reported."""
    seen = access.visible(desk.store, desk.house, person)
    theirs = [
        one
        for one in seen
        if one.escalation and one.escalation.is_open and (one.view.acts or one.view.own_only)
    ]
    theirs.sort(key=lambda one: one.escalation.silence if one.escalation else ())
    rows = [row_of(desk, person, one) for one in theirs]
    return desk.pages.draw(
        request,
        "list.html",
        status=status,
        cases=rows,
        notice=notice,
        health=_health(desk),
        alone=[row["reference"] for row in rows if row["undelivered"]],
        oversees=oversees(desk.house.organisation, person),
        unseen=notices.unseen(desk.store, desk.house, person),
        keeps=not KEEPING_ROLES.isdisjoint(roles_of(desk.house.organisation, person)),
        due=_due(desk, person),
        late_duties=_late_duties(desk, person),
        rota_trouble=_rota_trouble(desk),
        to_read=len(leaving.to_read(desk.store, desk.house, person)),
    )


def _health(desk: Desk) -> watches.Health:
    with desk.store.read() as work:
        return watches.health(work.connection, work.now())


def _late_duties(desk: Desk, person: str) -> int:
    with desk.store.read() as work:
        return duties.late(desk, work, person)


def _rota_trouble(desk: Desk) -> int:
    """How many things of the rota are to be put right, as of last night."""
    with desk.store.read() as work:
        return len(nights.latest(work.connection))


def _due(desk: Desk, person: str) -> int:
    """Records whose review is due, or that somebody must agree about."""
    with desk.store.read() as work:
        now = work.now()
    asking = (State.DUE, State.PROPOSED)
    kept = retention.of_all(desk.store, desk.house, person)
    return sum(one.state(now) in asking for one in kept)


def row_of(desk: Desk, person: str, one: Summary) -> dict[str, Any]:
    """One case, as list.html and case.html show it."""
    climb = one.escalation
    return {
        "reference": one.head.reference,
        "kind": one.head.kind,
        "status": one.status,
        "urgency": climb.urgency if climb else Urgency.STANDARD,
        "since": climb.since if climb else one.head.opened_at,
        "whose_turn": desk.names(climb.asked) if climb else "",
        "due_at": climb.due_at if climb else None,
        "overdue": _overdue(desk, climb),
        "acknowledged_by": _name(desk, climb.acknowledged_by) if climb else None,
        "acknowledged_at": climb.acknowledged_at if climb else None,
        "undelivered": climb is not None and climb.status is EscalationStatus.UNDELIVERED,
        "can_acknowledge": person != one.head.reporter and one.view.acts,
    }


def _overdue(desk: Desk, climb: Escalation | None) -> bool:
    if climb is None or climb.due_at is None or climb.acknowledged_by is not None:
        return False
    with desk.store.read() as work:
        return climb.due_at < work.now()


def _name(desk: Desk, person: str | None) -> str | None:
    return desk.house.title(person) if person else None


def _acknowledge(desk: Desk, request: Request, person: str, reference: str) -> Response:
    desk.known(person, reference)
    try:
        with desk.store.work() as work:
            _, view = access.may_know(work, desk.house, person, reference)
            if not view.acts and not view.own_only:
                raise NotAllowed
            escalate.acknowledge(desk.house, work, reference, person)
    except (AlreadyAcknowledged, NotAllowed) as refused:
        return draw_list(desk, request, person, refused.say, 409)
    return RedirectResponse("/desk", 303)
