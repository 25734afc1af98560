"""Sealing: AES-256-GCM under one data key a record or conversation.

A data key is random and stands in the database wrapped by the organisation's key
(records/keyring.py). One of them, the root, is what everything else is derived from (trackers,
sign-in links, checkpoints), so that a rotation of the organisation's key changes none of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import KeyUnusable
from records.keyring import KEY_BYTES, KeyProvider, decrypt, encrypt, expand

ROOT = "root"


@dataclass(frozen=True)
class DataKey:
    """A wrapped data key: whose it is, and which organisation key wraps it."""

    owner: str
    wrapped_by: str
    wrapped: bytes = field(repr=False)


class Vault:
    """Seals and opens. It never logs and its errors hold no content."""

    def __init__(self, provider: KeyProvider) -> None:
        self.provider = provider
        self._root: bytes | None = None
        self._derived: dict[str, bytes] = {}
        self._cipher = lru_cache(maxsize=512)(self._cipher_uncached)

    def use_root(self, key: DataKey) -> None:
        """From now on purposes can be derived. Raises KeyUnusable for another store's key."""
        self._root = self._unwrap(key)
        self._derived.clear()

    def derive(self, purpose: str) -> bytes:
        """A key of its own for one purpose ("tracker", "sign-in", "checkpoints" …), 32 bytes."""
        if self._root is None:
            raise KeyUnusable("The store has not been opened: prove_key comes first.")
        if purpose not in self._derived:
            self._derived[purpose] = expand(self._root, purpose)
        return self._derived[purpose]

    def new_data_key(self, owner: str, organisation_key: str) -> DataKey:
        """A new data key for the record or conversation `owner`."""
        wrapped = self.provider.wrap(organisation_key, os.urandom(KEY_BYTES), owner)
        return DataKey(owner, organisation_key, wrapped)

    def rewrap(self, key: DataKey, organisation_key: str) -> DataKey:
        """The same data key under another organisation key."""
        wrapped = self.provider.wrap(organisation_key, self._unwrap(key), key.owner)
        return DataKey(key.owner, organisation_key, wrapped)

    def seal(self, key: DataKey, text: str, place: str) -> bytes:
        """Seals text. `place` binds it to its row and field: moved elsewhere it won't open.

        Lone surrogates are kept ("surrogatepass"): what was typed comes back byte for byte.
        """
        content = text.encode("utf-8", "surrogatepass")
        return encrypt(self._cipher(key), content, f"{key.owner}/{place}")

    def open(self, key: DataKey, sealed: bytes, place: str) -> str:
        """Raises KeyUnusable when the key, the owner or the place is not the one it was sealed
        with."""
        content = decrypt(self._cipher(key), sealed, f"{key.owner}/{place}")
        return content.decode("utf-8", "surrogatepass")

    def _cipher_uncached(self, key: DataKey) -> AESGCM:
        return AESGCM(self._unwrap(key))

    def _unwrap(self, key: DataKey) -> bytes:
        return self.provider.unwrap(key.wrapped_by, key.wrapped, key.owner)
