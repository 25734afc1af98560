"""Sign-in: one-time links that were used, and the browser sessions they opened.

The browser holds a random token; here stands only its hash.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from casework.ports import Clock
from records.presence import Presence
from records.tables import used_links, web_sessions

IDLE = timedelta(minutes=30)
# For so long after signing in, or proving it again, exact words open without a passphrase.
FRESH = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
_SEEN_STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class WebSession:
    """Who is signed in, the token that must come with every change they make, and until when
    they count as having just proved who they are."""

    person: str
    csrf_token: str
    fresh_until: datetime


class SessionRows:
    """Sessions end after 30 idle minutes, and after 8 hours in any case (reliability.md 2)."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._db = connection
        self._clock = clock

    def use_link(self, link_id: str) -> bool:
        """Marks a link as used; False when it was before."""
        if self.link_is_used(link_id):
            return False
        self._db.execute(insert(used_links).values(link_id=link_id, used_at=self._clock()))
        return True

    def link_is_used(self, link_id: str) -> bool:
        """Whether a link has signed somebody in."""
        query = select(used_links).where(used_links.c.link_id == link_id)
        return self._db.execute(query).first() is not None

    def open(self, person: str) -> str:
        """A new session; returns the token for the browser's cookie."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        values = {
            "token_hash": _hash(token),
            "person": person,
            "csrf_token": secrets.token_urlsafe(32),
            "opened_at": now,
            "seen_at": now,
        }
        self._db.execute(insert(web_sessions).values(values))
        return token

    def find(self, token: str) -> WebSession | None:
        """The living session behind a cookie."""
        row = self._living(token)
        if row is None or Presence(self._db, self._clock).is_absent(row.person):
            return None
        return WebSession(row.person, row.csrf_token, (row.proved_at or row.opened_at) + FRESH)

    def prove(self, token: str) -> None:
        """They have proved anew who they are."""
        query = update(web_sessions).where(web_sessions.c.token_hash == _hash(token))
        self._db.execute(query.values(proved_at=self._clock()))

    def seen(self, token: str) -> None:
        """Somebody is there: the idle time starts again (written at most once a minute)."""
        now = self._clock()
        query = update(web_sessions).where(
            web_sessions.c.token_hash == _hash(token), web_sessions.c.seen_at < now - _SEEN_STEP
        )
        self._db.execute(query.values(seen_at=now))

    def end(self, token: str) -> None:
        """Signs out, at once and for good."""
        query = update(web_sessions).where(web_sessions.c.token_hash == _hash(token))
        self._db.execute(query.values(ended_at=self._clock()))

    def _living(self, token: str):  # type: ignore[no-untyped-def]
        now: datetime = self._clock()
        query = select(web_sessions).where(
            web_sessions.c.token_hash == _hash(token),
            web_sessions.c.ended_at.is_(None),
            web_sessions.c.seen_at > now - IDLE,
            web_sessions.c.opened_at > now - LONGEST,
        )
        return self._db.execute(query).one_or_none()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
