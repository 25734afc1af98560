"""Before somebody gets their own record: each line is looked at, on one page."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from casework.errors import NotAllowed, NotForThisPaper, ReasonMissing, UnknownRecord
from desk.frame import Desk, form_of
from desk.proving import is_proved
from records import access
from records.access import Opened
from records.exports.record import Archive
from records.exports.review import (
    Ground,
    Review,
    Ruling,
    keep_review,
    may_review,
    needs_review,
    rulings,
)

GIVE = "give"


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The question why, the lines, and what was decided about them."""

    @router.get("/{reference}/review")
    def ask_reason(request: Request, reference: str) -> Response:
        _reviewer(desk, desk.person(request), reference)
        return _draw(desk, request, reference)

    @router.post("/{reference}/review")
    async def open_lines(
        request: Request, reference: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_open, desk, request, person, reference, form)

    @router.post("/{reference}/review/decisions")
    async def decide(
        request: Request, reference: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_decide, desk, request, person, reference, form)


def _reviewer(desk: Desk, person: str, reference: str) -> None:
    """Raises 404 for a record that is not there for them, or not theirs to decide about."""
    _, view = desk.known(person, reference)
    if not may_review(view):
        raise HTTPException(404)


def _draw(
    desk: Desk,
    request: Request,
    reference: str,
    lines: list[dict[str, Any]] | None = None,
    error: str | None = None,
    kept: str = "",
) -> Response:
    return desk.pages.draw(
        request,
        "review.html",
        status=422 if error else 200,
        reference=reference,
        lines=lines,
        error=error,
        kept=kept,
        proving=desk.proving(request),
    )


def _open(
    desk: Desk, request: Request, person: str, reference: str, form: dict[str, str]
) -> Response:
    _reviewer(desk, person, reference)
    reason = form.get("reason", "")
    if not access.is_reason(reason):
        return _draw(desk, request, reference, error=ReasonMissing.say)
    refused = is_proved(desk, request, person, form.get("passphrase", ""))
    if refused is not None:
        return _draw(desk, request, reference, error=refused)
    opened = access.open_record(
        desk.store, desk.house, person=person, reference=reference, reason=reason
    )
    return _draw(desk, request, reference, _lines(desk, opened))


def _lines(desk: Desk, opened: Opened) -> list[dict[str, Any]]:
    decided = rulings(opened.entries)
    return [
        {
            "seq": entry.seq,
            "kind": str(entry.kind).replace("_", " ").capitalize(),
            "question": desk.phrases.label(str(entry.topic)) if entry.topic else None,
            "text": str(entry.text) or (entry.value or "").replace("_", " "),
            "decided": _decided(decided.get(entry.seq)),
        }
        for entry in opened.entries
        if needs_review(entry) and not entry.destroyed
    ]


def _decided(ruling: Ruling | None) -> str:
    if ruling is None:
        return ""
    return str(ruling.ground or GIVE)


def _decide(
    desk: Desk, request: Request, person: str, reference: str, form: dict[str, str]
) -> Response:
    """Each line that something was chosen for. What is refused is said, and the rest is kept."""
    _reviewer(desk, person, reference)
    archive = Archive(desk.store, desk.house)
    kept, refused = [], []
    for key, choice in form.items():
        line = key.removeprefix("decision-")
        if key == line or not line.isdigit() or choice not in (GIVE, *Ground):
            continue
        try:
            review = _review(form, int(line), choice)
            keep_review(archive, person=person, reference=reference, review=review)
            kept.append(line)
        except UnknownRecord:
            raise HTTPException(404) from None
        except (ReasonMissing, NotForThisPaper, NotAllowed) as refusal:
            refused.append(f"Line {line}: {refusal.say}")
    return _draw(desk, request, reference, error=" ".join(refused) or None, kept=", ".join(kept))


def _review(form: dict[str, str], line: int, choice: str) -> Review:
    phrases = (one.strip() for one in form.get(f"words-{line}", "").splitlines())
    return Review(
        lines=(line,),
        why=form.get(f"why-{line}", ""),
        ground=None if choice == GIVE else Ground(choice),
        words=tuple(phrase for phrase in phrases if phrase),
        advice=form.get(f"advice-{line}", ""),
    )
