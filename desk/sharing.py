"""Who sees one record: adding somebody, taking it away, naming a conflict."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from casework.errors import CallerMistake, UnknownRecord
from desk.frame import Desk, form_of
from records import circumstances, widening
from records.permissions import CONTENT, SAFEGUARDING_ROLES, Part, roles_of, view_of

CHANGES = ("give", "take", "conflict")


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The page of one record's readers, and the decision about one of them."""

    @router.get("/{reference}/who-sees-it")
    def ask(request: Request, reference: str) -> Response:
        person = _decider(desk, desk.person(request), reference)
        return _draw(desk, request, person, reference)

    @router.post("/{reference}/who-sees-it")
    async def decide(
        request: Request, reference: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_decide, desk, request, person, reference, form)


def _decider(desk: Desk, person: str, reference: str) -> str:
    """Raises 404 for a record that is not there for them, or not theirs to decide about."""
    _, view = desk.known(person, reference)
    if not view.acts or SAFEGUARDING_ROLES.isdisjoint(roles_of(desk.house.organisation, person)):
        raise HTTPException(404)
    return person


def _draw(
    desk: Desk, request: Request, person: str, reference: str, error: str | None = None
) -> Response:
    with desk.store.read() as work:
        head = work.records.head_by_reference(reference)
        given = circumstances.of_record(work, head)
    people = desk.house.organisation.people
    views = {one.id: view_of(desk.house, one.id, head, given) for one in people}
    choices = [
        {"id": one.id, "name": one.name}
        for one in people
        if one.id not in (person, head.reporter) and one.id not in given.left_out
    ]
    return desk.pages.draw(
        request,
        "who_sees_it.html",
        status=422 if error else 200,
        reference=reference,
        readers=[
            {"name": one.name, "sees": _sees(view.parts)}
            for one in people
            if (view := views[one.id]) is not None and not view.own_only
        ],
        choices=choices,
        error=error,
    )


def _sees(parts: frozenset[Part]) -> str:
    content = parts & CONTENT
    if content == CONTENT:
        return "all of it"
    return " and ".join(sorted(content)) if content else "what was done, no words"


def _decide(
    desk: Desk, request: Request, person: str, reference: str, form: dict[str, Any]
) -> Response:
    _decider(desk, person, reference)
    what, whom, reason = (form.get(key, "") for key in ("change", "person", "reason"))
    if what not in CHANGES:
        raise HTTPException(422)
    try:
        with desk.store.work() as work:
            about = {"by": person, "reference": reference, "person": whom, "reason": reason}
            if what == "conflict":
                widening.name_in_conflict(work, desk.house, **about)
            else:
                parts = CONTENT if what == "give" else frozenset[Part]()
                widening.change(work, desk.house, parts=parts, **about)
    except UnknownRecord:
        return _draw(desk, request, person, reference, "Choose somebody from the list.")
    except CallerMistake as refused:
        return _draw(desk, request, person, reference, refused.say)
    return RedirectResponse(f"/desk/{reference}/who-sees-it", 303)
