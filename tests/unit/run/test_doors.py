"""Two doors on one server: what comes in by the public one never reaches the actions."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from records.engine import sqlite_url
from run import system
from run.service import ByPort, CannotStart, _listening
from run.settings import DEMONSTRATION, Settings

ACTION_PORT = 5055


def answering(word: str) -> FastAPI:
    app = FastAPI()

    @app.post("/webhook")
    def webhook() -> dict[str, str]:
        return {"door": word}

    return app


async def door(port: int, path: str = "/webhook", **options: Any) -> str:
    both = ByPort(answering("public"), answering("actions"), ACTION_PORT)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await both({**scope, "server": ("127.0.0.1", port)}, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http:
        answer = await http.post(path, **options)
    return str(answer.json()["door"])


async def test_the_socket_decides_and_nothing_else() -> None:
    assert await door(ACTION_PORT) == "actions"
    assert await door(8080) == "public"
    assert await door(8080, headers={"Host": f"127.0.0.1:{ACTION_PORT}"}) == "public"
    assert await door(8080, headers={"X-Forwarded-Port": str(ACTION_PORT)}) == "public"


def test_a_port_that_is_taken_is_refused_with_its_cure() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match="--port"), _listening("127.0.0.1", port):
            pass


# ---- one service on one home ----


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path, DEMONSTRATION, sqlite_url(tmp_path / "heard.db"))


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port of this machine where nobody answers."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.mark.parametrize("left", [None, "", "{", "{}", '{"address": 1}'])
def test_a_home_without_a_service_is_free(settings: Settings, left: str | None) -> None:
    if left is not None:
        settings.running.write_text(left)
    assert system.address(settings) is None
    system.refuse_second(settings)


def test_what_a_dead_service_left_behind_does_not_stop_the_next(
    settings: Settings, silent_port: int
) -> None:
    settings.running.write_text(json.dumps({"address": f"http://127.0.0.1:{silent_port}"}))
    assert system.address(settings) is None
    system.refuse_second(settings)
