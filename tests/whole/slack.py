"""Slack around a running Heard: its Web API and sockets in a thread, people who type and press."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from ruamel.yaml import YAML

from tests.unit.slack import payloads
from tests.unit.slack.slack_server import APP_TOKEN, SECRET, TOKEN, SlackServer, running
from tests.whole.processes import Heard, until

T = TypeVar("T")


class Slack:
    """The local Slack, used from outside its loop."""

    def __init__(self, server: SlackServer, loop: asyncio.AbstractEventLoop) -> None:
        self.server = server
        self._loop = loop

    def does(self, what: Coroutine[Any, Any, T]) -> T:
        """Does it in Slack's loop."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(60)

    def settings(self) -> dict[str, str]:
        """What a Heard is given to use it, both ways."""
        return {
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "HEARD_SLACK_API_URL": self.server.url,
        }


@contextlib.contextmanager
def local_slack() -> Iterator[Slack]:
    """One that runs until the end of the block."""
    ready: list[Slack] = []
    is_ready, is_over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with running() as server:
            ready.append(Slack(server, asyncio.get_running_loop()))
            is_ready.set()
            await asyncio.to_thread(is_over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert is_ready.wait(60)
    try:
        yield ready[0]
    finally:
        is_over.set()
        thread.join(60)


def give_slack_ids(heard: Heard, more: int = 0) -> None:
    """Everybody of the organisation file has one; and so have `more` members of staff."""
    yaml, file = YAML(), heard.environment["HEARD_ORGANISATION"]
    with open(file, encoding="utf-8") as given:
        content = yaml.load(given)
    for n in range(more):
        content["people"].append(
            {"id": f"staff_{n}", "name": f"Staff {n}", "roles": ["staff"], "phone": "01632 960999"}
        )
    for one in content["people"]:
        one["slack_id"] = slack_id(one["id"])
    with open(file, "w", encoding="utf-8") as written:
        yaml.dump(content, written)


def slack_id(person: str) -> str:
    """As tests write it."""
    return f"U0{person.replace('_', '').upper()}"


@dataclass
class User:
    """Somebody in Slack. `send` brings a payload to Heard; `thread` is where they talk."""

    slack: Slack
    send: Callable[[dict[str, Any]], None]
    person: str
    thread: str = ""

    @property
    def id(self) -> str:
        return slack_id(self.person)

    @property
    def channel(self) -> str:
        return f"D-{self.id}"

    def seen(self) -> list[dict[str, Any]]:
        """What stands in their direct messages."""
        return [one for one in self.slack.server.posted if one["channel"] == self.channel]

    def says(self, text: str) -> dict[str, Any]:
        """Types something; returns the answer."""
        more = {"thread_ts": self.thread} if self.thread else {}
        message = payloads.message(text, user=self.id, channel=self.channel, **more)
        self.thread = self.thread or str(message["ts"])
        before = len(self.seen())
        self.send(json.loads(payloads.event(message)))
        return self.answer(before)

    def answer(self, before: int) -> dict[str, Any]:
        """What Heard says after so many messages."""
        return until(lambda: next(iter(self.seen()[before:]), None), "Heard answers in Slack")

    def offered(self, title: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The newest button of that title, and the message that it stands under."""
        for message in reversed(self.seen()):
            for block in message["blocks"]:
                for element in block.get("elements", []) if block["type"] == "actions" else []:
                    for one in element.get("options", [element]):
                        if one.get("text", {}).get("text") == title:
                            return {**one, "action_id": element["action_id"]}, message
        raise AssertionError(f"nobody offers {title!r}: {self.seen()[-1:]}")

    def press(self, title: str) -> dict[str, Any]:
        """Presses a button; returns the press as it was sent."""
        button, message = self.offered(title)
        press = payloads.press(
            button["value"],
            str(message.get("thread_ts") or message["ts"]),
            user=self.id,
            channel=self.channel,
            action_id=button["action_id"],
        )
        press["container"]["message_ts"] = message["ts"]
        self.send(press)
        return press

    def writes(self, title: str, values: dict[str, str]) -> None:
        """Opens the window of a button, writes into it and sends it in."""
        before = len(self.slack.server.called("views.open"))
        self.press(title)
        opened = until(
            lambda: next(iter(self.slack.server.called("views.open")[before:]), None),
            "a window opens",
        )
        kept = ("type", "callback_id", "private_metadata", "blocks")
        view = {name: opened["view"][name] for name in kept}
        self.send(payloads.submission(view, values, user=self.id))


def disclose(reporter: User, words: str) -> None:
    """Somebody tells them something: to the moment at which others are asked."""

    def presses(title: str, answers: int = 1) -> None:
        before = len(reporter.seen())
        reporter.press(title)
        until(lambda: len(reporter.seen()) >= before + answers, f"an answer to {title!r}")

    reporter.says("hello")
    presses("Someone is telling me something now")
    reporter.says("no hes at work till 6")
    presses("Write down their words")
    before = len(reporter.seen())
    asked = "what happened then"
    reporter.writes("Write it down", {"words:1": words, "question_asked:1": asked})
    until(lambda: len(reporter.seen()) >= before + 2, "both lines are named")
    presses("Done")
    presses("No")


def by_https(heard: Heard) -> Callable[[dict[str, Any]], None]:
    """Signed, to the public address."""

    def send(payload: dict[str, Any]) -> None:
        is_event = payload["type"] == "event_callback"
        body = json.dumps(payload) if is_event else payloads.form(payload)
        kind = "application/json" if is_event else "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **payloads.signed(body)}
        answer = httpx.post(f"{heard.address}/slack/events", content=body, headers=headers)
        assert answer.status_code == 200, answer.text

    return send


def by_socket(slack: Slack) -> Callable[[dict[str, Any]], None]:
    """In an envelope that Heard acknowledges."""

    def send(payload: dict[str, Any]) -> None:
        kind = "events_api" if payload["type"] == "event_callback" else "interactive"
        sockets = slack.server.sockets
        slack.does(sockets.acked(slack.does(sockets.send(payload, kind))))

    return send
