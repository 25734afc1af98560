"""The paper for a board, from the desk."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from casework.errors import NotForThisPaper, ReasonMissing
from desk.frame import Desk, form_of
from desk.papers.board import make_board_pdf
from desk.takeout import as_file
from records.exports.board import make_board_paper, may_count
from records.exports.record import Archive


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Which quarter, and the paper."""

    @router.get("/figures")
    def ask(request: Request) -> Response:
        _counter(desk, desk.person(request))
        return _draw(desk, request)

    @router.post("/figures")
    async def make(request: Request, person: str = Depends(desk.changing)) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_make, desk, request, person, form)


def _counter(desk: Desk, person: str) -> None:
    if not may_count(desk.house, person):
        raise HTTPException(404)


def _draw(desk: Desk, request: Request, error: str | None = None) -> Response:
    return desk.pages.draw(request, "figures.html", status=422 if error else 200, error=error)


def _make(desk: Desk, request: Request, person: str, form: dict[str, str]) -> Response:
    _counter(desk, person)
    quarter, kind = form.get("quarter", "").strip(), form.get("format", "pdf")
    try:
        paper = make_board_paper(
            Archive(desk.store, desk.house),
            person=person,
            quarter=quarter,
            reason=form.get("reason", ""),
        )
    except (ReasonMissing, NotForThisPaper) as refusal:
        return _draw(desk, request, refusal.say)
    if kind == "json":
        content = json.dumps({**asdict(paper), "at": paper.at.isoformat()}).encode()
        return as_file(content, f"figures-{quarter}.json")
    return as_file(make_board_pdf(paper, desk.house.organisation), f"figures-{quarter}.pdf")
