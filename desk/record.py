"""One record: asked for with a reason, shown as far as the reader needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from casework.errors import ReasonMissing
from casework.facts import Entry
from casework.vocabulary import EntryKind, Topic
from desk.cases import row_of
from desk.frame import Desk, form_of
from desk.proving import is_proved
from records import access
from records.access import Opened
from records.permissions import SAFEGUARDING_ROLES, Part, View, roles_of

DESTROYED = "The words of this line were destroyed when their time was over."


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The question why, and the record. Last, because its path takes any word."""

    @router.get("/{reference}")
    def ask_reason(request: Request, reference: str) -> Response:
        person = desk.person(request)
        _, view = desk.known(person, reference)
        return _draw_reason(desk, request, reference, view)

    @router.post("/{reference}")
    async def open_record(
        request: Request, reference: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_open, desk, request, person, reference, form)


def _draw_reason(
    desk: Desk,
    request: Request,
    reference: str,
    view: View,
    reason: str = "",
    error: str | None = None,
) -> Response:
    return desk.pages.draw(
        request,
        "reason.html",
        status=422 if error else 200,
        reference=reference,
        reason=reason,
        error=error,
        proving=desk.proving(request) if Part.WORDS in view.parts else "fresh",
    )


def _open(
    desk: Desk, request: Request, person: str, reference: str, form: dict[str, str]
) -> Response:
    _, view = desk.known(person, reference)
    reason = form.get("reason", "")
    try:
        if not access.is_reason(reason):
            raise ReasonMissing
        if Part.WORDS in view.parts:
            refused = is_proved(desk, request, person, form.get("passphrase", ""))
            if refused is not None:
                return _draw_reason(desk, request, reference, view, reason, refused)
        opened = access.open_record(
            desk.store, desk.house, person=person, reference=reference, reason=reason
        )
    except ReasonMissing as missing:
        return _draw_reason(desk, request, reference, view, reason, missing.say)
    return draw_record(desk, request, person, opened)


def draw_record(
    desk: Desk, request: Request, person: str, opened: Opened, notice: str | None = None
) -> Response:
    """The record itself, or only what was done in it."""
    only_process = opened.summary.view.parts == {Part.PROCESS}
    title = desk.role_titles() if only_process else desk.titles()
    visits = [entry for entry in opened.entries if entry.kind is EntryKind.ACCESS]
    return desk.pages.draw(
        request,
        "process.html" if only_process else "case.html",
        case=row_of(desk, person, opened.summary),
        entries=[_entry(desk, entry, title) for entry in opened.entries],
        ladder=_ladder(opened, title),
        access=[
            {
                "who": title(v.by),
                "at": v.written_at,
                "reason": None if v.withheld else v.text,
                "signed": v.seq not in opened.unsigned,
                "broke_glass": v.topic == Topic.BREAK_GLASS,
            }
            for v in reversed(visits)
        ],
        attempts=[{"who": title(one.person), "at": one.at} for one in opened.attempts],
        can_share=opened.summary.view.acts
        and not SAFEGUARDING_ROLES.isdisjoint(roles_of(desk.house.organisation, person)),
        notice=notice,
    )


# A question to the person, and what it was corrected to.
MARKED = frozenset({EntryKind.QUESTION_ASKED, EntryKind.AMENDMENT})


def _entry(desk: Desk, entry: Entry, title: Callable[[str], str]) -> dict[str, Any]:
    is_answer = entry.kind is EntryKind.ANSWER and entry.topic
    text = str(entry.text) or (entry.value or entry.topic or "").replace("_", " ").capitalize()
    if entry.destroyed:
        text = DESTROYED
    return {
        "seq": entry.seq,
        "kind": str(entry.kind),
        "text": text,
        "by": title(entry.by),
        "told_at": entry.told_at,
        "happened_at": entry.happened_at,
        "written_at": entry.written_at,
        "topic": entry.topic,
        "mark": entry.value if entry.kind in MARKED else None,
        "links_to": entry.links_to,
        "relation": entry.relation,
        "withheld": entry.withheld,
        "question": desk.phrases.label(str(entry.topic)) if is_answer else None,
    }


_STATES = {"delivered": "told", "acknowledged": "acknowledged"}


def _ladder(opened: Opened, title: Callable[[str], str]) -> list[dict[str, Any]]:
    """The climb as it went. A person of an earlier rung who did not answer is shown so."""
    climb = opened.summary.escalation
    steps = [step for step in opened.steps if step["person"] and step["result"] in _STATES]
    now_asked = climb.rung if climb and climb.acknowledged_by is None else -1
    answered = {step["person"] for step in steps if step["route"] == "answer"}
    return [
        {
            "who": title(str(step["person"])),
            "state": _state(step, step["rung"] == now_asked or step["person"] in answered),
            "at": step["at"],
            "until": climb.due_at if climb and step["rung"] == now_asked else None,
        }
        for step in steps
        if step["route"] in ("desk", "answer")
    ]


def _state(step: dict[str, Any], is_fresh: bool) -> str:
    """`is_fresh`: they are asked now, or have answered."""
    state = _STATES.get(str(step["result"]), "not_delivered")
    return "no_answer" if state == "told" and not is_fresh else state
