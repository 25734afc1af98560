"""Slack around a running Heard: its Web API and sockets in a thread, people who type and press."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import httpx
from ruamel.yaml import YAML

from casework.ports import Escalations
from casework.vocabulary import EntryKind, utc_now
from records.engine import make_engine, sqlite_url
from records.keyring import KeyRing
from records.store import Store, prove_key
from records.vault import Vault
from tests.unit.slack import payloads
from tests.unit.slack.slack_server import APP_TOKEN, SECRET, TOKEN, SlackServer, running
from tests.whole.processes import Heard, until

T = TypeVar("T")
# Slack sends a delivery that failed three times more: at once, then after a while.
PAUSES_SECONDS = (0.0, 0.5, 2.0, 5.0)
# What of a window comes back with it.
KEPT = ("type", "callback_id", "private_metadata", "blocks")


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
        view = {name: opened["view"][name] for name in KEPT}
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
        body, headers = _request(payload)
        answer = httpx.post(f"{heard.address}/slack/events", content=body, headers=headers)
        assert answer.status_code == 200, answer.text

    return send


def _request(payload: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Body and headers."""
    is_event = payload["type"] == "event_callback"
    body = json.dumps(payload) if is_event else payloads.form(payload)
    kind = "application/json" if is_event else "application/x-www-form-urlencoded"
    return body, {"Content-Type": kind, **payloads.signed(body)}


def is_taken(heard: Heard, payload: dict[str, Any]) -> bool:
    """Sends it once over HTTPS; whether Slack would believe that it was taken."""
    body, headers = _request(payload)
    with contextlib.suppress(httpx.TransportError):
        answer = httpx.post(
            f"{heard.address}/slack/events", content=body, headers=headers, timeout=60
        )
        return answer.status_code == 200
    return False


def all_at_once(heard: Heard, sent: list[dict[str, Any]]) -> list[float]:
    """Everything over HTTPS in the same moment; what is not taken comes again, as from Slack.
    Returns how many seconds each waited for its answer the first time."""
    waited: list[float] = []

    async def deliver(http: httpx.AsyncClient, payload: dict[str, Any]) -> None:
        statuses = []
        for pause in PAUSES_SECONDS:
            await asyncio.sleep(pause)
            body, headers = _request(payload)
            begun = time.monotonic()
            answer = await http.post("/slack/events", content=body, headers=headers)
            if not statuses:
                waited.append(time.monotonic() - begun)
            statuses.append(answer.status_code)
            if answer.status_code < 500:
                break
        assert statuses[-1] == 200, statuses

    async def deliver_all() -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=heard.address, limits=limits, timeout=60) as http:
            await asyncio.gather(*(deliver(http, one) for one in sent))

    asyncio.run(deliver_all())
    return sorted(waited)


def lines_of(heard: Heard, people: list[str], kind: EntryKind) -> Counter[str]:
    """The lines of that kind in all records of these people, each as often as it stands there."""
    with _store_of(heard) as store, store.read() as work:
        return Counter(
            str(entry.text)
            for person in people
            for talk in work.conversations.of_person(person)
            for entry in (work.records.entries(talk.record_id) if talk.record_id else ())
            if entry.kind is kind
        )


def typed_by(heard: Heard, people: list[str]) -> Counter[str]:
    """What these people typed, each as often as it was kept."""
    with _store_of(heard) as store, store.read() as work:
        return Counter(
            str(message.text)
            for person in people
            for talk in work.conversations.of_person(person)
            for message in work.inbox.of_conversation(talk.id)
        )


@contextlib.contextmanager
def _store_of(heard: Heard) -> Iterator[Store]:
    """Its database, opened from outside to be read."""
    file = heard.home / "keys" / "organisation.key"
    vault = Vault(KeyRing.open(file, may_make=False, environment={}))
    engine = make_engine(sqlite_url(heard.home / "heard.db"))
    prove_key(engine, vault)
    yield Store(engine, vault, utc_now, lambda _: cast(Escalations, None))
    engine.dispose()


def by_socket(slack: Slack) -> Callable[[dict[str, Any]], None]:
    """In an envelope that Heard acknowledges."""

    def send(payload: dict[str, Any]) -> None:
        kind = "events_api" if payload["type"] == "event_callback" else "interactive"
        sockets = slack.server.sockets
        slack.does(sockets.acked(slack.does(sockets.send(payload, kind))))

    return send
