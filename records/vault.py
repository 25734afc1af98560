"""Keys and sealing: AES-256-GCM under one data key a record, wrapped by the organisation's key.

The organisation's key is a file of mode 600 beside the database. Whoever has the database and
not that file has nothing. Source: design.md section 8, reliability.md D6.
"""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.errors import KeyUnusable

KEY_BYTES = 32
NONCE_BYTES = 12


def read_or_make_key(path: Path, *, may_make: bool) -> bytes:
    """The organisation's key.

    Args:
        path: The key file (base64, one line, mode 600).
        may_make: Only while nothing is sealed yet: a new key beside old data would lock it.

    Raises:
        KeyUnusable: Missing, readable by others, or not a key. Nothing was written.
    """
    if not path.exists():
        if not may_make:
            raise KeyUnusable(f"The key file {path.name} is missing. Put it back from your copy.")
        return _make_key(path)
    if path.stat().st_mode & 0o077:
        raise KeyUnusable(f"Others can read {path.name}. Run: chmod 600 {path.name}")
    key = base64.b64decode(path.read_bytes())
    if len(key) != KEY_BYTES:
        raise KeyUnusable(f"{path.name} is not a key of {KEY_BYTES} bytes.")
    return key


def _make_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = os.urandom(KEY_BYTES)
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(key) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return key


class Vault:
    """Seals and opens. It never logs and its errors hold no content."""

    def __init__(self, organisation_key: bytes) -> None:
        self._key = organisation_key
        self._wrapping = AESGCM(self.derive("wrap"))
        self._unwrap = lru_cache(maxsize=512)(self._unwrap_uncached)

    def derive(self, purpose: str) -> bytes:
        """A key of its own for one purpose ("wrap", "tracker", "sign-in" …), 32 bytes."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"heard/{purpose}".encode()).derive(
            self._key
        )

    def new_wrapped_key(self, owner: str) -> bytes:
        """A new data key, sealed for the record or conversation `owner`."""
        return _seal(self._wrapping, os.urandom(KEY_BYTES), owner)

    def seal(self, wrapped_key: bytes, owner: str, text: str, place: str) -> bytes:
        """Seals text. `place` binds it to its row and field: moved elsewhere it won't open.

        Lone surrogates are kept ("surrogatepass"): what was typed comes back byte for byte.
        """
        cipher = self._unwrap(wrapped_key, owner)
        return _seal(cipher, text.encode("utf-8", "surrogatepass"), f"{owner}/{place}")

    def open(self, wrapped_key: bytes, owner: str, sealed: bytes, place: str) -> str:
        """Raises KeyUnusable when the key, the owner or the place is not the one it was sealed
        with."""
        cipher = self._unwrap(wrapped_key, owner)
        return _open(cipher, sealed, f"{owner}/{place}").decode("utf-8", "surrogatepass")

    def _unwrap_uncached(self, wrapped_key: bytes, owner: str) -> AESGCM:
        return AESGCM(_open(self._wrapping, wrapped_key, owner))


def _seal(cipher: AESGCM, content: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, bound_to.encode())


def _open(cipher: AESGCM, sealed: bytes, bound_to: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except InvalidTag as wrong:
        raise KeyUnusable("The organisation's key does not open this data.") from wrong
