"""What has to be done by a date: yours, your people's, what is late; opened, answered and closed.

An answer given here is kept as one given in the conversation: in the inbox, in the duty's record,
signed with the last one. Whoever directs a duty begins it, answers what is asked about it, and may
close it with a reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast, get_args
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from casework import approvals, duties, duty_guide, duty_record, duty_words, guide, guided
from casework.duties import Own
from casework.errors import CallerMistake, NotAllowed, UnknownRecord
from casework.facts import Duty, Message, MessageKind
from casework.guide_words import OWN_WORDS
from casework.guided import Ask, Guided
from desk.frame import Desk, form_of
from policy.pack.obligations import When
from records import access
from records.permissions import roles_of
from records.store import OpenWork

# What was done longer ago is found by its record.
DONE_SHOWN = timedelta(days=30)
FAR_AHEAD = timedelta(days=800)
EVENTS = get_args(When)
BUTTONS = {"yes": ("Yes", "affirm"), "no": ("No", "deny"), "unsure": ("Not sure", "unsure")}


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The list, one duty, and the presses."""

    @router.get("/duties")
    def listing(request: Request) -> Response:
        return _list(desk, request, desk.person(request))

    @router.post("/duties")
    async def begin(request: Request, person: str = Depends(desk.changing)) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_directed, desk, request, person, form)

    @router.get("/duties/{duty_id}")
    def show(request: Request, duty_id: str) -> Response:
        return _show(desk, request, desk.person(request), duty_id)

    @router.post("/duties/{duty_id}/{press}")
    async def pressed(
        request: Request, duty_id: str, press: str, person: str = Depends(desk.changing)
    ) -> Response:
        form = await form_of(request)
        return await asyncio.to_thread(_press, desk, request, person, duty_id, press, form)


def late(desk: Desk, work: OpenWork, person: str) -> int:
    """How many of this person's own are late."""
    return sum(duty.due_at < work.now() for duty in duties.held_by(desk.house, work, person))


def _list(
    desk: Desk, request: Request, person: str, notice: str | None = None, status: int = 200
) -> Response:
    with desk.store.read() as work:
        now = work.now()
        everything = work.duties.due(now + FAR_AHEAD)
        done = work.duties.done_since(now - DONE_SHOWN)
        mine = [one for one in everything if _is_held(desk, work, one, person)]
        theirs = [one for one in everything if _is_overseen(desk, work, one, person)]
        over = [
            one
            for one in done
            if _is_overseen(desk, work, one, person) or person in (one.person, one.done_by)
        ]
        for_me = [one for one in everything if one.person == person and one.role]
        directed = _directs(desk, work, person)
        context = {
            "mine": _rows(desk, work, mine),
            "theirs": _rows(desk, work, theirs),
            "for_me": _rows(desk, work, for_me),
            "done": _rows(desk, work, over),
        }
    return desk.pages.draw(
        request,
        "duties.html",
        status=status,
        notice=notice,
        closes=person,
        directed=directed,
        events=[(event, event.replace("_", " ")) for event in _events(desk)],
        **context,
    )


def _events(desk: Desk) -> list[str]:
    """What this organisation's policy has duties after."""
    known = {duty.after for duty in desk.house.pack.duties}
    return [event for event in EVENTS if event in known]


def _is_held(desk: Desk, work: OpenWork, duty: Duty, person: str) -> bool:
    return person in duties.holders(desk.house.organisation, work, duty)


def _is_overseen(desk: Desk, work: OpenWork, duty: Duty, person: str) -> bool:
    """Theirs to direct, or they see to it that all of them are done. Of what is about a record
    only those who decide or watch know."""
    if duty.record_id is not None or duty.person == person:
        return False
    everything = duties.OVERSEE_ALL & roles_of(desk.house.organisation, person)
    return bool(everything) or person in duties.overseers(desk.house, work, duty)


