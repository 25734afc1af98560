"""The real Bolt app over a house, with a local Slack and a dialogue that answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from casework import cases
from casework.facts import Conversation, Message
from casework.vocabulary import EntryKind, RecordKind
from connectors import line as line_module
from connectors.dialogue import Dialogue
from connectors.line import Line
from connectors.slack.api import SlackApi
from connectors.slack.channel import SlackChannel
from connectors.slack.door import PATH
from connectors.slack.pings import SlackRoute
from connectors.slack.room import Room
from connectors.slack.settings import SlackSettings
from escalation.routes import Routes
from run import web
from tests.unit.connectors.dialogue_fake import TOKEN as DIALOGUE_TOKEN
from tests.unit.connectors.dialogue_fake import FakeDialogue
from tests.unit.connectors.dialogue_fake import running as dialogue_running
from tests.unit.home import Home
from tests.unit.slack import payloads
from tests.unit.slack.slack_server import SECRET, TOKEN, SlackServer, running

HEARD = "https://heard.example.org"
LISTEN: dict[str, Any] = {
    "replies": [
        {
            "response": "utter_listen",
            "text": "Now listen.",
            "buttons": [{"title": "Write down their words", "payload": "/write_words"}],
        }
    ],
    "asks": None,
    "intent": {"name": "disclosure_now"},
}


@dataclass
class Workspace:
    """What stands in Slack, and the way from there into the house."""

    home: Home
    slack: SlackServer
    dialogue: FakeDialogue
    channel: SlackChannel
    http: httpx.AsyncClient

    async def send(self, body: str, **headers: str) -> httpx.Response:
        """Posts a body as Slack would, signed."""
        kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
        given = {"Content-Type": kind, **payloads.signed(body), **headers}
        return await self.http.post(PATH, content=body.encode(), headers=given)

    async def event(self, inner: dict[str, Any], **outer: Any) -> httpx.Response:
        return await self.send(payloads.event(inner, **outer))

    async def says(self, text: str, **more: Any) -> str:
        """A person writes; returns the ts."""
        message = payloads.message(text, **more)
        answer = await self.event(message)
        assert answer.status_code == 200
        return str(message["ts"])

    async def interacts(self, payload: dict[str, Any]) -> httpx.Response:
        return await self.send(payloads.form(payload))

    async def posted(self, count: int) -> list[dict[str, Any]]:
        """The messages that were posted, once there are so many."""
        return await self.slack.until("chat.postMessage", count)

    async def pass_time(self, **duration: float) -> None:
        """Moves the clock of the house; what is due is done, pings are sent."""
        await asyncio.to_thread(self.home.pass_time, **duration)

    def conversations(self, person: str = "reporter") -> list[Conversation]:
        return self.home.conversations_of(person)

    def kept(self, person: str = "reporter") -> list[Message]:
        """Everything of theirs in the inbox, the oldest conversation first."""
        with self.home.store.read() as work:
            talks = reversed(work.conversations.of_person(person))
            return [m for talk in talks for m in work.inbox.of_conversation(talk.id)]

    async def settled(self) -> None:
        """Until nothing waits for an answer, and every answer is delivered."""
        async with asyncio.timeout(20):
            while self._waits():
                await self.channel.room.line.changed(self.channel.room.line.answered, 0.02)

    async def until_kept(self, count: int) -> None:
        """Until so many messages of the reporter are kept and answered."""
        async with asyncio.timeout(30):
            while len(self.kept()) < count:
                await self.channel.room.line.changed(self.channel.room.line.answered, 0.05)
        await self.settled()

    def _waits(self) -> bool:
        with self.home.store.read() as work:
            return bool(work.inbox.conversations_waiting() or work.threads.behind("slack"))


def buttons(message: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The buttons of a posted message by title; those under "More" as well."""
    found: dict[str, dict[str, Any]] = {}
    for block in message["blocks"]:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            for one in element.get("options", [element]):
                found[one["text"]["text"]] = {"action_id": element["action_id"], **one}
    return found


def texts(message: dict[str, Any]) -> list[str]:
    """The paragraphs of a posted message."""
    return [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]


def everything_sent(slack: SlackServer) -> str:
    """All that ever left for Slack."""
    return json.dumps([call.body for call in slack.calls], ensure_ascii=False)


async def window(workspace: Workspace) -> tuple[str, dict[str, Any]]:
    """A thread, and the window that its button opened."""
    workspace.dialogue.answer("listen", **LISTEN)
    thread = await workspace.says("listen")
    (message,) = await workspace.posted(1)
    value = buttons(message)["Write down their words"]["value"]
    await workspace.interacts(payloads.press(value, thread))
    (opened,) = await workspace.slack.until("views.open")
    return thread, opened["view"]


def view_of(opened: dict[str, Any]) -> dict[str, Any]:
    """A window as it comes back."""
    return {key: opened[key] for key in ("type", "callback_id", "private_metadata", "blocks")}


async def capturing(workspace: Workspace, *, text: str) -> tuple[str, str]:
    """A thread with an open capture into which `text` was typed: (conversation, its ts)."""
    thread = await workspace.says("begin")
    await workspace.settled()
    (talk,) = workspace.conversations()
    (first,) = workspace.kept()
    cases.open_case(workspace.home.house, talk.id, first.id, RecordKind.DISCLOSURE)
    with workspace.home.store.work() as work:
        work.conversations.change(talk.id, capture_strand=EntryKind.WORDS)
    ts = await workspace.says(text, thread_ts=thread)
    await workspace.settled()
    return talk.id, ts


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with running() as server:
        yield server


@pytest.fixture
async def dialogue() -> AsyncIterator[FakeDialogue]:
    async with dialogue_running() as fake:
        yield fake


@pytest.fixture
async def workspace(
    home: Home, slack: SlackServer, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Workspace]:
    """The channel over HTTPS as run/service.py joins it, and running."""
    settings = SlackSettings(TOKEN, SECRET, None, slack.url)
    async with joined(home, slack, dialogue, settings, monkeypatch) as made:
        yield made


@contextlib.asynccontextmanager
async def joined(
    home: Home,
    slack: SlackServer,
    dialogue: FakeDialogue,
    settings: SlackSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Workspace]:
    """The channel of these settings, running."""
    monkeypatch.setattr(line_module, "PAUSES_BETWEEN_TRIES", (0.0, 0.0))
    people = tuple(
        one.model_copy(update={"slack_id": f"U0{one.id.replace('_', '').upper()}"})
        for one in home.house.organisation.people
    )
    home.organise(people)
    seam = Dialogue(dialogue.address, DIALOGUE_TOKEN)
    line = Line(home.house, home.phrases, seam)
    api = SlackApi(settings)
    home.around.routes = Routes((SlackRoute(SlackApi(settings)),))
    home.around.address = HEARD
    channel = SlackChannel(Room(settings, home.house, home.store, home.phrases, line, api))
    pages = web.make_pages(home.house, home.store)
    app: FastAPI = web.make_app(pages, channel.routers(), [channel.bodies])
    await channel.start(HEARD)
    sending = asyncio.create_task(channel.run())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HEARD) as http:
        yield Workspace(home, slack, dialogue, channel, http)
    slack.let_go.set()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    # Nobody can end what Bolt has begun.
    left = [task for task in asyncio.all_tasks() if _is_of_bolt(task)]
    await asyncio.gather(*left, return_exceptions=True)
    await line.stop()
    await seam.close()


def _is_of_bolt(task: asyncio.Task[Any]) -> bool:
    return getattr(task.get_coro(), "__qualname__", "").startswith("AsyncioListener")
