"""Cases that were passed to this person: read each, then sign for it."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from casework.errors import NotAllowed, UnknownRecord
from desk.frame import Desk
from records import leaving


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The reading list and the signature."""

    @router.get("/handover")
    def listing(request: Request) -> Response:
        return _draw(desk, request, desk.person(request))

    @router.post("/handover/{handover_id}")
    async def sign(
        request: Request, handover_id: str, person: str = Depends(desk.changing)
    ) -> Response:
        return await asyncio.to_thread(_sign, desk, request, person, handover_id)


def _draw(desk: Desk, request: Request, person: str, error: str | None = None) -> Response:
    title = desk.titles()
    cases = [
        {
            "id": one.id,
            "reference": one.reference,
            "passed_by": title(one.passed_by),
            "at": one.at,
            "is_read": one.is_read,
        }
        for one in leaving.to_read(desk.store, desk.house, person)
    ]
    status = 409 if error else 200
    return desk.pages.draw(request, "handover.html", status=status, cases=cases, error=error)


def _sign(desk: Desk, request: Request, person: str, handover_id: str) -> Response:
    try:
        leaving.sign(desk.store, desk.house, person=person, handover_id=handover_id)
    except UnknownRecord:
        raise HTTPException(404) from None
    except NotAllowed as refused:
        return _draw(desk, request, person, refused.say)
    return RedirectResponse("/desk/handover", 303)
