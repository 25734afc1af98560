"""The pages and their API over a house, and browsers that are signed in to them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

import desk.routes
from connectors.dialogue import Dialogue
from connectors.line import Line
from connectors.web.routes import Web, make_router
from run import web
from tests.unit.home import Home

ADDRESS = "http://heard.test"
NOBODY_THERE = "http://127.0.0.1:9"


def make_site(home: Home, line: Line | None = None) -> FastAPI:
    """The public application as run/service.py joins it; without a dialogue unless given one."""
    pages = web.make_pages(home.house, home.store)
    talking = line or Line(home.house, home.phrases, Dialogue(NOBODY_THERE, "no token"))
    shared = Web(pages, home.store, talking, home.links, home.phrases, home.house.title)
    at_the_desk = desk.routes.Desk(pages, home.house, home.store, home.phrases)
    return web.make_app(pages, [make_router(shared), desk.routes.make_router(at_the_desk)])


@dataclass
class Browser:
    """One person's browser."""

    http: httpx.AsyncClient
    csrf: str = ""

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        """With the token of the session, as the page's own scripts send it."""
        headers = {"X-CSRF-Token": self.csrf, **options.pop("headers", {})}
        return await self.http.post(path, headers=headers, **options)

    async def submit(self, path: str, **fields: str) -> httpx.Response:
        """A form of a page, with its hidden token."""
        return await self.http.post(path, data={"csrf_token": self.csrf, **fields})

    async def open_conversation(self) -> str:
        answer = await self.post("/api/conversations", json={})
        assert answer.status_code == 201
        return str(answer.json()["id"])

    async def send(self, talk: str, **message: Any) -> httpx.Response:
        """Posts a message; its id is a new one unless given."""
        body = {"message_id": uuid4().hex} | message
        # ASCII, so that a lone surrogate goes out as it was typed.
        content = json.dumps(body)
        return await self.post(f"/api/conversations/{talk}/messages", content=content)

    async def sign_in(self, link: str) -> httpx.Response:
        answer = await self.http.post("/sign-in", data={"token": link})
        session = await self.http.get("/api/session")
        self.csrf = session.json().get("csrf_token", "")
        return answer


@contextlib.asynccontextmanager
async def browser(app: FastAPI, *, address: str = ADDRESS) -> AsyncIterator[Browser]:
    """A browser that nobody has signed in to. A failure of the application is an answer here."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=address) as http:
        yield Browser(http)


@contextlib.asynccontextmanager
async def signed_in(home: Home, app: FastAPI, person: str) -> AsyncIterator[Browser]:
    """A browser of this person."""
    async with browser(app) as somebody:
        await somebody.sign_in(home.links.make(person))
        assert somebody.csrf
        yield somebody
