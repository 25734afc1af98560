"""`python -m auditor`: watches until told to stop. `heard up` starts it beside the service."""

from __future__ import annotations

import logging
import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine

from auditor.tell import Mailbox
from auditor.watch import EVERY_SECONDS, Auditor
from casework.organisation import Organisation, load_organisation

LOCK_SECONDS = 2
# Who is written to, besides the Data Protection Trustee.
ROLES = ("dsl", "deputy_dsl", "trustee")


def main() -> None:
    """Looks every half minute. Its parent's end is its own: it reads standard input."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    auditor = _auditor()
    while not stop.is_set():
        auditor.look_once()
        stop.wait(EVERY_SECONDS)


def _auditor() -> Auditor:
    url = os.environ["HEARD_DATABASE_URL"]
    waiting = (
        {"timeout": LOCK_SECONDS} if url.startswith("sqlite") else {"connect_timeout": LOCK_SECONDS}
    )
    return Auditor(
        engine=create_engine(url, hide_parameters=True, connect_args=waiting, pool_pre_ping=True),
        clock=lambda: datetime.now(UTC),
        mailbox=_mailbox(),
        heartbeat=os.environ.get("HEARD_HEARTBEAT_URL"),
    )


def _mailbox() -> Mailbox | None:
    address = os.environ.get("HEARD_SMTP")
    if not address:
        return None
    organisation = load_organisation(Path(os.environ["HEARD_ORGANISATION"]))
    return Mailbox(address, os.environ["HEARD_MAIL_FROM"], _people(organisation))


def _people(organisation: Organisation) -> tuple[str, ...]:
    named = (
        person.email
        for person in organisation.people
        if set(ROLES) & set(person.roles) or person.id == organisation.data_protection_trustee
    )
    return tuple(dict.fromkeys(email for email in named if email))


if __name__ == "__main__":
    main()
