"""The door for Rasa's calls: shut without the token, and no word of anybody in a failure."""

from __future__ import annotations

import json
import logging
import zlib
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from rasa_sdk.executor import ActionExecutor

from actions import edge
from actions.base import Result, Turn, UseCaseAction
from casework.house import House
from tests.unit.actions.stage import TOKEN, Stage, saved
from tests.unit.home import Home

MARKER = "a marker that stands in the tracker"
SIGNED = {"Authorization": f"Bearer {TOKEN}"}


def call_with(text: str, message: str = "EARLIER", conversation: str = "EARLIER") -> dict[str, Any]:
    """A call whose tracker holds this text, as every tracker of a conversation does."""
    call: dict[str, Any] = saved("greet")["call"]
    call["tracker"]["latest_message"]["text"] = text
    raw = json.dumps(call).replace("CONVERSATION", conversation).replace("MESSAGE", message)
    loaded: dict[str, Any] = json.loads(raw)
    return loaded


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


def broken(house: House, turn: Turn) -> Result:
    """An action that fails with the words in its error, as careless code does."""
    raise ValueError(f"cannot work with {turn.message.text}")


async def test_a_call_with_the_token_is_answered(home: Home, stage: Stage) -> None:
    message = home.message(home.talk(), "hello")
    call = call_with("hello", message.id, message.conversation_id)
    answer = await stage.post(call)
    assert answer.status_code == 200
    assert answer.json()["responses"][0]["response"] == "utter_greet"


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": ""},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": "Bearer ünï"},
    ],
)
async def test_without_the_token_nothing_is_answered(stage: Stage, header: dict[str, str]) -> None:
    headers = {name: value.encode() for name, value in header.items()}
    async with client(stage.app) as edge_client:
        answer = await edge_client.post("/webhook", json=call_with(MARKER), headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("path", ["/", "/actions", "/health", "/docs", "/openapi.json"])
async def test_nothing_else_is_there(stage: Stage, path: str) -> None:
    async with client(stage.app) as edge_client:
        assert (await edge_client.get(path, headers=SIGNED)).status_code == 404


async def test_the_door_is_not_read(stage: Stage) -> None:
    async with client(stage.app) as edge_client:
        assert (await edge_client.get("/webhook", headers=SIGNED)).status_code == 405


@pytest.mark.parametrize("encoding", ["deflate", "gzip", "br", "identity, deflate"])
async def test_a_packed_body_is_refused_unopened(stage: Stage, encoding: str) -> None:
    bomb = zlib.compress(b" " * 50_000_000)
    async with client(stage.app) as edge_client:
        answer = await edge_client.post(
            "/webhook", content=bomb, headers={**SIGNED, "Content-Encoding": encoding}
        )
    assert (answer.status_code, answer.content) == (415, b"")


async def test_a_huge_body_is_refused_unread(stage: Stage) -> None:
    async with client(stage.app) as edge_client:
        answer = await edge_client.post(
            "/webhook", content=b"x" * (edge.BODY_LIMIT + 1), headers=SIGNED
        )
    assert (answer.status_code, answer.content) == (413, b"")


async def test_a_body_that_does_not_say_how_long_it_is_is_refused_unread(stage: Stage) -> None:
    async def endless() -> Any:
        yield b"{"

    async with client(stage.app) as edge_client:
        answer = await edge_client.post("/webhook", content=endless(), headers=SIGNED)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"text"', b"[" * 100_000, b'{"a": 1}']
)
async def test_what_is_no_call_fails_without_a_word(stage: Stage, body: bytes) -> None:
    async with client(stage.app) as edge_client:
        answer = await edge_client.post("/webhook", content=body, headers=SIGNED)
    assert (answer.status_code, answer.content) == (500, b"")


async def test_an_action_that_raises_answers_500_without_a_body_and_logs_only_its_class(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    executor = ActionExecutor()
    executor.register_action(UseCaseAction("action_greet", home.house, broken))
    app = edge.make_app(executor, dict(home.phrases.domain), TOKEN)
    message = home.message(home.talk(), MARKER)
    call = call_with(MARKER, message.id, message.conversation_id)
    async with client(app) as edge_client:
        answer = await edge_client.post("/webhook", json=call, headers=SIGNED)
    assert (answer.status_code, answer.content) == (500, b"")
    assert MARKER not in caplog.text
    assert "action failed: action_greet (ValueError)" in caplog.text


@pytest.mark.parametrize("name", ["action_unknown", "", None])
async def test_an_unknown_action_fails_without_a_word(
    stage: Stage, name: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await stage.post({**call_with(MARKER), "next_action": name})
    assert (answer.status_code, answer.content) == (500, b"")
    assert MARKER not in caplog.text


async def test_a_message_that_is_not_in_the_inbox_fails_without_a_word(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await stage.post(call_with(MARKER))
    assert (answer.status_code, answer.content) == (500, b"")
    assert MARKER not in caplog.text


async def test_words_a_person_typed_are_in_no_log_of_a_call_that_works(
    home: Home, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    talk = home.talk()
    await stage.play("begin_disclosure_in_words", talk, text=MARKER)
    assert MARKER not in caplog.text
