"""What a manager decides about sharing: a yes or a no, with its reason."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from casework import approvals
from casework.errors import NotAllowed, ReasonMissing
from casework.sharing import matter_of
from desk.frame import Desk, form_of

# What is asked of the manager, by what is waited for.
ASKED = {
    "sharing_without_consent": "May it be shared without the person's consent?",
    "not_telling": "May the person not be told that it was shared?",
}


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The page, and the decision."""

    @router.get("/{reference}/decide")
    def page(request: Request, reference: str) -> Response:
        return _draw(desk, request, desk.person(request), reference)

    @router.post("/{reference}/decide")
    async def decide(
        request: Request, reference: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_decide, desk, request, person, reference, form)


def _draw(
    desk: Desk, request: Request, person: str, reference: str, error: str | None = None
) -> Response:
    head, _ = desk.known(person, reference)
    with desk.store.read() as work:
        waits = approvals.waiting_for(desk.house, work, head, person)
    return desk.pages.draw(
        request,
        "decide.html",
        status=422 if error else 200,
        reference=reference,
        waits=[_asked(desk, str(wait.matter), wait.rule) for wait in waits],
        error=error,
    )


def _asked(desk: Desk, matter: str, code: str | None) -> dict[str, str | None]:
    rule = desk.house.pack.rule(code) if code else None
    return {
        "matter": matter,
        "asked": ASKED[matter],
        "code": rule.code if rule else None,
        "summary": rule.summary if rule else None,
    }


def _decide(
    desk: Desk, request: Request, person: str, reference: str, form: dict[str, str]
) -> Response:
    head, _ = desk.known(person, reference)
    answer, why = form.get("answer"), form.get("reason", "")
    if form.get("matter") not in ASKED or answer not in ("yes", "no"):
        raise HTTPException(422)
    matter = matter_of(form["matter"])
    try:
        with desk.store.work() as work:
            approvals.decide(desk.house, work, head, person, matter, yes=answer == "yes", why=why)
    except (NotAllowed, ReasonMissing) as refused:
        return _draw(desk, request, person, reference, refused.say)
    return RedirectResponse("/desk", 303)
