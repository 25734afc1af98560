"""What this person is told: unusual reading, a broken glass, why they were added to a record."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from desk.frame import Desk
from records import notices


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Their notices, and the press that says one was read."""

    @router.get("/notices")
    def listing(request: Request) -> Response:
        person = desk.person(request)
        title = desk.titles()
        lines = [
            {"line": line, "about": title(line.about)}
            for line in notices.of(desk.store, desk.house, person)
        ]
        return desk.pages.draw(request, "notices.html", notices=lines)

    @router.post("/notices/{notice_id}")
    async def seen(
        request: Request, notice_id: str, person: str = Depends(desk.changing)
    ) -> Response:
        await asyncio.to_thread(notices.mark_seen, desk.store, person, notice_id)
        return RedirectResponse("/desk/notices", 303)
