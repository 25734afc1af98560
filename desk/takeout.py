"""What leaves a record from the desk: a copy, a statement, a form, a pack, evidence.

Made in memory and handed to the browser, which is told to keep nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from casework.errors import NotAllowed, NotForThisPaper, ReasonMissing, UnknownRecord
from desk.frame import Desk, form_of
from desk.papers.board import make_evidence_pdf
from desk.papers.record import make_record
from desk.papers.sharing import governance_lead, make_sharing_paper
from desk.papers.statement import make_statement_paper
from desk.papers.subject_access import make_pack_paper
from desk.proving import is_proved
from records import access
from records.exports import evidence, record, sharing, statement, subject_access
from records.exports.record import Archive
from records.exports.review import may_review
from records.permissions import CONTENT, Part, View


@dataclass(frozen=True)
class Asked:
    """What somebody wants to take out, and why."""

    desk: Desk
    person: str
    reference: str
    form: dict[str, str]

    @property
    def archive(self) -> Archive:
        return Archive(self.desk.store, self.desk.house)

    @property
    def reason(self) -> str:
        return self.form.get("reason", "")

    @property
    def lines(self) -> list[int]:
        """Raises NotForThisPaper."""
        try:
            return [int(one) for one in self.form.get("lines", "").replace(",", " ").split()]
        except ValueError:
            raise NotForThisPaper("Write the numbers of lines, such as 3, 4.") from None


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The choice of papers, and each of them."""

    @router.get("/{reference}/take-out")
    def choose(request: Request, reference: str) -> Response:
        person = desk.person(request)
        _, view = desk.known(person, reference)
        return _draw(desk, request, reference, view)

    @router.post("/{reference}/take-out")
    async def take_out(
        request: Request, reference: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_take_out, request, Asked(desk, person, reference, form))


def _draw(
    desk: Desk,
    request: Request,
    reference: str,
    view: View,
    form: dict[str, str] | None = None,
    error: str | None = None,
) -> Response:
    return desk.pages.draw(
        request,
        "take_out.html",
        status=422 if error else 200,
        reference=reference,
        papers=[name for name in PAPERS if _may(name, view)],
        form={"paper": "", "lines": "", "reason": ""} | (form or {}),
        error=error,
        proving=desk.proving(request) if Part.WORDS in view.parts else "fresh",
    )


def _may(paper: str, view: View) -> bool:
    if paper == "evidence":
        return Part.PROCESS in view.parts and not view.own_only
    if paper == "subject_access":
        return may_review(view)
    return not view.parts.isdisjoint(CONTENT)


def _take_out(request: Request, asked: Asked) -> Response:
    desk = asked.desk
    _, view = desk.known(asked.person, asked.reference)
    paper, kind = asked.form.get("paper", ""), asked.form.get("format", "pdf")
    if paper not in PAPERS or kind not in ("pdf", "json") or not _may(paper, view):
        raise HTTPException(404)
    try:
        if not access.is_reason(asked.reason):
            raise ReasonMissing
        if Part.WORDS in view.parts:
            refused = is_proved(desk, request, asked.person, asked.form.get("passphrase", ""))
            if refused is not None:
                return _draw(desk, request, asked.reference, view, asked.form, refused)
        content = PAPERS[paper](asked, kind)
    except UnknownRecord:
        raise HTTPException(404) from None
    except (ReasonMissing, NotForThisPaper, NotAllowed) as refusal:
        return _draw(desk, request, asked.reference, view, asked.form, refusal.say)
    return as_file(content, f"{asked.reference}-{paper.replace('_', '-')}.{kind}")


def as_file(content: bytes, name: str) -> Response:
    """Handed to the browser as a file of that name."""
    kind = "application/pdf" if name.endswith(".pdf") else "application/json"
    header = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=header)


def _json(content: object) -> bytes:
    return json.dumps(content).encode()


def _record(asked: Asked, kind: str) -> bytes:
    desk = asked.desk
    export = record.export_record(
        asked.archive, person=asked.person, reference=asked.reference, reason=asked.reason
    )
    if kind == "json":
        return _json(record.as_json(export, desk.house.organisation))
    return make_record(export, desk.house.organisation, desk.phrases)


def _statement(asked: Asked, kind: str) -> bytes:
    desk = asked.desk
    made = statement.make_statement(
        asked.archive,
        person=asked.person,
        reference=asked.reference,
        reason=asked.reason,
        lines=asked.lines,
    )
    if kind == "json":
        return _json(record.as_json(made.export, desk.house.organisation))
    return make_statement_paper(made, desk.house.organisation, desk.phrases)


def _sharing(asked: Asked, kind: str, shape: sharing.Shape = sharing.Shape.ONE_OFF) -> bytes:
    desk, house = asked.desk, asked.desk.house
    export = sharing.make_sharing_form(
        asked.archive, person=asked.person, reference=asked.reference, reason=asked.reason
    )
    if kind == "json":
        return _json(record.as_json(export, house.organisation))
    lead = governance_lead(house.organisation, house.pack)
    return make_sharing_paper(export, shape, house.organisation, desk.phrases, lead=lead)


def _sharing_repeated(asked: Asked, kind: str) -> bytes:
    return _sharing(asked, kind, sharing.Shape.REPEATED)


def _subject_access(asked: Asked, kind: str) -> bytes:
    desk, organisation = asked.desk, asked.desk.house.organisation
    pack = subject_access.make_pack(
        asked.archive, person=asked.person, reference=asked.reference, reason=asked.reason
    )
    if kind == "json":
        return _json(subject_access.as_json(pack, organisation.name, desk.role_titles()))
    return make_pack_paper(pack, organisation, desk.phrases, desk.role_titles())


def _evidence(asked: Asked, kind: str) -> bytes:
    organisation = asked.desk.house.organisation
    made = evidence.make_evidence(
        asked.archive,
        person=asked.person,
        reference=asked.reference,
        reason=asked.reason,
        role_of=asked.desk.role_titles(),
    )
    if kind == "json":
        return _json(evidence.as_json(made, organisation.name))
    return make_evidence_pdf(made, organisation)


PAPERS: dict[str, Callable[[Asked, str], bytes]] = {
    "record": _record,
    "statement": _statement,
    "sharing": _sharing,
    "sharing_repeated": _sharing_repeated,
    "subject_access": _subject_access,
    "evidence": _evidence,
}
