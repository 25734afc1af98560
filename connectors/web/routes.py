"""Step 1 of 7: channel, the web page. Entry points: they check, hand over, and answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sse_starlette import EventSourceResponse, ServerSentEvent

from casework import cases
from casework.errors import UnknownRecord
from casework.facts import Conversation
from casework.phrases import Phrasebook
from casework.vocabulary import utc_now
from connectors.line import Line
from connectors.replies import SHOWN_BUTTONS, shown
from connectors.signin import Links
from connectors.web.messages import BadMessage, json_object, parse
from records.store import Store

LISTEN_SECONDS = 0.5
HEARTBEAT_SECONDS = 15
CHANNELS = ("web", "terminal")
COOKIE = "heard"
TURN_ID = re.compile(r"[0-9]{1,15}")


class Pages(Protocol):
    """Drawing and guarding, shared by every part of the site (run/web.py)."""

    def draw(
        self, request: Request, name: str, /, status: int = 200, **context: Any
    ) -> Response: ...

    def person(self, request: Request) -> str: ...

    async def may_change(self, request: Request) -> str: ...

    def session(self, token: str | None) -> object | None: ...

    def may_come_in(self, person: str) -> bool: ...


@dataclass(frozen=True)
class Web:
    """What the routes need."""

    pages: Pages
    store: Store
    line: Line
    links: Links
    phrases: Phrasebook
    title: Callable[[str], str]


def make_router(web: Web) -> APIRouter:
    """Sign-in, the first page, the conversation and its API."""
    router = APIRouter()
    _sign_in_routes(router, web)
    _page_routes(router, web)
    _api_routes(router, web)
    return router


def _sign_in_routes(router: APIRouter, web: Web) -> None:
    @router.get("/sign-in/{token}")
    def look(request: Request, token: str) -> Response:
        link = web.links.read(token)
        if link is None or _used(web, link.id) or not web.pages.may_come_in(link.person):
            return web.pages.draw(request, "link_used.html", status=410)
        return web.pages.draw(request, "sign_in.html", token=token, role=web.title(link.person))

    @router.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        token = str((await request.form()).get("token", ""))
        session = await asyncio.to_thread(_open_session, web, token)
        if session is None:
            return web.pages.draw(request, "link_used.html", status=410)
        response = RedirectResponse("/", 303)
        response.set_cookie(
            COOKIE,
            session,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        await web.pages.may_change(request)
        await asyncio.to_thread(_end_session, web, request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/signed-out", 303)
        response.delete_cookie(COOKIE)
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response

    @router.get("/signed-out")
    def signed_out(request: Request) -> Response:
        return web.pages.draw(request, "signed_out.html")


def _used(web: Web, link_id: str) -> bool:
    with web.store.read() as work:
        return work.sessions.link_is_used(link_id)


def _open_session(web: Web, token: str) -> str | None:
    link = web.links.read(token)
    if link is None or not web.pages.may_come_in(link.person):
        return None
    with web.store.work() as work:
        return work.sessions.open(link.person) if work.sessions.use_link(link.id) else None


def _end_session(web: Web, token: str) -> None:
    with web.store.work() as work:
        work.sessions.end(token)


def _page_routes(router: APIRouter, web: Web) -> None:
    @router.get("/")
    def home(request: Request) -> Response:
        person = web.pages.person(request)
        starts = [
            {"id": button["payload"].removeprefix("/"), "title": button["title"]}
            for button in web.phrases.buttons("utter_greet")
        ]
        return web.pages.draw(
            request,
            "home.html",
            starts=starts[:SHOWN_BUTTONS],
            more_starts=starts[SHOWN_BUTTONS:],
            conversations=_conversations(web, person),
        )

    @router.get("/notes/{conversation_id}")
    def notes(request: Request, conversation_id: str) -> Response:
        _own(web, web.pages.person(request), conversation_id)
        return web.pages.draw(request, "conversation.html", conversation_id=conversation_id)


def _conversations(web: Web, person: str) -> list[dict[str, Any]]:
    return [
        {
            "id": case.conversation_id,
            "reference": case.head.reference,
            "status": str(case.status).capitalize(),
            "opened_at": case.head.opened_at,
            "title": str(case.head.kind).replace("_", " ").capitalize(),
        }
        for case in cases.of_person_in(web.store, person)
    ]


def _own(web: Web, person: str, conversation_id: str) -> Conversation:
    """The person's own conversation; 404 for anybody else's, as for one that never was."""
    try:
        with web.store.read() as work:
            talk = work.conversations.get(conversation_id)
    except UnknownRecord:
        raise HTTPException(404) from None
    if talk.person != person:
        raise HTTPException(404)
    return talk


def _api_routes(router: APIRouter, web: Web) -> None:
    @router.get("/api/session")
    def session(request: Request) -> Response:
        person = web.pages.person(request)
        return _json({"person": person, "csrf_token": request.state.session.csrf_token})

    @router.get("/api/conversations")
    def listing(request: Request) -> Response:
        found = _conversations(web, web.pages.person(request))
        listed = [{**one, "opened_at": one["opened_at"].isoformat()} for one in found]
        return _json({"conversations": listed})

    @router.post("/api/conversations")
    async def begin(request: Request, person: str = Depends(web.pages.may_change)) -> Response:
        channel = json_object(await request.body()).get("channel", "web")
        if channel not in CHANNELS:
            raise BadMessage
        return _json({"id": await web.line.open_conversation(person, channel)}, 201)

    @router.get("/api/conversations/{conversation_id}")
    def transcript(request: Request, conversation_id: str) -> Response:
        _own(web, web.pages.person(request), conversation_id)
        return _json(_transcript(web, conversation_id))

    @router.post("/api/conversations/{conversation_id}/messages")
    async def message(
        request: Request,
        conversation_id: str,
        person: str = Depends(web.pages.may_change),
    ) -> Response:
        talk = await asyncio.to_thread(_own, web, person, conversation_id)
        incoming = await asyncio.to_thread(parse, await request.body(), talk, web.line, utc_now())
        await web.line.take(incoming)
        sent_as = incoming.message_id.removeprefix(f"{talk.id}:")
        return _json({"stored": True, "message_id": sent_as}, 202)

    @router.get("/api/conversations/{conversation_id}/events")
    async def events(request: Request, conversation_id: str) -> Response:
        await asyncio.to_thread(_own, web, web.pages.person(request), conversation_id)
        last = request.headers.get("last-event-id", "")
        after = int(last) if TURN_ID.fullmatch(last) else None
        stream = _events(web, request, conversation_id, after)
        return EventSourceResponse(stream, ping=HEARTBEAT_SECONDS)


def _transcript(web: Web, conversation_id: str) -> dict[str, Any]:
    with web.store.read() as work:
        talk = work.conversations.get(conversation_id)
        messages = work.inbox.of_conversation(conversation_id)
        turns = work.turns.after(conversation_id, 0)
        head = work.records.head(talk.record_id) if talk.record_id else None
    yours = [
        (
            m.received_at,
            0,
            {
                "from": "you",
                "message_id": m.sent_as,
                "text": str(m.text),
                "at": m.received_at.isoformat(),
            },
        )
        for m in messages
    ]
    heard = [
        (t.at, t.id, {"from": "heard", "turn": {**shown(t.content, t.id), "at": t.at.isoformat()}})
        for t in turns
    ]
    ordered = sorted([*yours, *heard], key=lambda item: item[:2])
    return {
        "id": conversation_id,
        "transcript": [item for _, _, item in ordered],
        "state": {
            "reference": head.reference if head else None,
            "capture_open": talk.capture_strand is not None,
            "strand": talk.capture_strand,
            "asks": talk.asks,
        },
    }


async def _events(
    web: Web, request: Request, conversation_id: str, after: int | None
) -> AsyncIterator[ServerSentEvent]:
    """New turns as they are stored, whoever stored them: this process, a tick, a manager."""
    token = request.cookies.get(COOKIE, "")
    if after is None:
        after = await asyncio.to_thread(_latest, web, conversation_id)
    while await asyncio.to_thread(_still_signed_in, web, token):
        seen = web.line.answered
        for turn in await asyncio.to_thread(_after, web, conversation_id, after):
            after = turn.id
            body = {**shown(turn.content, turn.id), "at": turn.at.isoformat()}
            yield ServerSentEvent(json.dumps(body), event="turn", id=str(turn.id))
        await web.line.changed(seen, LISTEN_SECONDS)


def _latest(web: Web, conversation_id: str) -> int:
    with web.store.read() as work:
        return next((turn.id for turn in work.turns.latest(conversation_id)), 0)


def _after(web: Web, conversation_id: str, turn_id: int) -> list[Any]:
    with web.store.read() as work:
        return work.turns.after(conversation_id, turn_id)


def _still_signed_in(web: Web, token: str) -> bool:
    return web.pages.session(token) is not None


def _json(content: Any, status: int = 200) -> Response:
    """ASCII JSON: a lone surrogate comes out as it came in."""
    return Response(json.dumps(content), status, media_type="application/json")
