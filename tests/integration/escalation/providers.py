"""Providers on this machine that speak the real protocols, and misbehave when a test says so."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

LOOPBACK = "127.0.0.1"
USER, PASSWORD = "heard", "a password"


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind((LOOPBACK, 0))
        return int(bound.getsockname()[1])


@dataclass
class FakeMail:
    """A mail server. `answer` is what it says to a message; `hang_seconds` how long it thinks."""

    port: int = field(default_factory=free_port)
    answer: str = "250 OK"
    hang_seconds: float = 0.0
    wants_password: bool = False
    inbox: list[EmailMessage] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"smtp://{LOOPBACK}:{self.port}"

    def to(self, person: str) -> list[EmailMessage]:
        return [mail for mail in self.inbox if mail["To"] == person]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hang_seconds:
            await asyncio.sleep(self.hang_seconds)
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            mail = message_from_bytes(content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.inbox.append(mail)
        return self.answer

    @contextmanager
    def running(self) -> Iterator[FakeMail]:
        controller = Controller(
            self,
            hostname=LOOPBACK,
            port=self.port,
            auth_required=self.wants_password,
            auth_require_tls=False,
            authenticator=_knows,
        )
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


def _knows(server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> AuthResult:
    known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@dataclass
class FakeTwilio:
    """The four calls of Twilio's interface that Heard makes."""

    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    state: str = "delivered"
    hang_seconds: float = 0.0
    sent: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def bodies(self) -> list[str]:
        return [form["Body"] for form in self.sent if "Body" in form]

    @contextmanager
    def running(self) -> Iterator[FakeTwilio]:
        server = ThreadingHTTPServer((LOOPBACK, 0), self._handler())
        server.daemon_threads = True
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
                kind = "CA" if self.path.endswith("/Calls.json") else "SM"
                time.sleep(fake.hang_seconds)
                if self._is_known() and fake.status == 201:
                    fake.sent.append(form)
                self._answer({"sid": f"{kind}{len(fake.sent)}", "status": "queued"})

            def do_GET(self) -> None:
                fake.asked.append(self.path)
                sid = self.path.rpartition("/")[2].removesuffix(".json")
                self._answer({"sid": sid, "status": fake.state}, 200)

            def _is_known(self) -> bool:
                known = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
                return self.headers.get("Authorization") == f"Basic {known}"

            def _answer(self, body: dict[str, Any], status: int | None = None) -> None:
                status = (status or fake.status) if self._is_known() else 401
                content = json.dumps(fake.body if fake.body is not None else body).encode()
                self.send_response(status)
                for name, value in fake.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing is printed."""

        return Handler
