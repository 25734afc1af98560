"""One look after another: see, write it down, tell whoever must know, beat while all is well."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from auditor.look import Seen, look, saw
from auditor.tell import Mailbox, beat

log = logging.getLogger("heard.auditor")

EVERY_SECONDS = 30.0
# What goes on is said again this often, and at once when it changes.
AGAIN_AFTER = timedelta(hours=1)


@dataclass
class Auditor:
    """Watches one database."""

    engine: Engine
    clock: Callable[[], datetime]
    mailbox: Mailbox | None = None
    heartbeat: str | None = None
    _said: tuple[str, ...] = field(default=(), init=False)
    _said_at: datetime | None = field(default=None, init=False)

    def look_once(self) -> Seen:
        """One look. Never raises: an auditor that dies of what it sees is no use."""
        now = self.clock()
        seen = self._seen(now)
        trouble = (*seen.trouble, *self._mail_trouble())
        seen = replace(seen, trouble=trouble)
        try:
            with self.engine.begin() as connection:
                saw(connection, now, seen)
        except SQLAlchemyError as error:
            seen = replace(seen, trouble=(*trouble, f"not_written:{type(error).__name__}"))
        if seen.is_well:
            self._said, self._said_at = (), None
            self._beat()
        else:
            log.error("trouble %s", " ".join((*seen.trouble, *seen.references)))
            self._tell(seen, now)
        return seen

    def _seen(self, now: datetime) -> Seen:
        try:
            with self.engine.connect() as connection:
                return look(connection, now)
        except SQLAlchemyError as error:
            return Seen((f"blind:{type(error).__name__}",))

    def _mail_trouble(self) -> tuple[str, ...]:
        """An auditor that could not write to anybody is as good as blind."""
        if self.mailbox is None:
            return ()
        try:
            self.mailbox.answers()
        except (OSError, smtplib.SMTPException) as error:
            return (f"mail_down:{type(error).__name__}",)
        return ()

    def _tell(self, seen: Seen, now: datetime) -> None:
        if self.mailbox is None or self._said_lately(seen, now):
            return
        text = (
            "Something in Heard has not happened in time. Nobody may have been told.\n\n"
            + "\n".join(seen.trouble)
            + "\n\nOpen the case desk, ring whoever is on call, and see that Heard runs."
        )
        try:
            self.mailbox.write("Heard needs looking at now", text)
        except (OSError, smtplib.SMTPException) as error:
            log.error("not_told %s", type(error).__name__)
            return
        self._said, self._said_at = seen.trouble, now

    def _said_lately(self, seen: Seen, now: datetime) -> bool:
        return (
            self._said_at is not None
            and set(seen.trouble) <= set(self._said)
            and now - self._said_at < AGAIN_AFTER
        )

    def _beat(self) -> None:
        if self.heartbeat is None:
            return
        try:
            beat(self.heartbeat)
        except OSError as error:
            log.error("heartbeat_failed %s", type(error).__name__)
