"""Checkpoints: the head of the chain, signed, to be kept where nobody here can change it.

A chain alone does not show that its end was cut off, nor that all of it was written anew. A
checkpoint that lies with a trustee does (reliability.md D2). The signed text is given byte by
byte in docs/records.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from casework.errors import ChainBroken
from casework.ports import Clock
from records.chain import GENESIS, instant
from records.engine import as_unavailable, snapshot
from records.links import hashes, walk
from records.tables import chain_head, checkpoints, destructions
from records.tree import Tree
from records.vault import Vault

FORMAT = "heard checkpoint 1"


@dataclass(frozen=True)
class Checkpoint:
    """A signed head. `body` is the text that was signed; the rest is read from it."""

    body: str
    signature: str

    @property
    def content(self) -> dict[str, Any]:
        """What the body says."""
        return dict(json.loads(self.body))

    @property
    def number(self) -> int:
        """Counted from 1."""
        return int(self.content["number"])

    @property
    def position(self) -> int:
        """How many rows of the chain it stands for."""
        return int(self.content["position"])

    @property
    def head(self) -> str:
        """The hash of the last of them."""
        return str(self.content["head"])

    @property
    def lost(self) -> range:
        """The numbers that this one says were lost at a restore."""
        first, last = self.content.get("lost", (0, -1))
        return range(first, last + 1)

    @property
    def hash(self) -> str:
        """By which the next checkpoint names it."""
        return hashlib.sha256(self.body.encode()).hexdigest()

    @property
    def line(self) -> str:
        """As it stands in an anchor: one line of JSON."""
        return json.dumps({"body": self.body, "signature": self.signature})

    @classmethod
    def read(cls, line: str) -> Checkpoint:
        """From an anchor's line. Raises ValueError when it is none."""
        try:
            raw = json.loads(line)
            read = cls(str(raw["body"]), str(raw["signature"]))
            if read.content["format"] != FORMAT:
                raise ValueError("This is not a checkpoint.")
            _ = read.number, read.position, read.head
        except (KeyError, TypeError) as error:
            raise ValueError("This is not a checkpoint.") from error
        return read

    def is_signed(self, public_key: str | None = None) -> bool:
        """Whether the signature is right, and by this key (hex) when one is given."""
        key = str(self.content["key"])
        if public_key not in (None, key):
            return False
        try:
            named = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            named.verify(bytes.fromhex(self.signature), self.body.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """Signs checkpoints with a key derived from the store's root key."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self._key = Ed25519PrivateKey.from_private_bytes(vault.derive("checkpoints"))

    @property
    def public_key(self) -> str:
        """32 bytes in hex: give it to whoever keeps the checkpoints."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, content: dict[str, Any]) -> Checkpoint:
        """The checkpoint that says this."""
        body = json.dumps({**content, "key": self.public_key}, separators=(",", ":"))
        return Checkpoint(body, self._key.sign(body.encode()).hex())


def make(engine: Engine, signer: Signer, clock: Clock, *, lost_up_to: int = 0) -> Checkpoint | None:
    """A checkpoint of the chain as it stands now; the latest one when nothing was written since,
    None while nothing was written at all.

    What was written since the last one is verified first: what does not follow is not signed.

    Args:
        lost_up_to: After a restore: the newest checkpoint that is known outside and is not here.
            That it was lost is signed, and its number is never used again.

    Raises:
        ChainBroken: Names the first bad entry.
    """
    with (
        as_unavailable(),
        snapshot(engine).connect() as connection,
    ):  # nobody waits while the tree is computed
        before = latest(connection)
        head = connection.execute(select(chain_head)).one()
        is_same = head.position == (before.position if before else 0)
        if is_same and lost_up_to <= (before.number if before else 0):
            return before
        _verify_since(connection, signer.vault, before, head.hash, head.position)
        content = _content(connection, before, head.position, head.hash)
    if lost_up_to >= content["number"]:
        content |= {"lost": [content["number"], lost_up_to], "number": lost_up_to + 1}
    made = signer.sign({**content, "at": instant(clock())})
    with as_unavailable(), engine.begin() as connection:
        try:
            connection.execute(insert(checkpoints).values(_row(made)))
        except IntegrityError:  # another process made this number just now
            connection.rollback()
            return latest(connection)
    return made


def latest(connection: Connection) -> Checkpoint | None:
    """The newest one."""
    query = select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return Checkpoint(row.body, row.signature) if row else None


def every(connection: Connection, *, after: int = 0) -> Iterator[Checkpoint]:
    """All with a number above `after`, oldest first."""
    query = select(checkpoints).where(checkpoints.c.number > after)
    for row in connection.execute(query.order_by(checkpoints.c.number)):
        yield Checkpoint(row.body, row.signature)


def _verify_since(
    connection: Connection, vault: Vault, before: Checkpoint | None, head: str, position: int
) -> None:
    count, previous = (before.position, before.head) if before else (0, GENESIS)
    for link in walk(connection, after=count):
        count += 1
        if link.position != count or not link.follows(previous) or not link.is_ours(vault):
            raise ChainBroken(f"{link.named} does not follow from the one before it.")
        previous = link.hash
    if (count, previous) != (position, head):
        raise ChainBroken(f"The chain ends at entry {count} and should end at {position}.")


def _content(
    connection: Connection, before: Checkpoint | None, position: int, head: str
) -> dict[str, Any]:
    tree = Tree.over(hashes(connection, up_to=position))
    since = before.position if before else 0
    gone = select(destructions.c.record_id).where(destructions.c.position > since)
    return {
        "format": FORMAT,
        "number": before.number + 1 if before else 1,
        "position": position,
        "head": head,
        "records": len(tree.leaves),
        "root": tree.root,
        "destroyed": list(connection.execute(gone.order_by(destructions.c.position)).scalars()),
        "previous": before.hash if before else GENESIS,
    }


def _row(made: Checkpoint) -> dict[str, Any]:
    return {
        "number": made.number,
        "position": made.position,
        "body": made.body,
        "signature": made.signature,
    }
