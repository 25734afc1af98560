"""A Slack Web API on a local port: records every call, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

TEAM, APP, BOT_USER, BOT = "T0HEARD", "A0HEARD", "U0BOT", "B0HEARD"
TOKEN, SECRET = "xoxb-test-token", "a-signing-secret"


@dataclass
class Call:
    """One call as it came in."""

    method: str
    token: str
    body: dict[str, Any]


class SlackServer:
    """Answers as Slack documents it. `misbehave` gives a method its next answers, in order: 429,
    500, "hangs", "no json", or the name of one of Slack's errors."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        # What people can see: the messages that were taken, each with its ts.
        self.posted: list[dict[str, Any]] = []
        self.retry_after = "1"
        self.let_go = asyncio.Event()
        self.history: dict[str, list[dict[str, Any]]] = {}
        self.replies: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self._wrong: defaultdict[str, list[int | str]] = defaultdict(list)
        self._ts = itertools.count(1)
        self._arrived = asyncio.Condition()
        self.app = FastAPI()
        self.app.add_api_route("/api/{method}", self._answer, methods=["GET", "POST"])

    def misbehave(self, method: str, *ways: int | str) -> None:
        self._wrong[method] += ways

    def called(self, method: str) -> list[dict[str, Any]]:
        return [call.body for call in self.calls if call.method == method]

    async def until(self, method: str, count: int = 1) -> list[dict[str, Any]]:
        """The bodies of the calls to a method, once there are so many."""
        async with asyncio.timeout(20), self._arrived:
            await self._arrived.wait_for(lambda: len(self.called(method)) >= count)
        return self.called(method)

    async def until_posted(self, count: int) -> list[dict[str, Any]]:
        """What people can see, once there is so much of it."""
        async with asyncio.timeout(20), self._arrived:
            await self._arrived.wait_for(lambda: len(self.posted) >= count)
        return self.posted

    async def _answer(self, method: str, request: Request) -> Response:
        body = await _body(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        async with self._arrived:
            self.calls.append(Call(method, token, body))
            self._arrived.notify_all()
        way = self._wrong[method].pop(0) if self._wrong[method] else None
        match way:
            case 429:
                headers = {"Retry-After": self.retry_after}
                return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
            case int():
                return Response("upstream trouble", way)
            case "hangs":
                await self.let_go.wait()
            case "no ts":
                return JSONResponse({"ok": True, "channel": body.get("channel")})
            case "no json":
                return Response("<html>", 200, media_type="text/html")
            case str():
                return JSONResponse({"ok": False, "error": way})
        if token != TOKEN:
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        async with self._arrived:
            self._arrived.notify_all()
            return self._well(method, body)

    def _well(self, method: str, body: dict[str, Any]) -> Response:
        known: dict[str, Any] = {
            "auth.test": {
                "url": "https://heard.slack.com/",
                "team": "Heard",
                "user": "heard",
                "team_id": TEAM,
                "user_id": BOT_USER,
                "bot_id": BOT,
            },
            "bots.info": {"bot": {"id": BOT, "app_id": APP, "name": "Heard"}},
            "conversations.open": {"channel": {"id": f"D-{body.get('users')}"}},
            "chat.getPermalink": {"permalink": "https://heard.slack.com/archives/D1/p1"},
            "conversations.history": {
                "messages": self.history.get(str(body.get("channel")), []),
                "has_more": False,
            },
            "conversations.replies": {
                "messages": self.replies.get((str(body.get("channel")), str(body.get("ts"))), []),
                "has_more": False,
            },
        }
        answer = {"ok": True, **known.get(method, {})}
        if method in ("chat.postMessage", "chat.update", "chat.postEphemeral"):
            ts = body.get("ts") or f"1772546400.{next(self._ts):06d}"
            answer |= {"channel": body.get("channel"), "ts": ts}
        if method == "chat.postMessage":
            self.posted.append({**body, "ts": answer["ts"]})
        if method == "users.info":
            user = self.users.get(str(body.get("user")), {})
            answer["user"] = {"id": body.get("user"), "deleted": False, **user}
        headers = {}
        if method == "auth.test":
            headers["x-oauth-scopes"] = "chat:write,im:write,im:history,users:read,commands"
        return JSONResponse(answer, headers=headers)


async def _body(request: Request) -> dict[str, Any]:
    raw = (await request.body()).decode()
    if raw.lstrip().startswith("{"):
        body: dict[str, Any] = json.loads(raw)
        return body
    return dict([*request.query_params.items(), *parse_qsl(raw)])


@contextlib.asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """Serves an application on a free port of this loop; its address."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, lifespan="off", ws="websockets-sansio")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            yield f"127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = server.force_exit = True
            await task


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[SlackServer]:
    """The server on a free port."""
    slack = SlackServer()
    async with serving(slack.app) as address:
        slack.url = f"http://{address}/api/"
        yield slack
        slack.let_go.set()
