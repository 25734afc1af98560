"""What was done in every case, for whoever watches the process: no content, roles for names."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from desk.frame import Desk
from records import access
from records.access import Summary
from records.permissions import oversees


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The list of all cases, as trustees and auditors see it."""

    @router.get("/process")
    def process(request: Request) -> Response:
        person = desk.person(request)
        if not oversees(desk.house.organisation, person):
            raise HTTPException(404)
        seen = access.visible(desk.store, desk.house, person)
        rows = [_row(desk, one) for one in seen if not one.view.own_only and one.escalation]
        return desk.pages.draw(request, "process_list.html", cases=rows)


def _row(desk: Desk, one: Summary) -> dict[str, Any]:
    climb = one.escalation
    assert climb is not None  # only what has gone up is seen by anybody but its reporter
    title = desk.role_titles()
    return {
        "reference": one.head.reference,
        "kind": one.head.kind,
        "urgency": climb.urgency,
        "opened_at": one.head.opened_at,
        "since": climb.since,
        "acknowledged_by": title(climb.acknowledged_by) if climb.acknowledged_by else None,
        "acknowledged_at": climb.acknowledged_at,
        "whose_turn": ", ".join(title(person) for person in climb.asked),
    }
