"""A conversation over the same web API that the page uses, for a terminal or a script."""

from __future__ import annotations

import json
import queue
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
from httpx_sse import connect_sse

ANSWER_SECONDS = 30.0
AGAIN_SECONDS = 0.3
CARRY_ON = {"press": "answer_on"}

Turn = dict[str, Any]


class Refused(Exception):
    """The service did not take a message. The text is for the person."""


class Client:
    """One person's terminal: signed in by a link, in one conversation at a time."""

    def __init__(self, address: str, link: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=ANSWER_SECONDS)
        self._http.post("/sign-in", data={"token": link})
        session = self._http.get("/api/session")
        if session.status_code != httpx.codes.OK:
            self._http.close()
            raise Refused("The sign-in was refused.")
        self._http.headers["X-CSRF-Token"] = session.json()["csrf_token"]
        self.turns: queue.Queue[Turn] = queue.Queue()
        self.conversation = ""

    def begin(self) -> list[Turn]:
        """Opens a conversation; returns what Heard says first."""
        answer = self._http.post("/api/conversations", json={"channel": "terminal"})
        answer.raise_for_status()
        return self._enter(answer.json()["id"])

    def send(self, body: dict[str, Any]) -> tuple[Turn, list[Turn]]:
        """Sends one message and waits for its answer.

        Returns the answer, and turns that were pushed meanwhile. A move to another conversation
        is followed, and what is said there is part of the answer.

        Raises:
            Refused: The message was not kept.
        """
        answer, pushed = self._exchange(body)
        if answer.get("moved_to"):
            self._enter(answer["moved_to"])
            there, more = self._exchange(CARRY_ON)
            answer = {**there, "replies": [*answer["replies"], *there["replies"]]}
            pushed += more
        return answer, pushed

    def close(self) -> None:
        """Signs out."""
        self._http.post("/sign-out")
        self._http.close()

    def _enter(self, conversation: str) -> list[Turn]:
        self.conversation = conversation
        said = self._http.get(f"/api/conversations/{conversation}").json()["transcript"]
        turns = [item["turn"] for item in said if item["from"] == "heard"]
        last = turns[-1]["id"] if turns else 0
        threading.Thread(target=self._listen, args=(conversation, last), daemon=True).start()
        return turns

    def _exchange(self, body: dict[str, Any]) -> tuple[Turn, list[Turn]]:
        message_id = uuid.uuid4().hex
        path = f"/api/conversations/{self.conversation}/messages"
        # ensure_ascii: a lone surrogate goes out as it was typed.
        content = json.dumps({"message_id": message_id, **body})
        answer = self._http.post(path, content=content)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise Refused(_said(answer))
        pushed: list[Turn] = []
        for turn in self._arriving():
            if turn["in_reply_to"] == message_id:
                return turn, pushed
            pushed.append(turn)
        raise Refused("No answer came. What you sent is kept.")

    def _arriving(self) -> Iterator[Turn]:
        while True:
            try:
                yield self.turns.get(timeout=ANSWER_SECONDS)
            except queue.Empty:
                return

    def _listen(self, conversation: str, last: int) -> None:
        """Hears turns until the conversation is left; comes back when the line breaks."""
        while conversation == self.conversation and not self._http.is_closed:
            try:
                last = self._hear(conversation, last)
            except (httpx.HTTPError, RuntimeError):
                threading.Event().wait(AGAIN_SECONDS)

    def _hear(self, conversation: str, last: int) -> int:
        path = f"/api/conversations/{conversation}/events"
        headers = {"Last-Event-ID": str(last)}
        with connect_sse(self._http, "GET", path, headers=headers, timeout=None) as source:
            for event in source.iter_sse():
                if conversation != self.conversation:
                    break
                if event.event == "turn":
                    last = int(event.id)
                    self.turns.put(json.loads(event.data))
        return last


def _said(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("say") or answer.json().get("error"))
    except ValueError:
        return f"The service answered {answer.status_code}."
