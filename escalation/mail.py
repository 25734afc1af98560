"""E-mail through the organisation's own mail server."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from casework.organisation import Person
from escalation.routes import DELIVERED, Outcome, Outgoing

TIMEOUT_SECONDS = 9.0


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and from whom it comes. `repr` hides the password."""

    host: str
    port: int
    user: str | None
    password: str | None
    is_tls: bool
    sender: str

    @classmethod
    def read(cls, address: str, sender: str) -> MailServer:
        """From smtp://user:password@host:587 (STARTTLS where offered) or smtps://… (TLS).

        Raises:
            ValueError: It is not such an address.
        """
        parts = urlsplit(address)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("Write it like smtp://user:password@mail.example.org:587.")
        is_tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if is_tls else 587),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            is_tls=is_tls,
            sender=sender,
        )

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


class MailRoute:
    """Delivered means that the mail server took it and answers for it; nobody says it was read."""

    name = "email"
    updates = False

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def reaches(self, person: Person) -> bool:
        return person.email is not None

    async def send(self, message: Outgoing) -> Outcome:
        server = self._server
        mail = EmailMessage()
        mail["From"] = server.sender
        mail["To"] = message.person.email
        mail["Subject"] = message.subject
        # The same attempt has the same id, so that a mailbox can drop a second copy.
        mail["Message-ID"] = f"<{message.key}@{server.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        outcome = await hand_in(server, mail)
        return Outcome(outcome.result, message.key) if outcome.result == DELIVERED else outcome

    async def check(self, receipt: str) -> Outcome:
        return Outcome(DELIVERED, receipt)

    async def update(self, receipt: str, message: Outgoing) -> None:
        """Mail that was sent stays as it is."""


async def hand_in(server: MailServer, mail: EmailMessage) -> Outcome:
    """Gives one mail to the server. Delivered: it took it. Raises nothing of the network's."""
    try:
        await aiosmtplib.send(
            mail,
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.is_tls,
            timeout=TIMEOUT_SECONDS,
        )
    except aiosmtplib.SMTPResponseException as refused:
        return Outcome.failed(refused.code)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return Outcome.failed(refused.recipients[0].code)
    except (aiosmtplib.SMTPException, OSError) as error:
        return Outcome.failed(type(error).__name__)
    return Outcome(DELIVERED)
