"""Step 7 of 7: manager. Who is on duty, what to put right, swaps, and whom a drill has reached."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from casework.errors import CallerMistake, NotAllowed
from casework.organisation import Duty, Swap
from desk.frame import Desk, form_of
from desk.ladder import ROUTES
from escalation import nights, reach, rota
from records.store import OpenWork

# Drills older than this say nothing about today.
DRILLS_SINCE = timedelta(days=14)


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The page and its presses."""

    @router.get("/rota")
    def show(request: Request) -> Response:
        return _draw(desk, request, desk.person(request))

    @router.post("/rota/{press}")
    async def pressed(
        request: Request, press: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_press, desk, request, person, press, form)


def _press(desk: Desk, request: Request, person: str, press: str, form: dict[str, str]) -> Response:
    try:
        with desk.store.work() as work:
            _do(desk, work, person, press, form)
    except CallerMistake as refused:
        return _draw(desk, request, person, refused.say, 409)
    return RedirectResponse("/desk/rota", 303)


def _do(desk: Desk, work: OpenWork, person: str, press: str, form: dict[str, str]) -> None:
    db, now = work.connection, work.now()
    if press == "ask":
        rota.ask(db, desk.house.organisation, now, _swap(person, form))
    elif press == "agree":
        rota.agree(db, now, _number(form), person)
    elif press == "end":
        rota.end(db, now, _number(form), person)
    elif press == "reached":
        reach.confirm(db, now, person, form.get("route", ""))
    else:
        raise NotAllowed


def _swap(person: str, form: dict[str, str]) -> Swap:
    """From "2026-03-03 in" and the like. Raises NotAllowed for anything else."""
    day, _, part = form.get("duty", "").partition(" ")
    try:
        duty = Duty(date.fromisoformat(day), part == "in")
    except ValueError:
        raise NotAllowed("Choose a day of the rota.") from None
    return Swap(form.get("role", ""), duty, person, form.get("stand_in", ""))


def _number(form: dict[str, str]) -> int:
    said = form.get("swap", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _draw(
    desk: Desk, request: Request, person: str, notice: str | None = None, status: int = 200
) -> Response:
    with desk.store.read() as work:
        context = _context(desk, work, person)
    return desk.pages.draw(request, "rota.html", status=status, notice=notice, me=person, **context)


def _context(desk: Desk, work: OpenWork, person: str) -> dict[str, Any]:
    organisation, pack, now = desk.house.organisation, desk.house.pack, work.now()
    db, roles = work.connection, rota.roles_on_ladders(desk.house.pack)
    titles = {role: pack.roles[role].title for role in roles if role in pack.roles}
    week = list(rota.days(organisation, now))
    mine = [
        (duty, role)
        for duty in week
        for role in roles
        if person in rota.on_duty_of(db, organisation, role, duty)
    ]
    since = organisation.duty_at(now).day
    return {
        "titles": titles,
        "trouble": rota.trouble(db, organisation, pack, now),
        "found": [one for one in nights.latest(db) if one.kind not in ("gap", "twice")],
        "days": [
            (duty, {r: desk.names(rota.on_duty_of(db, organisation, r, duty)) for r in roles})
            for duty in week
        ],
        "mine": mine,
        "swaps": rota.asked(db, since),
        "others": [
            one
            for one in organisation.people
            if one.id != person and any(role in one.roles for _, role in mine)
        ],
        "reached": _reached(reach.latest(db, since - DRILLS_SINCE)),
        "routes": ROUTES,
        "name": desk.house.title,
    }


def _reached(checks: list[reach.Reached]) -> list[tuple[str, list[reach.Reached]]]:
    """By person; whoever was not reached by some route comes first."""
    found: dict[str, list[reach.Reached]] = {}
    for one in checks:
        found.setdefault(one.person, []).append(one)
    return sorted(found.items(), key=lambda item: not any(one.failed for one in item[1]))
