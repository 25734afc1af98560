"""A Slack Web API on a local port: records every call, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

TEAM, APP, BOT_USER, BOT = "T0HEARD", "A0HEARD", "U0BOT", "B0HEARD"
TOKEN, SECRET = "xoxb-test-token", "a-signing-secret"
SCOPES = frozenset({
    "app_mentions:read", "assistant:write", "chat:write", "commands", "groups:history",
    "groups:read", "groups:write", "im:history", "im:write", "users:read",
})  # fmt: skip
APP_TOKEN, CANARY = "xapp-test-token", "G0CANARY"


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
        self.own_channels: list[dict[str, Any]] = []
        self.users: dict[str, dict[str, Any]] = {}
        self.page_size = 2
        self.scopes = list(SCOPES)
        self._wrong: defaultdict[str, list[int | str]] = defaultdict(list)
        self._ts = itertools.count(1)
        self._arrived = asyncio.Condition()
        self.app = FastAPI()
        self.app.add_api_route("/api/{method}", self._answer, methods=["GET", "POST"])
        self.sockets = Sockets()
        self.app.add_api_websocket_route("/link/{ticket}", self.sockets.accept)

    def misbehave(self, method: str, *ways: int | str) -> None:
        self._wrong[method] += ways

    def called(self, method: str) -> list[dict[str, Any]]:
        return [call.body for call in self.calls if call.method == method]

    async def until(self, method: str, count: int = 1) -> list[dict[str, Any]]:
        """The bodies of the calls to a method, once there are so many."""
        async with asyncio.timeout(20), self._arrived:
            await self._arrived.wait_for(lambda: len(self.called(method)) >= count)
        return self.called(method)

    async def until_posted(self, count: int, seconds: float = 20) -> list[dict[str, Any]]:
        """What people can see, once there is so much of it."""
        async with asyncio.timeout(seconds), self._arrived:
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
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                return JSONResponse({"ok": False, "error": "invalid_auth"})
            return JSONResponse({"ok": True, "url": self.sockets.ticket(self.url)})
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
            "users.conversations": {"channels": self.own_channels},
            "conversations.create": {"channel": {"id": CANARY, "name": body.get("name")}},
            "conversations.open": {"channel": {"id": f"D-{body.get('users')}"}},
            "chat.getPermalink": {"permalink": "https://heard.slack.com/archives/D1/p1"},
        }
        answer = {"ok": True, **known.get(method, {})}
        if method == "conversations.history":
            answer |= self._page(self.history.get(str(body.get("channel")), []), body)
        if method == "conversations.replies":
            thread = (str(body.get("channel")), str(body.get("ts")))
            answer |= self._page(self.replies.get(thread, []), body)
        if method in ("chat.postMessage", "chat.update", "chat.postEphemeral"):
            ts = body.get("ts") or f"1772546400.{next(self._ts):06d}"
            answer |= {"channel": body.get("channel"), "ts": ts}
        if method == "chat.postMessage" and body.get("channel") == CANARY:
            self.sockets.send_later(_canary_event(body, str(answer["ts"])))
        elif method == "chat.postMessage":
            self.posted.append({**body, "ts": answer["ts"]})
        if method == "users.info":
            user = self.users.get(str(body.get("user")), {})
            answer["user"] = {"id": body.get("user"), "deleted": False, **user}
        headers = {}
        if method == "auth.test":
            headers["x-oauth-scopes"] = ",".join(self.scopes)
        return JSONResponse(answer, headers=headers)

    def _page(self, messages: list[dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
        """Newest first, as Slack does, `page_size` at a time."""
        oldest = float(body.get("oldest", "0"))
        found = [one for one in messages if float(one["ts"]) > oldest]
        found.sort(key=lambda one: float(one["ts"]), reverse=True)
        start = int(body.get("cursor") or 0)
        end = start + self.page_size
        more = {"next_cursor": str(end)} if end < len(found) else {"next_cursor": ""}
        return {
            "messages": found[start:end],
            "has_more": bool(more["next_cursor"]),
            "response_metadata": more,
        }


def _canary_event(body: dict[str, Any], ts: str) -> dict[str, Any]:
    """What Slack sends to a bot about its own message in a private channel."""
    message = {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": BOT,
        "user": BOT_USER,
        "text": body["text"],
        "ts": ts,
        "channel": CANARY,
        "channel_type": "group",
    }
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": APP,
        "event_id": f"Ev{ts}",
        "event": message,
    }


class Sockets:
    """Slack's side of Socket Mode: envelopes out, acknowledgements in."""

    def __init__(self) -> None:
        self.open: dict[str, WebSocket] = {}
        self.acks: dict[str, dict[str, Any]] = {}
        # Connected, answering pings, and bringing nothing (reliability.md S3).
        self.is_silent = False
        self._numbers = itertools.count(1)
        self._changed = asyncio.Condition()
        self._later: set[asyncio.Task[Any]] = set()

    def ticket(self, url: str) -> str:
        address = url.removeprefix("http://").removesuffix("/api/")
        return f"ws://{address}/link/{next(self._numbers)}"

    async def accept(self, websocket: WebSocket, ticket: str) -> None:
        await websocket.accept()
        hello = {
            "type": "hello",
            "num_connections": len(self.open) + 1,
            "connection_info": {"app_id": APP},
            "debug_info": {"host": "applink-1", "approximate_connection_time": 18060},
        }
        await websocket.send_text(json.dumps(hello))
        await self._change(lambda: self.open.__setitem__(ticket, websocket))
        try:
            while True:
                answer = json.loads(await websocket.receive_text())
                given = {answer["envelope_id"]: answer}
                await self._change(lambda given=given: self.acks.update(given))  # type: ignore[misc]
        except (WebSocketDisconnect, RuntimeError):
            await self._change(lambda: self.open.pop(ticket, None))

    async def _change(self, do: Callable[[], object]) -> None:
        async with self._changed:
            do()
            self._changed.notify_all()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(condition)

    def send_later(self, payload: dict[str, Any]) -> None:
        task = asyncio.create_task(self.send(payload))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def send(
        self, payload: dict[str, Any], kind: str = "events_api", to: str | None = None
    ) -> str:
        """Sends an envelope over one connection; returns its id."""
        envelope = f"e-{next(self._numbers)}"
        if self.is_silent or not self.open:
            return envelope
        ticket = to or random.choice(list(self.open))
        given = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            given |= {"retry_attempt": 0, "retry_reason": ""}
        await self.open[ticket].send_text(json.dumps(given))
        return envelope

    async def acked(self, envelope: str) -> dict[str, Any]:
        """What an envelope was acknowledged with."""
        await self.until(lambda: envelope in self.acks)
        return self.acks[envelope]

    async def cut(self) -> None:
        """Every connection ends."""
        for websocket in list(self.open.values()):
            with contextlib.suppress(RuntimeError):
                await websocket.close(1001)


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
