"""What the tests and the benchmark share: a model, a database, fake actions, a real process."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Path(__file__).resolve().parent / "project"
TOKEN = "test-dialogue-token"
ACTION_TOKEN = "test-action-token"
KEY = base64.b64encode(bytes(range(32))).decode()

ANSWERS: dict[str, dict[str, Any]] = {
    "action_record": {
        "events": [{"event": "slot", "name": "told", "value": True}],
        "responses": [{"response": "utter_recorded", "reference": "HRD-2026-000001"}],
    },
    "action_forget": {
        "events": [
            {"event": "slot", "name": name, "value": None} for name in ("place", "safe", "again")
        ],
        "responses": [],
    },
    "validate_details_form": {"events": [], "responses": []},
}


class FakeActions(ThreadingHTTPServer):
    """Answers as the service's action edge does, and fails in the ways that it may fail."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listens on a free loopback port from the start."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.failing: str | None = None
        self.called, self.release = threading.Event(), threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the dialogue finds the actions."""
        return f"http://127.0.0.1:{self.server_address[1]}/actions"

    def names(self) -> list[str]:
        """Returns the actions called so far, in order."""
        return [call["next_action"] for call in self.calls]

    def answer(self, call: dict[str, Any]) -> dict[str, Any]:
        """Returns what the action says and sets."""
        return ANSWERS[call["next_action"]]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeActions

    def do_POST(self) -> None:
        call = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.calls.append(call)
        self.server.tokens.append(self.headers.get("authorization", ""))
        self.server.called.set()
        way = self.server.failing
        if way == "hang":
            self.server.release.wait(30)
        status, answer = _failure(way, call) if way else (200, self.server.answer(call))
        self._send(status, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keeps the test's output quiet."""


def _failure(way: str, call: dict[str, Any]) -> tuple[int, Any]:
    ways: dict[str, tuple[int, Any]] = {
        # rasa-sdk's own server echoes the whole tracker (reliability.md finding 7).
        "500": (500, call),
        "hang": (200, {}),
        "not json": (200, b"not json"),
        "rejected oddly": (400, call["tracker"]),
        "not an answer": (200, {"events": [{"event": "nothing Rasa knows"}]}),
        "circles": (200, {"events": [{"event": "followup", "name": "action_record"}]}),
    }
    return ways[way]


class Dialogue:
    """A real dialogue process, spoken to as the service speaks to it."""

    def __init__(self, model: Path, database: Path, actions: str, log: Path) -> None:
        """Starts the process; `ready` waits for it."""
        self.database, self.log = database, log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.session = requests.Session()
        self.session.headers["authorization"] = f"Bearer {TOKEN}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot.main", "--model", str(model), "--port", str(self.port)],
            cwd=PROJECT,
            env=environment(f"sqlite:///{database}", actions),
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
        )

    def url(self, route: str) -> str:
        """Returns the address of one route of the seam."""
        return f"http://127.0.0.1:{self.port}/webhooks/heard/{route}"

    def ready(self, within_seconds: float = 60) -> Dialogue:
        """Waits until the process answers.

        Raises:
            AssertionError: it ended, or did not answer in time; with what it logged.
        """
        deadline = time.monotonic() + within_seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(requests.ConnectionError):
                if self.session.get(self.url("health")).status_code == 200:
                    return self
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def turn(self, conversation: str, message_id: str, text: str) -> requests.Response:
        """Sends one message."""
        body = {"conversation": conversation, "message_id": message_id, "text": text}
        return self.session.post(self.url("turn"), json=body)

    def says(self, conversation: str, message_id: str, text: str) -> dict[str, Any]:
        """Sends one message that must succeed, and returns the answer."""
        response = self.turn(conversation, message_id, text)
        assert response.status_code == 200, (response.status_code, response.text)
        answer: dict[str, Any] = response.json()
        return answer

    def stop(self) -> None:
        """Ends the process and waits for it."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)


def environment(database: str, actions: str) -> dict[str, str]:
    """Returns what bot.main needs in its environment."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HEARD_DIALOGUE_TOKEN": TOKEN,
        "HEARD_ACTION_URL": actions,
        "HEARD_ACTION_TOKEN": ACTION_TOKEN,
        "HEARD_DATABASE_URL": database,
        "HEARD_TRACKER_KEY": KEY,
    }


def trained(out: Path, project: Path = PROJECT) -> Path:
    """Trains a project, once for each state of it, and returns the model."""
    command = [sys.executable, "-m", "bot.train", "--out", str(out)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=project, env=variables, stdout=subprocess.PIPE, check=True, text=True
    )
    return Path(done.stdout.strip())


def make_database(path: Path) -> None:
    """Makes the table as the service's migration does."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE dialogue_trackers (conversation_id TEXT PRIMARY KEY,"
            " sealed BLOB NOT NULL, updated_at TIMESTAMP NOT NULL)"
        )


@contextlib.contextmanager
def running(model: Path, folder: Path) -> Iterator[tuple[Dialogue, FakeActions]]:
    """Runs fake actions and a dialogue on a new database until the block ends."""
    actions, database = FakeActions(), folder / "heard.db"
    make_database(database)
    dialogue = Dialogue(model, database, actions.url, folder / "dialogue.log")
    try:
        yield dialogue.ready(), actions
    finally:
        actions.release.set()
        dialogue.stop()
        actions.shutdown()
