"""Actions as Rasa calls them: saved trackers, sent through the real edge to the real use cases.

The files in trackers/ are calls of Rasa 3.6.21 as they came in at actions/edge.py during a real
conversation, without the domain and without events older than the turn before. CONVERSATION and
MESSAGE stand for the ids; `message` is what the inbox held.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from actions import edge
from actions.registry import make_executor
from casework.facts import Message, MessageKind
from tests.unit.home import Home

TRACKERS = Path(__file__).parent / "trackers"
TOKEN = "the-token-of-this-start"
MADE_BY_US = ("text", "buttons", "elements", "custom", "template", "response", "image")


def saved(name: str) -> dict[str, Any]:
    """One saved call."""
    loaded: dict[str, Any] = json.loads((TRACKERS / f"{name}.json").read_text())
    return loaded


def saved_names() -> list[str]:
    return sorted(path.stem for path in TRACKERS.glob("*.json"))


@dataclass(frozen=True)
class Played:
    """What an action answered: the names of its responses, their words in braces, its events."""

    said: list[str]
    slots: list[dict[str, str]]
    events: list[dict[str, Any]]
    message: Message

    @property
    def asks(self) -> Any:
        """The question that the form asks next; raises StopIteration when it says nothing."""
        values = [e["value"] for e in self.events if e.get("name") == "requested_slot"]
        return next(reversed(values))

    def sets(self, slot: str) -> Any:
        values = [event["value"] for event in self.events if event.get("name") == slot]
        return next(reversed(values))


class Stage:
    """Plays saved calls in a house."""

    def __init__(self, home: Home) -> None:
        self.home = home
        domain = dict(home.phrases.domain)
        self.app: FastAPI = edge.make_app(make_executor(home.house), domain, TOKEN)

    async def play(self, name: str, talk: str, *, text: str | None = None, **ids: str) -> Played:
        """Plays one saved call in this conversation, as its newest message.

        Args:
            name: A file in trackers/, without its ending.
            talk: The conversation.
            text: Instead of what was typed then.
            ids: What stands for further ids: KEPT, OTHER.
        """
        raw = (TRACKERS / f"{name}.json").read_text()
        then = json.loads(raw)["message"]
        kind = MessageKind(then["kind"])
        message = self.home.message(talk, text or then["text"], kind=kind)
        return await self.play_again(name, message, **ids)

    async def play_again(self, name: str, message: Message, **ids: str) -> Played:
        """The same for a message that is in the inbox already."""
        raw = (TRACKERS / f"{name}.json").read_text()
        known = {"CONVERSATION": message.conversation_id, "MESSAGE": message.id, **ids}
        for stands_for, value in known.items():
            raw = raw.replace(stands_for, value)
        answer = await self.post(json.loads(raw)["call"])
        assert answer.status_code == 200, answer.status_code
        return self._played(answer.json(), message)

    async def post(self, call: dict[str, Any]) -> httpx.Response:
        """Sends a call as Rasa does."""
        async with self.client() as client:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            return await client.post("/webhook", json=call, headers=headers)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1"
        )

    def _played(self, answer: dict[str, Any], message: Message) -> Played:
        said = [response["response"] for response in answer["responses"]]
        slots = [
            {key: value for key, value in response.items() if key not in MADE_BY_US}
            for response in answer["responses"]
        ]
        for name, filled in zip(said, slots, strict=True):
            # Rasa says nothing when a response is unknown, and braces when a word is missing.
            self.home.phrases.reply(name, filled)
        return Played(said, slots, answer["events"], message)
