"""Proving once more who one is, before exact words are shown."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from casework.errors import NotAllowed
from desk.frame import COOKIE, Desk
from records.passphrases import SHORTEST, Passphrases

WRONG = "That is not your passphrase. Open a new sign-in link if you have forgotten it."
TOO_LATE = "You signed in a while ago. Open a new sign-in link first."


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Setting a passphrase, just after signing in."""

    @router.get("/passphrase")
    def ask(request: Request) -> Response:
        desk.person(request)
        return _draw(desk, request)

    @router.post("/passphrase")
    async def choose(request: Request, person: str = Depends(desk.changing)) -> Response:
        phrase = str((await request.form()).get("passphrase", ""))
        return await asyncio.to_thread(_choose, desk, request, person, phrase)


def is_proved(desk: Desk, request: Request, person: str, phrase: str) -> str | None:
    """None when they have just signed in or give their passphrase; otherwise what to tell them."""
    proving = desk.proving(request)
    if proving == "fresh":
        return None
    if proving == "link":
        return TOO_LATE
    with desk.store.work() as work:  # it commits a wrong one too: they are counted
        is_right = Passphrases(work.connection, work.now).holds(person, phrase)
        if is_right:
            work.sessions.prove(request.cookies.get(COOKIE, ""))
    return None if is_right else WRONG


def _draw(desk: Desk, request: Request, error: str | None = None) -> Response:
    return desk.pages.draw(
        request,
        "passphrase.html",
        status=422 if error else 200,
        error=error,
        is_fresh=desk.proving(request) == "fresh",
        shortest=SHORTEST,
    )


def _choose(desk: Desk, request: Request, person: str, phrase: str) -> Response:
    if desk.proving(request) != "fresh":
        return _draw(desk, request, TOO_LATE)
    try:
        with desk.store.work() as work:
            Passphrases(work.connection, work.now).set(person, phrase)
    except NotAllowed as refused:
        return _draw(desk, request, refused.say)
    return RedirectResponse("/desk", 303)
