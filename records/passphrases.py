"""A passphrase of one's own, to open exact words when signing in was a while ago
(docs/adr, "A passphrase to open exact words").

It can be set only just after signing in, and five wrong ones shut it until the next sign-in link.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from sqlalchemy import Connection, delete, insert, select, update

from casework.errors import NotAllowed
from casework.ports import Clock
from records.tables import passphrases

SHORTEST = 10
LONGEST = 200
MOST_FAILURES = 5
_SALT_BYTES = 16
# 32 MiB and about 80 ms for each guess.
_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}


class Passphrases:
    """Over one open transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._db = connection
        self._clock = clock

    def set(self, person: str, phrase: str) -> None:
        """Takes the place of the one before. Raises NotAllowed when it is too short or too long."""
        if not SHORTEST <= len(phrase) <= LONGEST:
            raise NotAllowed(f"Use at least {SHORTEST} characters. A few words are easy to keep.")
        self._db.execute(delete(passphrases).where(passphrases.c.person == person))
        salt = os.urandom(_SALT_BYTES)
        values = {
            "person": person,
            "salt": salt,
            "hash": _hash(phrase, salt),
            "set_at": self._clock(),
            "failures": 0,
        }
        self._db.execute(insert(passphrases).values(values))

    def can_be_asked(self, person: str) -> bool:
        """Whether one is set that was not guessed at too often."""
        query = select(passphrases.c.failures).where(passphrases.c.person == person)
        failures = self._db.execute(query).scalar_one_or_none()
        return failures is not None and failures < MOST_FAILURES

    def holds(self, person: str, phrase: str) -> bool:
        """Whether it is theirs. The caller's transaction must commit either way: wrong ones are
        counted."""
        mine = passphrases.c.person == person
        row = self._db.execute(select(passphrases).where(mine).with_for_update()).one_or_none()
        if row is None or row.failures >= MOST_FAILURES:
            return False
        right = hmac.compare_digest(_hash(phrase[:LONGEST], row.salt), row.hash)
        self._db.execute(
            update(passphrases).where(mine).values(failures=0 if right else row.failures + 1)
        )
        return right


def _hash(phrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(phrase.encode("utf-8", "surrogatepass"), salt=salt, **_COST)
