"""Opening in an emergency what is not one's own to see. Two others are told at once."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, Request, Response

from casework.errors import CallerMistake, UnknownRecord
from casework.vocabulary import REFERENCE
from desk.frame import Desk, form_of
from desk.proving import is_proved
from desk.record import draw_record
from records import access


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The page, and the breaking."""

    @router.get("/emergency")
    def ask(request: Request) -> Response:
        desk.person(request)
        return _draw(desk, request)

    @router.post("/emergency")
    async def break_glass(request: Request, person: str = Depends(desk.changing)) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_break, desk, request, person, form)


def _draw(desk: Desk, request: Request, error: str | None = None) -> Response:
    return desk.pages.draw(
        request,
        "emergency.html",
        status=422 if error else 200,
        error=error,
        proving=desk.proving(request),
    )


def _break(desk: Desk, request: Request, person: str, form: dict[str, str]) -> Response:
    reference, reason = form.get("reference", "").strip().upper(), form.get("reason", "")
    refused = is_proved(desk, request, person, form.get("passphrase", ""))
    if refused is not None:
        return _draw(desk, request, refused)
    try:
        if not REFERENCE.fullmatch(reference):
            raise UnknownRecord
        opened = access.break_glass(
            desk.store, desk.house, person=person, reference=reference, reason=reason
        )
    except CallerMistake as mistake:
        return _draw(desk, request, mistake.say)
    return draw_record(
        desk, request, person, opened, "Two people have been told that you did this."
    )
