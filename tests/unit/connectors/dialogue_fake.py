"""A dialogue that speaks bot/channel.py's protocol over real HTTP, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

Way = Literal["hangs", "503", "500", "422", "says nothing", "says no JSON", "says another shape"]
TOKEN = "the-token-of-this-start"


class FakeDialogue:
    """Answers every text with one sentence, `utter_thanks`; keeps what it was asked.

    `misbehave` gives a text the ways in which its next turns go wrong, in order; after the last
    one it is answered well. While `closed` is set, no turn is finished.
    """

    def __init__(self) -> None:
        self.address = ""
        self.turns: list[dict[str, str]] = []
        self.replies: dict[str, dict[str, Any]] = {}
        self.at_once: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()
        self.open = asyncio.Event()
        self.open.set()
        self.ended = asyncio.Event()
        self.arrived = asyncio.Condition()
        self._wrong: defaultdict[str, list[Way]] = defaultdict(list)
        self.app = FastAPI()
        self.app.post("/webhooks/heard/turn")(self._turn)
        self.app.get("/webhooks/heard/health")(self._health)
        self.app.post("/webhooks/heard/parse")(self._parse)

    def misbehave(self, text: str, *ways: Way) -> None:
        self._wrong[text] += ways

    def answer(self, text: str, **answer: Any) -> None:
        """What to answer to a text: `replies`, `asks`, `intent`."""
        self.replies[text] = answer

    @property
    def texts(self) -> list[str]:
        """Every text it was asked, repeats included, in the order of arrival."""
        return [turn["text"] for turn in self.turns]

    async def until(self, count: int) -> None:
        """Until it was asked so often."""
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.turns) >= count)

    async def _turn(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response(status_code=401)
        turn: dict[str, str] = await request.json()
        assert set(turn) == {"conversation", "message_id", "text"}
        async with self.arrived:
            self.turns.append(turn)
            self.arrived.notify_all()
        talk = turn["conversation"]
        self.at_once[talk] += 1
        self.most_at_once[talk] = max(self.most_at_once[talk], self.at_once[talk])
        try:
            await self.open.wait()
            return await self._answered(turn["text"])
        finally:
            self.at_once[talk] -= 1

    async def _answered(self, text: str) -> Response:
        way = self._wrong[text].pop(0) if self._wrong[text] else None
        match way:
            case "hangs":
                await self.ended.wait()
                return Response(status_code=500)
            case "503" | "500" | "422":
                return JSONResponse({"error": "x"}, int(way))
            case "says nothing":
                return JSONResponse(_answer(replies=[]))
            case "says no JSON":
                return Response("<html>", media_type="text/html")
            case "says another shape":
                return JSONResponse({"replies": [{}]})
        return JSONResponse(_answer(**self.replies.get(text, {})))

    async def _health(self) -> Response:
        return JSONResponse({"status": "ok", "model": "m"}, 200 if self.open.is_set() else 503)

    async def _parse(self, request: Request) -> Response:
        texts = (await request.json())["texts"]
        return JSONResponse({"results": [{"intent": "greet", "text": text} for text in texts]})


def reply(response: str, text: str = "…", **parts: Any) -> dict[str, Any]:
    """One reply as the dialogue gives it."""
    return {"response": response, "text": text, "buttons": [], "metadata": {}} | parts


def _answer(**parts: Any) -> dict[str, Any]:
    standing = {
        "replies": [reply("utter_thanks", "I'm here if you need me.")],
        "intent": {"name": "thanks", "confidence": 0.9, "ranking": []},
        "asks": None,
        "form": None,
    }
    return standing | parts


class Server(uvicorn.Server):
    """Says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextlib.asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Serves an application on a free port of loopback; gives its address."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        server = Server(config)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        await server.up.wait()
        yield "http://{}:{}".format(*bound.getsockname())
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[FakeDialogue]:
    """A dialogue that answers."""
    fake = FakeDialogue()
    async with served(fake.app) as address:
        fake.address = address
        yield fake
        fake.open.set()
        fake.ended.set()
