"""Finding a case among those that one may know of: by reference, kind, or who has it.

Words and names are sealed, and are not searched. What is not there for somebody is not found by
them, and not counted: the search goes over their own list and nothing else.
"""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, Request, Response

from casework.vocabulary import RecordKind
from desk.cases import row_of
from desk.frame import Desk
from records import access
from records.access import Summary

LONGEST = 40


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The search. It is posted, so that nothing typed stands in an address or a history."""

    @router.get("/search")
    def ask(request: Request) -> Response:
        desk.person(request)
        return _draw(desk, request, "", "", None)

    @router.post("/search")
    async def search(request: Request, person: str = Depends(desk.changing)) -> Response:
        form = {key: str(value)[:LONGEST] for key, value in (await request.form()).items()}
        return await asyncio.to_thread(_search, desk, request, person, form)


def _search(desk: Desk, request: Request, person: str, form: dict[str, str]) -> Response:
    part, kind = form.get("reference", "").strip().upper(), form.get("kind", "")
    seen = access.visible(desk.store, desk.house, person)
    found = [one for one in seen if one.escalation and _matches(one, part, kind)]
    return _draw(desk, request, part, kind, [row_of(desk, person, one) for one in found])


def _matches(one: Summary, part: str, kind: str) -> bool:
    return part in one.head.reference and kind in ("", one.head.kind)


def _draw(
    desk: Desk, request: Request, part: str, kind: str, cases: list[dict[str, object]] | None
) -> Response:
    kinds = [(one.value, one.value.replace("_", " ").capitalize()) for one in RecordKind]
    return desk.pages.draw(
        request, "search.html", reference=part, kind=kind, kinds=kinds, cases=cases
    )
