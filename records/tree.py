"""A hash tree over all records, so that one record can be proved without showing another.

The leaf of a record is SHA-256 of a zero byte, its id, and for each of its rows in the chain, in
order, a newline and the row's hash. Leaves stand in the order of the ids. An inner node is
SHA-256 of a one byte, its left and its right child; a left subtree is as large a power of two as
fits (RFC 9162, 2.1). docs/records.md gives an example.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Tree:
    """The leaves, by record id, in order."""

    leaves: dict[str, bytes]

    @classmethod
    def over(cls, links: Iterable[tuple[str, str]]) -> Tree:
        """The tree over (record id, row hash) in the order of the chain."""
        growing: dict[str, hashlib._Hash] = {}
        for record_id, link in links:
            if record_id not in growing:
                growing[record_id] = hashlib.sha256(b"\x00" + record_id.encode())
            growing[record_id].update(b"\n" + link.encode())
        return cls({record_id: growing[record_id].digest() for record_id in sorted(growing)})

    @property
    def root(self) -> str:
        """The hash that stands for all records, lower-case hex."""
        return _root(list(self.leaves.values())).hex() if self.leaves else EMPTY

    def path(self, record_id: str) -> tuple[int, list[str]]:
        """The record's place among the leaves, and the hashes that lead from it to the root.

        Raises:
            KeyError: No row of this record is in the tree.
        """
        leaf = self.leaves[record_id]
        place = list(self.leaves.values()).index(leaf)
        return place, [node.hex() for node in _path(list(self.leaves.values()), place)]


def _root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return _node(_root(leaves[:split]), _root(leaves[split:]))


def _path(leaves: list[bytes], place: int) -> list[bytes]:
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if place < split:
        return [*_path(leaves[:split], place), _root(leaves[split:])]
    return [*_path(leaves[split:], place - split), _root(leaves[:split])]


def _split(count: int) -> int:
    """The largest power of two that is smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
