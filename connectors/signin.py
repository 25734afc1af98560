"""Sign-in links: signed, for one person, used once, and not for long."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer

LIVES_SECONDS = 8 * 60 * 60


@dataclass(frozen=True)
class Link:
    """Whom a link signs in; `id` is marked as used."""

    id: str
    person: str


class Links:
    """Makes and reads links. `key` is the vault's, derived for this and nothing else."""

    def __init__(self, key: bytes) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="heard-sign-in")

    def make(self, person: str) -> str:
        """A new token for the address /sign-in/<token>."""
        token = self._signer.dumps([secrets.token_hex(16), person])
        return token if isinstance(token, str) else token.decode()

    def read(self, token: str) -> Link | None:
        """The link, or None when it is forged or too old."""
        try:
            link_id, person = self._signer.loads(token, max_age=LIVES_SECONDS)
        except (BadSignature, ValueError):
            return None
        return Link(link_id, person)
