"""People who talk to Heard over its web API, as the page does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import uuid4

import httpx

from casework.phrases import Phrasebook
from tests.whole.processes import ROOT, Heard, until

Turn = dict[str, Any]


class Person:
    """Somebody who is signed in. Their session outlives a restart, as a browser's does."""

    def __init__(self, heard: Heard, person: str) -> None:
        self._heard = heard
        self._http = httpx.Client(timeout=30, headers={"Accept": "*/*"})
        self._http.post(f"{heard.address}/sign-in", data={"token": heard.link(person)})
        session = self.get("/api/session").json()
        assert session["person"] == person
        self._http.headers["X-CSRF-Token"] = session["csrf_token"]

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def cookies(self) -> list[dict[str, str]]:
        """The session, for a browser to go on with."""
        host = httpx.URL(self._heard.address).host
        return [
            {"name": name, "value": value, "domain": host, "path": "/"}
            for name, value in self._http.cookies.items()
        ]

    def get(self, path: str) -> httpx.Response:
        return self._http.get(self._heard.address + path)

    def post(self, path: str, **content: Any) -> httpx.Response:
        return self._http.post(self._heard.address + path, **content)

    def begin(self) -> Talk:
        """A new conversation."""
        return Talk(self, self.post("/api/conversations", json={}).json()["id"])

    def desk(self) -> str:
        """The list of open cases, as a page."""
        answer = self.get("/desk")
        assert answer.status_code == 200
        return answer.text


class Talk:
    """One conversation."""

    def __init__(self, person: Person, conversation: str) -> None:
        self.person = person
        self.id = conversation
        self.path = f"/api/conversations/{conversation}"

    def post(self, body: dict[str, Any] | bytes) -> httpx.Response:
        """Sends anything at all, as it is."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return self.person.post(f"{self.path}/messages", content=content, headers=headers)

    def send(self, **body: Any) -> str:
        """Sends a message that has to be kept; returns its id."""
        message_id = uuid4().hex
        answer = self.post({"message_id": message_id, **body})
        assert answer.status_code == 202, answer.text
        assert answer.json() == {"stored": True, "message_id": message_id}
        return message_id

    def ask(self, **body: Any) -> Turn:
        """Sends a message and waits for its answer."""
        return self.answer_to(self.send(**body))

    def say(self, text: str) -> Turn:
        return self.ask(text=text)

    def press(self, title: str) -> Turn:
        """Presses the newest button of that title."""
        return self.ask(press=self.button(title))

    def write(self, words: str, strand: str = "words") -> Turn:
        return self.ask(words=words, strand=strand)

    def answer_to(self, message_id: str) -> Turn:
        """The answer to a message; a failure that is said meanwhile is not one."""
        return until(
            lambda: next((turn for turn in self.answers(message_id) if not failed(turn)), None),
            f"message {message_id} is answered",
        )

    def failure_of(self, message_id: str) -> Turn:
        """What was said when a message could not be answered."""
        return until(
            lambda: next((turn for turn in self.answers(message_id) if failed(turn)), None),
            f"a failure is said for message {message_id}",
        )

    def answers(self, message_id: str) -> list[Turn]:
        return [turn for turn in self.turns() if turn["in_reply_to"] == message_id]

    def pushed(self, response: str) -> Turn:
        """Waits until Heard says something by itself."""
        return until(
            lambda: next(
                (turn for turn in self.turns() if turn["pushed"] and says(turn, response)), None
            ),
            f"Heard says {response} by itself",
        )

    def turns(self) -> list[Turn]:
        return [item["turn"] for item in self.transcript() if item["from"] == "heard"]

    def sent(self) -> list[str]:
        """What the person sent, in order."""
        return [item["text"] for item in self.transcript() if item["from"] == "you"]

    def transcript(self) -> list[dict[str, Any]]:
        transcript: list[dict[str, Any]] = self._read()["transcript"]
        return transcript

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._read()["state"]
        return state

    @property
    def reference(self) -> str:
        """The record's reference; there has to be one."""
        reference = str(self.state["reference"])
        assert re.fullmatch(r"HRD-\d{4}-\d{6}", reference)
        return reference

    def button(self, title: str) -> str:
        """The id of the newest button, or line of a read-back, of that title."""
        for turn in reversed(self.turns()):
            for offered in buttons(turn):
                if offered["title"] == title:
                    return str(offered["id"])
        raise AssertionError(f"no button says {title!r}")

    def _read(self) -> dict[str, Any]:
        answer = self.person.get(self.path)
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content


def buttons(turn: Turn) -> Iterator[dict[str, Any]]:
    for reply in turn["replies"]:
        yield from (*reply["buttons"], *reply["more"])
        yield from (line for line in reply["lines"] if line["id"])


def said(turn: Turn) -> str:
    """Everything a turn says, in one text."""
    return "\n".join(reply["text"] for reply in turn["replies"])


def says(turn: Turn, response: str) -> bool:
    """Whether a turn says this response of domain.yml, whatever is filled in."""
    return any(_template(response).fullmatch(reply["text"]) for reply in turn["replies"])


@cache
def _template(response: str) -> re.Pattern[str]:
    text = str(_phrases().domain["responses"][response][0]["text"])
    return re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(text)), re.DOTALL)


@cache
def _phrases() -> Phrasebook:
    return Phrasebook.read(ROOT / "domain.yml")


def kinds(turn: Turn) -> list[str]:
    return [reply["kind"] for reply in turn["replies"]]


def failed(turn: Turn) -> bool:
    return "failure" in kinds(turn)


def begin_disclosure(person: Person) -> Talk:
    """A conversation in which somebody is being told something, and nobody is in danger."""
    talk = person.begin()
    talk.ask(press="disclosure_now")
    talk.say("no")
    return talk


def begin_capture(person: Person) -> Talk:
    """The same, with their words being written down."""
    talk = begin_disclosure(person)
    talk.ask(press="write_words")
    return talk


def begin_questions(person: Person, words: str) -> Talk:
    """The same, with a line kept and the record's questions begun; the first is still open."""
    talk = begin_capture(person)
    talk.write(words)
    talk.ask(press="done")
    return talk