def _directs(desk: Desk, work: OpenWork, person: str) -> list[Any]:
    """The people for whom this person says that something has happened."""
    overseeing = {role for duty in desk.house.pack.duties for role in duty.overseen_by}
    return [
        one
        for one in desk.house.organisation.people
        if one.id != person
        and person in duties.directors(desk.house, work, one.id, sorted(overseeing))
    ]


def _rows(desk: Desk, work: OpenWork, found: Iterable[Duty]) -> list[dict[str, Any]]:
    return [
        {
            **duty_words.words_of(desk.house, work, duty),
            "whose": _whose(desk, work, duty),
            "late": duty.due_at < work.now() and duty.done_at is None,
            # Due at once: that it is late says nothing yet, for how long somebody waits does.
            "waited_for": duty.due_at <= duty.added_at and duty.done_at is None,
            "done_at": duty.done_at,
            "done_by": desk.house.title(duty.done_by) if duty.done_by else None,
            "kind": duty.kind,
            "closers": duties.overseers(desk.house, work, duty),
        }
        for duty in found
    ]


def _whose(desk: Desk, work: OpenWork, duty: Duty) -> str:
    """Who has it to do."""
    if duty.person is None:
        return _role(desk, duty)
    if duty.role is None:
        return desk.house.title(duty.person)
    doers = sorted(duties.holders(desk.house.organisation, work, duty))
    return ", ".join(desk.house.title(one) for one in doers) or _role(desk, duty)


def _role(desk: Desk, duty: Duty) -> str:
    known = desk.house.pack.roles.get(duty.role or "")
    return known.title if known else (duty.role or "")


def _directed(desk: Desk, request: Request, person: str, form: dict[str, str]) -> Response:
    """Something has happened to one of their people."""
    event, whose = form.get("event", ""), form.get("person", "")
    with desk.store.work() as work:
        if event not in _events(desk) or whose not in {
            one.id for one in _directs(desk, work, person)
        }:
            raise HTTPException(422)
        today = work.now().date()
        made = duties.begin(desk.house, work, whose, cast(When, event), today)
    if not made:
        return _list(
            desk, request, person, "Your policy has nothing to do for them after that.", 409
        )
    return RedirectResponse("/desk/duties", 303)


