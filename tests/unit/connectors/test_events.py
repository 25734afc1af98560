"""What Heard says comes by itself, in order and once; it resumes where it broke off, and ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from httpx_sse import aconnect_sse

from tests.unit.connectors.dialogue_fake import served
from tests.unit.home import Home
from tests.unit.website import Browser, make_site


@pytest.fixture
async def address(home: Home) -> AsyncIterator[str]:
    async with served(make_site(home)) as where:
        yield where


@pytest.fixture
async def reporter(home: Home, address: str) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=address, timeout=10) as http:
        somebody = Browser(http)
        await somebody.sign_in(home.links.make("reporter"))
        yield somebody


def say(home: Home, talk: str, text: str) -> int:
    """Heard says something, whoever it was that stored it. Returns the turn's id."""
    reply = {"response": "r", "text": text, "buttons": [], "more": [], "lines": []}
    with home.store.work() as work:
        return work.turns.add(talk, {"replies": [reply], "asks": None}).id


class Listener:
    """A page that listens."""

    def __init__(self, somebody: Browser, talk: str, last: str | None = None) -> None:
        self._path = f"/api/conversations/{talk}/events"
        self._headers = {} if last is None else {"Last-Event-ID": last}
        self._http = somebody.http
        self.heard: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.begun = asyncio.Event()

    async def hear(self, count: int | None = None) -> list[str]:
        """The texts of so many turns; of all there are until the stream ends, without a count."""
        async with (
            asyncio.timeout(20),
            aconnect_sse(self._http, "GET", self._path, headers=self._headers) as source,
        ):
            assert source.response.status_code == 200
            async for event in source.aiter_sse():
                self.ids.append(event.id)
                self.heard.append(json.loads(event.data))
                self.begun.set()
                if len(self.heard) == count:
                    break
        return [turn["replies"][0]["text"] for turn in self.heard]


async def test_turns_come_in_order_and_once(home: Home, reporter: Browser) -> None:
    talk = home.talk()
    start = say(home, talk, "before")
    listener = Listener(reporter, talk, str(start))
    for n in range(5):
        say(home, talk, str(n))
    assert await listener.hear(5) == ["0", "1", "2", "3", "4"]


async def test_a_broken_line_resumes_after_the_last_turn_it_heard(
    home: Home, reporter: Browser
) -> None:
    talk = home.talk()
    first = say(home, talk, "one")
    for text in ("two", "three", "four"):
        say(home, talk, text)
    listener = Listener(reporter, talk, str(first))
    assert await listener.hear(2) == ["two", "three"]
    again = Listener(reporter, talk, listener.ids[-1])
    assert await again.hear(1) == ["four"]


@pytest.mark.parametrize("last", ["0", "000"])
async def test_from_nothing_comes_everything(home: Home, reporter: Browser, last: str) -> None:
    talk = home.talk()
    say(home, talk, "one")
    say(home, talk, "two")
    assert await Listener(reporter, talk, last).hear(2) == ["one", "two"]


@pytest.mark.parametrize("last", [None, "", "x", "-1", "1.5", "1e3", "9" * 40, "9" * 5_000, "0x1"])
async def test_without_a_possible_place_only_what_is_new_comes(
    home: Home, reporter: Browser, last: str | None
) -> None:
    talk = home.talk()
    say(home, talk, "old")
    listening = asyncio.create_task(Listener(reporter, talk, last).hear(1))
    said = 0
    while not listening.done():
        said += 1
        say(home, talk, "new")
        await asyncio.wait({listening}, timeout=0.2)
    assert await listening == ["new"]


async def test_nobody_hears_another_conversation(home: Home, reporter: Browser) -> None:
    mine, theirs = home.talk(), home.talk("volunteer")
    start = say(home, mine, "mine")
    say(home, theirs, "theirs")
    say(home, mine, "mine too")
    assert await Listener(reporter, mine, str(start - 1)).hear(2) == ["mine", "mine too"]


async def test_a_turn_comes_without_what_its_buttons_do(home: Home, reporter: Browser) -> None:
    talk = home.talk()
    button = {"title": "Sign and file", "payload": "/sign"}
    reply = {"response": "r", "text": "x", "buttons": [button], "more": [], "lines": []}
    with home.store.work() as work:
        turn = work.turns.add(talk, {"replies": [reply], "asks": None})
    listener = Listener(reporter, talk, "0")
    await listener.hear(1)
    assert listener.heard[0]["replies"][0]["buttons"] == [
        {"id": f"{turn.id}.0", "title": "Sign and file"}
    ]
    assert listener.heard[0]["id"] == turn.id == int(listener.ids[0])


async def test_the_answer_is_a_stream_that_nobody_keeps(home: Home, reporter: Browser) -> None:
    path = f"/api/conversations/{home.talk()}/events"
    async with reporter.http.stream("GET", path) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "no-store" in answer.headers["cache-control"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_signing_out_ends_what_is_listening(home: Home, reporter: Browser) -> None:
    talk = home.talk()
    say(home, talk, "one")
    listener = Listener(reporter, talk, "0")
    listening = asyncio.create_task(listener.hear())
    await listener.begun.wait()
    await reporter.submit("/sign-out")
    say(home, talk, "too late")
    assert await listening == ["one"]


async def test_a_session_that_ends_by_itself_ends_what_is_listening(
    home: Home, reporter: Browser
) -> None:
    talk = home.talk()
    say(home, talk, "one")
    listener = Listener(reporter, talk, "0")
    listening = asyncio.create_task(listener.hear())
    await listener.begun.wait()
    home.pass_time(minutes=31)
    say(home, talk, "too late")
    assert await listening == ["one"]
