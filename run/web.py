"""The pages as one application: what holds for every request, then the routes of each part."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.errors import (
    CallerMistake,
    HeardError,
    MessageTooLarge,
    StoreUnavailable,
    UnknownRecord,
)
from casework.house import House
from connectors.bodies import Bodies
from records import unusual
from records.permissions import has_desk, is_here
from records.presence import Presence
from records.sessions import WebSession
from records.store import Store

log = logging.getLogger("heard.web")
ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = (ROOT / "connectors/web/templates", ROOT / "desk/templates")
STATIC = ROOT / "connectors/web/static"
COOKIE = "heard"
BODY_LIMIT = 256 * 1024
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
}
STATUS_OF = {UnknownRecord: 404, MessageTooLarge: 413, StoreUnavailable: 503}


class Frame:
    """Around every request: no body that is too large, who is signed in, headers on the answer.

    Plain ASGI, because a streamed answer (the events of a conversation) passes through.
    """

    def __init__(self, app: ASGIApp, pages: Pages, bodies: Mapping[str, Bodies]) -> None:
        self._app = app
        self._pages = pages
        self._bodies = bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        answer = _with_headers(send)
        # Every body of ours is announced: one of unknown length is not read at all.
        length = headers.get(b"content-length", b"0")
        bodies = self._bodies.get(scope["path"])
        most = bodies.most_bytes if bodies else BODY_LIMIT
        if b"transfer-encoding" in headers or not length.isdigit() or int(length) > most:
            refusal = bodies.refuse() if bodies else as_json(_said(MessageTooLarge), 413)
            await refusal(scope, receive, answer)
            return
        cookies = cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))
        session = await asyncio.to_thread(self._pages.session, cookies.get(COOKIE))
        scope.setdefault("state", {})["session"] = session
        await self._app(scope, receive, answer)


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return send_with_headers


@dataclass(frozen=True)
class Pages:
    """What the routes of every part share: who is signed in, and how a page is drawn."""

    house: House
    store: Store
    templates: Environment

    def draw(self, request: Request, name: str, /, status: int = 200, **context: Any) -> Response:
        """A page. Text that no encoding knows (a lone surrogate) is shown as "?"."""
        session: WebSession | None = request.state.session
        frame = {
            "csrf_token": session.csrf_token if session else None,
            "signed_in_as": self.house.title(session.person) if session else None,
            "has_desk": bool(session and has_desk(self.house, session.person)),
        }
        html = self.templates.get_template(name).render(**frame, **context)
        return Response(html.encode("utf-8", "replace"), status, media_type="text/html")

    def person(self, request: Request) -> str:
        """Who is signed in. Raises 401."""
        session: WebSession | None = request.state.session
        if session is None:
            raise HTTPException(401)
        return session.person

    def session(self, token: str | None) -> WebSession | None:
        """The living session behind a cookie, of somebody who is still here."""
        if token is None:
            return None
        with self.store.read() as work:
            found = work.sessions.find(token)
        return found if found and is_here(self.house.organisation, found.person) else None

    def may_come_in(self, person: str) -> bool:
        """Whether a link still signs this person in. Somebody who has left and tries is told of."""
        with self.store.work() as work:
            is_absent = Presence(work.connection, work.now).is_absent(person)
            if is_here(self.house.organisation, person) and not is_absent:
                return True
            unusual.after_leaving(work, self.house, person)
        return False

    async def may_change(self, request: Request) -> str:
        """Who is signed in, for a request that changes something: it must carry their token,
        so that no other site can make their browser send it. Raises 401, 403."""
        person = self.person(request)
        sent = request.headers.get("x-csrf-token")
        if sent is None and "form" in request.headers.get("content-type", ""):
            sent = str((await request.form()).get("csrf_token", ""))
        if not hmac.compare_digest(
            (sent or "").encode(), request.state.session.csrf_token.encode()
        ):
            raise HTTPException(403)
        await asyncio.to_thread(self._seen, request.cookies.get(COOKIE, ""))
        return person

    def _seen(self, token: str) -> None:
        """Whoever does something is there; a page that only looks again by itself is not."""
        with self.store.work() as work:
            work.sessions.seen(token)


def make_pages(house: House, store: Store) -> Pages:
    """The templates of the page and the desk, which share one frame."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
    )
    return Pages(house, store, templates)


def make_app(pages: Pages, routers: Sequence[APIRouter], bodies: Sequence[Bodies] = ()) -> FastAPI:
    """The public application. `bodies`: the addresses that take more than a page does."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Frame, pages=pages, bodies={one.path: one for one in bodies})
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in routers:
        app.include_router(router)

    @app.exception_handler(CallerMistake)
    @app.exception_handler(StoreUnavailable)
    async def known(_: Request, error: CallerMistake | StoreUnavailable) -> Response:
        status = STATUS_OF.get(type(error), 422)
        return as_json(_said(error), status)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return _refusal(pages, request, error.status_code)

    @app.exception_handler(404)
    async def missing(request: Request, _: Exception) -> Response:
        return _refusal(pages, request, 404)

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        log.error("request failed: %s %s", number, type(error).__name__)
        answer = as_json({"error": "failed", "error_id": number}, 500)
        answer.headers.update(HEADERS)  # this answer does not pass the frame
        return answer

    return app


def _said(error: HeardError | type[HeardError]) -> dict[str, str]:
    return {"error": error.code, "say": error.say}


def _refusal(pages: Pages, request: Request, status: int) -> Response:
    if request.url.path.startswith("/api/"):
        return as_json({"error": str(status)}, status)
    if status == 401 and request.method == "GET":
        return pages.draw(request, "signed_out.html", status=401)
    return pages.draw(request, "error.html", status=status, error_id=str(status))


def as_json(content: Any, status: int = 200) -> Response:
    """JSON in ASCII, so that a lone surrogate comes out as it came in."""
    return Response(json.dumps(content), status, media_type="application/json")
