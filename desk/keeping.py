"""How long records are kept: what is due, and the decision about one of them."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from casework.errors import CallerMistake, NotAllowed
from desk.frame import Desk, form_of
from desk.proving import is_proved
from records import retention
from records.permissions import roles_of
from records.retention import KEEPING_ROLES, Ground, Keeping
from records.store import OpenWork

MONTHS = (6, 12, 24, 60)


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The list, one record's page, and its decisions."""

    @router.get("/keeping")
    def listing(request: Request) -> Response:
        person = _decider(desk, desk.person(request))
        with desk.store.read() as work:
            now = work.now()
        records = [
            {"keeping": one, "state": one.state(now), "name": _name(desk, one.proposed_by)}
            for one in retention.of_all(desk.store, desk.house, person)
        ]
        return desk.pages.draw(request, "keeping_list.html", records=records)

    @router.get("/{reference}/keeping")
    def one_record(request: Request, reference: str) -> Response:
        return _draw(desk, request, desk.person(request), reference)

    @router.post("/{reference}/keeping")
    async def decide(
        request: Request, reference: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_decide, desk, request, person, reference, form)


def _decider(desk: Desk, person: str) -> str:
    if roles_of(desk.house.organisation, person).isdisjoint(KEEPING_ROLES):
        raise HTTPException(404)
    return person


def _name(desk: Desk, person: str | None) -> str | None:
    return desk.house.title(person) if person else None


def _draw(
    desk: Desk, request: Request, person: str, reference: str, error: str | None = None
) -> Response:
    desk.known(person, reference)
    try:
        with desk.store.read() as work:
            keeping = retention.of_record(work, desk.house, person, reference)
            now = work.now()
    except NotAllowed:
        raise HTTPException(404) from None
    return desk.pages.draw(
        request,
        "keeping.html",
        status=422 if error else 200,
        keeping=keeping,
        state=keeping.state(now),
        is_due=keeping.due_at <= now,
        proposed_by=_name(desk, keeping.proposed_by),
        is_mine=keeping.proposed_by == person,
        rule=_rule(desk, keeping),
        months=MONTHS,
        grounds=[(one.value, one.value.replace("_", " ").capitalize()) for one in Ground],
        proving=desk.proving(request),
        error=error,
    )


def _rule(desk: Desk, keeping: Keeping) -> Any:
    """The rule of the policy that asks for a review, if it has one."""
    code = desk.house.pack.retention.rule
    return desk.house.pack.rule(code) if code else None


def _decide(
    desk: Desk, request: Request, person: str, reference: str, form: dict[str, str]
) -> Response:
    desk.known(person, reference)
    what = form.get("what", "")
    if what == "agree":
        refused = is_proved(desk, request, person, form.get("passphrase", ""))
        if refused is not None:
            return _draw(desk, request, person, reference, refused)
    try:
        with desk.store.work() as work:
            _do(work, desk, person, reference, what, form)
    except CallerMistake as refused_it:
        return _draw(desk, request, person, reference, refused_it.say)
    return RedirectResponse(f"/desk/{reference}/keeping", 303)


def _do(
    work: OpenWork, desk: Desk, person: str, reference: str, what: str, form: dict[str, str]
) -> None:
    reason = form.get("reason", "")
    by, rules = person, desk.house
    about = {"by": by, "reference": reference, "reason": reason}
    if what == "longer":
        months = form.get("months", "")
        number = int(months) if months.isascii() and months.isdigit() and len(months) < 5 else 0
        retention.keep_longer(work, rules, months=number, **about)
    elif what == "hold":
        retention.hold(work, rules, **about)
    elif what == "lift":
        retention.lift(work, rules, **about)
    elif what == "propose":
        if form.get("ground") not in list(Ground):
            raise NotAllowed("Choose why.")
        retention.propose(work, rules, ground=Ground(form["ground"]), **about)
    elif what == "withdraw":
        retention.withdraw(work, rules, **about)
    elif what == "agree":
        retention.agree(work, rules, by=by, reference=reference)
    else:
        raise NotAllowed