def _show(
    desk: Desk,
    request: Request,
    person: str,
    duty_id: str,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    with desk.store.read() as work:
        duty = _known(desk, work, duty_id, person)
        head = duty_record.find(work, duty, person)
        (row,) = _rows(desk, work, [duty])
        answered_in = duty_guide.answered_in(work, duty)
        raised = _raised(work, duty) if head is not None else None
        said = Guided.read(work, head.id) if head is not None else None
        answered = _answered(desk, said) if said is not None else []
    asks = guide.standing(desk.house, head.conversation_id) if head is not None else None
    return desk.pages.draw(
        request,
        "duty.html",
        status=status,
        notice=notice,
        duty=row,
        begun=head is not None,
        ask=_asked(desk, asks.ask) if asks and asks.ask else None,
        answered=answered,
        raised=raised,
        decided_on_desk=duty.kind == Own.DECISION,
        answered_in=answered_in,
    )


def _known(desk: Desk, work: OpenWork, duty_id: str, person: str) -> Duty:
    """A duty of this person's own. Raises 404 for every other."""
    try:
        return duties.held(desk.house, work, duty_id, person)
    except UnknownRecord:
        raise HTTPException(404) from None


def _asked(desk: Desk, ask: Ask) -> dict[str, Any]:
    text = ask.text or desk.phrases.reply(OWN_WORDS[ask.id], {"codes": "", "question": ""})["text"]
    rules = [desk.house.pack.rule(code) for code in ask.rules]
    return {"id": ask.id, "text": text, "free": ask.free, "rules": rules, "waits": ask.waits}


def _answered(desk: Desk, case: Guided) -> list[dict[str, str]]:
    asks = ((guide.ask_of(desk.house, case, name), entry) for name, entry in case.answers().items())
    return [
        {"asked": _asked(desk, ask)["text"], "said": str(entry.text)} for ask, entry in asks if ask
    ]


def _raised(work: OpenWork, duty: Duty) -> str | None:
    """What somebody wants to know of the one who directs their duty."""
    if duty.kind != Own.QUESTION_RAISED or duty.record_id is None:
        return None
    line = Guided.read(work, duty.record_id).last(duty_guide.RAISED)
    return str(line.text) if line else None


def _press(
    desk: Desk, request: Request, person: str, duty_id: str, press: str, form: dict[str, str]
) -> Response:
    try:
        if press == "close":
            with desk.store.work() as work:
                duty_record.close(desk.house, work, duty_id, person, form.get("reason", ""))
            return RedirectResponse("/desk/duties", 303)
        if press == "begin":
            _begin(desk, person, duty_id)
        elif press == "answer":
            _answer(desk, person, duty_id, form)
        else:
            raise HTTPException(404)
    except UnknownRecord:
        raise HTTPException(404) from None
    except CallerMistake as refused:
        if press == "close":
            return _list(desk, request, person, refused.say, 409)
        return _show(desk, request, person, duty_id, refused.say, 422)
    with desk.store.read() as work:
        is_done = work.duties.get(duty_id).done_at is not None
    return RedirectResponse("/desk/duties" if is_done else f"/desk/duties/{duty_id}", 303)


def _begin(desk: Desk, person: str, duty_id: str) -> None:
    with desk.store.work() as work:
        duty = duties.held(desk.house, work, duty_id, person)
        if duty.done_at is not None:
            raise NotAllowed("It is done already.")
        if duty_guide.answered_in(work, duty) is not None:
            raise NotAllowed("It is answered in its conversation.")
        if duty_record.find(work, duty, person) is not None:
            return
        talk = work.conversations.open(person=person, channel="desk")
        duty_record.open_for(desk.house, work, duty, talk)
        if duty.kind == Own.QUESTION_RAISED and duty.record_id is not None:
            asked = work.records.head(duty.record_id)
            access.note_addressed(work, asked, person, "The question in it was put to them.")


def _answer(desk: Desk, person: str, duty_id: str, form: dict[str, str]) -> None:
    with desk.store.read() as work:
        duty = duties.held(desk.house, work, duty_id, person)
        head = duty_record.find(work, duty, person)
    here = guide.standing(desk.house, head.conversation_id) if head is not None else None
    if head is None or here is None or here.ask is None or form.get("ask") != here.ask.id:
        raise NotAllowed("That was answered already. This is what is asked now.")
    text, button = _said(form, here.ask)
    message = _keep(desk, head.conversation_id, text)
    value = guided.understand(desk.house, message, here.ask, button=button)
    if value == guided.UNCLEAR:
        value = "unsure"
    moved = guide.answer(
        desk.house, head.conversation_id, message.id, here.ask, text=text, value=value
    )
    asks = moved.standing.ask.id if moved.standing.ask else None
    with desk.store.work() as work:
        work.conversations.change(head.conversation_id, asks=asks)


def _said(form: dict[str, str], ask: Ask) -> tuple[str, str | None]:
    """What was written or pressed. Raises NotAllowed for neither."""
    if ask.free:
        text = form.get("text", "").strip()
        if not text or len(text) > approvals.LONGEST_REASON:
            raise NotAllowed(f"Write your answer, in up to {approvals.LONGEST_REASON} characters.")
        return text, None
    if form.get("answer") not in BUTTONS:
        raise NotAllowed("Choose one of the answers.")
    return BUTTONS[form["answer"]]


def _keep(desk: Desk, conversation_id: str, text: str) -> Message:
    """The answer, kept as every message is, before anything follows from it."""
    with desk.store.work() as work:
        message, _ = work.inbox.take(
            conversation_id=conversation_id,
            channel="desk",
            message_id=f"{conversation_id}:{uuid4().hex}",
            kind=MessageKind.TEXT,
            text=text,
            strand=None,
            button=None,
            source_at=work.now(),
        )
        work.inbox.mark_answered(message.id)
    return message
