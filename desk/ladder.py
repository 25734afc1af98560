"""Step 7 of 7: manager. One case's ladder as it climbed, and what its holder can do.

No word of the case is on this page, so it opens without a reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from casework import handling
from casework.errors import CallerMistake, UnknownRecord
from casework.facts import Escalation
from casework.house import House
from casework.ports import Work
from desk.frame import Desk, form_of
from records import access
from records.permissions import has_desk
from records.store import OpenWork

Press = Callable[[House, Work, str, str, dict[str, str]], Escalation]

PRESSES: dict[str, Press] = {
    "pass": lambda house, work, ref, me, form: handling.pass_on(house, work, ref, me),
    "step": lambda house, work, ref, me, form: handling.step(
        house, work, ref, me, form.get("what", "")
    ),
    "snooze": lambda house, work, ref, me, form: handling.snooze(
        house, work, ref, me, form.get("reason", "")
    ),
    "hand-over": lambda house, work, ref, me, form: handling.hand_over(
        house, work, ref, me, form.get("to", "")
    ),
    "close": lambda house, work, ref, me, form: handling.close(
        house, work, ref, me, form.get("reason", ""), set_aside=form.get("set_aside", "")
    ),
}
ROUTES = {
    "desk": "Desk",
    "email": "E-mail",
    "sms": "Text message",
    "voice": "Telephone",
    "slack": "Slack",
    "teams": "Teams",
    "conversation": "Here, in the conversation",
    "answer": "",
}
SAID = {
    "delivered": "told",
    "nobody_there": "Nobody holds this",
    "acknowledged": "has it",
    "passed_on": "passed it on",
    "snoozed": "asked for more time",
    "handed_over": "asked somebody else to take it",
    "step_taken": "took a protective step",
    "closed": "closed it",
    "went_quiet": "did not say what was done: replaced",
    "waiting": "about to be told",
    "sending": "being told",
    "accepted": "sent, not known yet whether it arrived",
    "not_needed": "not sent: no longer needed",
}
PURPOSES = {
    "ask": "",
    "alone": "Nobody had answered",
    "nudge": "Asked for the first step",
    "handed": "Asked to take it over",
    "look_again": "Asked to look at it again",
    "news": "Told that there is more",
}


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The ladder's page and its presses."""

    @router.get("/{reference}/ladder")
    def show(request: Request, reference: str) -> Response:
        return _draw(desk, request, desk.person(request), reference)

    @router.post("/{reference}/ladder/{press}")
    async def pressed(
        request: Request, reference: str, press: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_press, desk, request, person, reference, press, form)


def _press(
    desk: Desk, request: Request, person: str, reference: str, press: str, form: dict[str, str]
) -> Response:
    if press not in PRESSES:
        raise HTTPException(404)
    desk.known(person, reference)
    try:
        with desk.store.work() as work:
            _, view = access.may_know(work, desk.house, person, reference)
            if not view.acts:
                raise UnknownRecord
            PRESSES[press](desk.house, work, reference, person, form)
    except UnknownRecord:
        raise HTTPException(404) from None
    except CallerMistake as refused:
        return _draw(desk, request, person, reference, refused.say, 409)
    return RedirectResponse(f"/desk/{reference}/ladder", 303)


def _draw(
    desk: Desk,
    request: Request,
    person: str,
    reference: str,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    _, view = desk.known(person, reference)
    if not view.acts:
        raise HTTPException(404)
    try:
        with desk.store.read() as work:
            context = _context(desk, work, person, reference)
    except UnknownRecord:
        raise HTTPException(404) from None
    return desk.pages.draw(request, "ladder.html", status=status, notice=notice, **context)


def _context(desk: Desk, work: OpenWork, person: str, reference: str) -> dict[str, Any]:
    head, _ = access.may_know(work, desk.house, person, reference)
    climb = work.escalations.of_record(head.id)
    if climb is None:
        raise UnknownRecord
    others = [
        one
        for one in desk.house.organisation.people
        if one.id not in (person, head.reporter, *climb.left_out) and has_desk(desk.house, one.id)
    ]
    return {
        "case": climb,
        "holder": desk.house.title(climb.acknowledged_by) if climb.acknowledged_by else None,
        "whose_turn": ", ".join(desk.house.title(one) for one in climb.whose_turn),
        "handed_to": desk.house.title(climb.handed_to) if climb.handed_to else None,
        "is_late": climb.due_at is not None and climb.due_at < work.now(),
        "is_holder": climb.is_open and person == climb.acknowledged_by,
        "is_asked": person in climb.asked and not climb.acknowledged_by and climb.is_open,
        "others": others,
        "open_questions": len(handling.open_questions(desk.house, work, head)),
        "rungs": list(_rungs(desk, work, head.id)),
    }


def _rungs(desk: Desk, work: OpenWork, record_id: str) -> Iterator[dict[str, Any]]:
    """Every stay on a rung in order, with what happened on it."""
    current: dict[str, Any] | None = None
    for step in work.escalations.steps(record_id):
        if current is None or current["number"] != step["rung"] + 1:
            if current is not None:
                yield current
            current = {"number": step["rung"] + 1, "steps": []}
        result = str(step["result"])
        current["steps"].append(
            {
                "at": step["at"],
                "who": desk.house.title(str(step["person"])) if step["person"] else "",
                "how": ROUTES.get(str(step["route"]), str(step["route"])),
                "why": PURPOSES.get(str(step["purpose"]), ""),
                "said": SAID.get(result, f"not reached ({result})"),
                "state": _state(result),
            }
        )
    if current is not None:
        yield current


def _state(result: str) -> str:
    if result in ("acknowledged", "step_taken", "closed"):
        return "acknowledged"
    return "told" if result in SAID and result != "nobody_there" else "not_delivered"
