"""A file of lines that is sealed piece by piece, so that none can be changed, moved or left out.

Layout: one line of plain JSON (the header), then pieces: four bytes of length (big-endian) and
AES-256-GCM ciphertext. The nonce of a piece is its number in eleven bytes and one byte that is 1
for the last piece only; the header is bound to each. The key is derived for this file alone, from
a random salt in the header, so that no nonce is used twice under one key.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import BackupUnusable
from records.keyring import expand

PIECE_BYTES = 1 << 20
LONGEST_HEADER = 1 << 16
SALT_BYTES = 32


def write_sealed(file: BinaryIO, key: bytes, header: dict[str, Any], lines: Iterable[str]) -> None:
    """Writes the lines; none of them may hold a line break."""
    head = json.dumps({**header, "salt": os.urandom(SALT_BYTES).hex()}).encode() + b"\n"
    cipher = _cipher(key, head)
    file.write(head)
    number, waiting = 0, bytearray()
    for line in lines:
        waiting += line.encode() + b"\n"
        while len(waiting) > PIECE_BYTES:
            _write_piece(file, cipher, head, number, bytes(waiting[:PIECE_BYTES]), last=False)
            del waiting[:PIECE_BYTES]
            number += 1
    _write_piece(file, cipher, head, number, bytes(waiting), last=True)


def read_header(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """What the file says of itself, unproved, and its bytes. Raises BackupUnusable."""
    head = file.readline(LONGEST_HEADER)
    try:
        header = json.loads(head)
        bytes.fromhex(header["salt"])
    except (ValueError, KeyError, TypeError) as error:
        raise BackupUnusable("This is not a backup of Heard.") from error
    return dict(header), head


def read_sealed(file: BinaryIO, key: bytes, head: bytes) -> Iterator[str]:
    """The lines, after `read_header`.

    Raises:
        BackupUnusable: A byte was changed, the end is missing, or the key is another.
    """
    cipher = _cipher(key, head)
    number, rest, last = 0, b"", False
    while not last:
        piece, last = _read_piece(file, cipher, head, number)
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.decode()
        number += 1
    if rest or file.read(1):
        raise BackupUnusable("This backup is damaged: there is more behind its end.")


def _write_piece(
    file: BinaryIO, cipher: AESGCM, head: bytes, number: int, content: bytes, *, last: bool
) -> None:
    sealed = cipher.encrypt(_nonce(number, last), content, head)
    file.write(len(sealed).to_bytes(4, "big") + sealed)


def _read_piece(file: BinaryIO, cipher: AESGCM, head: bytes, number: int) -> tuple[bytes, bool]:
    length = int.from_bytes(file.read(4), "big")
    sealed = file.read(min(length, 2 * PIECE_BYTES))
    for last in (False, True):
        try:
            return cipher.decrypt(_nonce(number, last), sealed, head), last
        except (InvalidTag, ValueError):
            continue
    raise BackupUnusable(
        "This backup is damaged or was cut short, or it was made with the keys of another store."
    )


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _cipher(key: bytes, head: bytes) -> AESGCM:
    return AESGCM(expand(key, "file/" + json.loads(head)["salt"]))
