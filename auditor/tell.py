"""Telling people, by means of its own: none of it passes through the ladder's code."""

from __future__ import annotations

import smtplib
import ssl
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Mailbox:
    """The mail server, and who is written to. `repr` shows neither."""

    address: str
    sender: str
    people: tuple[str, ...]

    def __repr__(self) -> str:
        return "Mailbox(…)"

    def answers(self) -> None:
        """Raises OSError or smtplib.SMTPException when the server would take nothing."""
        with self._open() as server:
            server.noop()

    def write(self, subject: str, text: str) -> None:
        """One mail to everybody. Raises as `answers` does."""
        mail = EmailMessage()
        mail["From"] = self.sender
        mail["To"] = ", ".join(self.people)
        mail["Subject"] = subject
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        with self._open() as server:
            server.send_message(mail)

    def _open(self) -> smtplib.SMTP:
        parts = urlsplit(self.address)
        host = parts.hostname or ""
        if parts.scheme == "smtps":
            return _known(
                smtplib.SMTP_SSL(
                    host,
                    parts.port or 465,
                    timeout=TIMEOUT_SECONDS,
                    context=ssl.create_default_context(),
                ),
                parts,
            )
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        return _known(server, parts)


def _known(server: smtplib.SMTP, parts: SplitResult) -> smtplib.SMTP:
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def beat(address: str) -> None:
    """Calls the address outside: whoever watches it hears when this stops. Raises OSError."""
    if not address.startswith(("https://", "http://")):
        raise OSError("not an address to call")
    with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
        answer.read(1)
