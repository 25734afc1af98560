"""The organisation's key: a file of mode 600 beside the database, or HEARD_KEY.

It wraps the data keys (records/keys.py) and does nothing else, so that it can be exchanged: while
a rotation runs there are two. Each line of the file is one key. Whoever has the database and not
this key has nothing. Source: design.md section 8, reliability.md D6.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.errors import KeyUnusable
from records.files import write_private

KEY_BYTES = 32
NONCE_BYTES = 12
ENVIRONMENT = "HEARD_KEY"


class KeyProvider(Protocol):
    """Wraps and unwraps data keys. A key management service takes the key ring's place here."""

    def ids(self) -> tuple[str, ...]:
        """The organisation keys that can be used, oldest first."""

    def wrap(self, key_id: str, content: bytes, owner: str) -> bytes:
        """Raises KeyUnusable when this key is not here."""

    def unwrap(self, key_id: str, wrapped: bytes, owner: str) -> bytes:
        """Raises KeyUnusable when this key is not here, or not the one it was wrapped with."""


class KeyRing:
    """Implements KeyProvider with keys that this process holds."""

    def __init__(self, keys: Iterable[bytes], path: Path | None = None) -> None:
        self.path = path
        self._keys = _by_id(keys)
        self._wrapping = lru_cache(maxsize=8)(self._wrapping_uncached)

    @classmethod
    def open(cls, path: Path, *, may_make: bool, environment: Mapping[str, str]) -> KeyRing:
        """The key ring of the environment, or of the file.

        Args:
            path: The key file (base64, one key a line, mode 600).
            may_make: Only while nothing is sealed yet: a new key beside old data would lock it.
            environment: HEARD_KEY, when set, is used and no file is read.

        Raises:
            KeyUnusable: Missing, readable by others, or not a key. Nothing was written.
        """
        given = environment.get(ENVIRONMENT)
        if given:
            return cls(_decoded(given.split(","), ENVIRONMENT))
        if not path.exists() and may_make:
            write_key_file(path, [os.urandom(KEY_BYTES)])
        return cls(read_key_file(path), path)

    def ids(self) -> tuple[str, ...]:
        """Oldest first, as they stand in the file."""
        return tuple(self._keys)

    def held(self) -> tuple[bytes, ...]:
        """The keys themselves, for splitting and rotation."""
        return tuple(self._keys.values())

    def key(self, key_id: str) -> bytes:
        """The key itself. Another process may have added it since this one started."""
        if key_id not in self._keys and self.path is not None:
            self._keys = _by_id(read_key_file(self.path))
        if key_id not in self._keys:
            raise KeyUnusable(
                f"The key {key_id} is missing: the records were sealed with it. "
                "Put it back from your copy, or run: heard keys recover"
            )
        return self._keys[key_id]

    def replace(self, keys: Iterable[bytes]) -> None:
        """Writes the file anew, whole or not at all.

        Raises:
            KeyUnusable: The keys come from the environment, which cannot be written.
        """
        if self.path is None:
            raise KeyUnusable(f"The key is in {ENVIRONMENT}: change it there.")
        kept = list(keys)
        write_key_file(self.path, kept)
        self._keys = _by_id(kept)

    def wrap(self, key_id: str, content: bytes, owner: str) -> bytes:
        """AES-256-GCM, bound to the owner."""
        return encrypt(self._wrapping(key_id), content, f"key/{owner}")

    def unwrap(self, key_id: str, wrapped: bytes, owner: str) -> bytes:
        """The data key. Bound to its owner: put in another's place, it does not open."""
        return decrypt(self._wrapping(key_id), wrapped, f"key/{owner}")

    def _wrapping_uncached(self, key_id: str) -> AESGCM:
        return AESGCM(expand(self.key(key_id), "wrap"))


def key_id_of(key: bytes) -> str:
    """A name for a key that says nothing about it."""
    return hashlib.sha256(expand(key, "id")).hexdigest()[:16]


def expand(key: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose, 32 bytes (HKDF-SHA256)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"heard/{purpose}".encode()).derive(key)


def encrypt(cipher: AESGCM, content: bytes, bound_to: str) -> bytes:
    """Nonce and ciphertext. `bound_to` must be the same when it is opened."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, bound_to.encode())


def decrypt(cipher: AESGCM, sealed: bytes, bound_to: str) -> bytes:
    """Raises KeyUnusable when key or place is another, or a bit was changed."""
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as wrong:  # ValueError: too short to be sealed at all
        raise KeyUnusable("The organisation's key does not open this data.") from wrong


def read_key_file(path: Path) -> list[bytes]:
    """Raises KeyUnusable, with the cure."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyUnusable(f"Others can read {path.name}. Run: chmod 600 {path}")
        lines = path.read_bytes().decode("ascii", "replace").split()
    except FileNotFoundError:
        raise KeyUnusable(
            f"The key file {path} is missing. Put it back from your copy, or run: "
            "heard keys recover"
        ) from None
    except OSError as error:
        raise KeyUnusable(f"The key file {path} cannot be read: {error.strerror}.") from error
    return _decoded(lines, path.name)


def write_key_file(path: Path, keys: Iterable[bytes]) -> None:
    """Whole or not at all, on the disk when it returns, never readable by others."""
    write_private(path, encode(keys))


def encode(keys: Iterable[bytes]) -> bytes:
    """Keys as they stand in a file: base64, one a line."""
    return b"".join(base64.b64encode(key) + b"\n" for key in keys)


def _decoded(lines: Iterable[str], where: str) -> list[bytes]:
    try:
        keys = [base64.b64decode(line, validate=True) for line in lines]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise KeyUnusable(f"{where} does not hold a key of {KEY_BYTES} bytes in base64.")
    return keys


def _by_id(keys: Iterable[bytes]) -> dict[str, bytes]:
    return {key_id_of(key): key for key in keys}
