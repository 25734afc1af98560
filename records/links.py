"""Reads the chain row by row, over all its tables, in order."""

from __future__ import annotations

import heapq
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, select, union_all

from records.chain import canonical, mac_of, row_hash
from records.tables import CHAINED, entries, records
from records.vault import Vault

AT_ONCE = 1_000


@dataclass(frozen=True)
class Link:
    """One row of the chain as it stands in the database."""

    table: Table
    row: Row[Any]

    @property
    def position(self) -> int:
        """Its place, counted from 1."""
        return int(self.row.position)

    @property
    def record_id(self) -> str:
        """The record it belongs to."""
        return str(self.row.id if self.table is records else self.row.record_id)

    @property
    def hash(self) -> str:
        """The hash that is written in it."""
        return str(self.row.hash)

    @property
    def named(self) -> str:
        """How it is called in a verdict."""
        line = f", line {self.row.seq}" if self.table is entries else f", {self.table.name}"
        return f"entry {self.position} (record {self.record_id}{line})"

    def canonical(self, previous: str) -> str:
        """The text whose hash should be written in it."""
        return canonical(self.table, self.row._asdict(), previous)

    def follows(self, previous: str) -> bool:
        """Whether its hash is right, given the one before it."""
        return row_hash(self.canonical(previous)) == self.hash

    def is_ours(self, vault: Vault) -> bool:
        """Whether it was written with the key of this store."""
        return hmac.compare_digest(mac_of(vault, self.hash), self.row.mac)


def walk(connection: Connection, *, after: int = 0) -> Iterator[Link]:
    """Every row behind position `after`, lowest position first."""
    streams = (_stream(connection, table, after) for table in CHAINED)
    return heapq.merge(*streams, key=lambda link: link.position)


def _stream(connection: Connection, table: Table, after: int) -> Iterator[Link]:
    query = select(table).order_by(table.c.position).limit(AT_ONCE)
    while rows := connection.execute(query.where(table.c.position > after)).all():
        yield from (Link(table, row) for row in rows)
        after = rows[-1].position


def of_record(connection: Connection, record_id: str, *, up_to: int) -> list[Link]:
    """The rows of one record up to a position, in order."""
    found = []
    for table in CHAINED:
        owner = table.c.id if table is records else table.c.record_id
        query = select(table).where(owner == record_id, table.c.position <= up_to)
        found += [Link(table, row) for row in connection.execute(query)]
    return sorted(found, key=lambda link: link.position)


def hashes(connection: Connection, *, up_to: int) -> Iterator[tuple[str, str]]:
    """(record id, hash) of every row up to a position, in order; without its content."""
    parts = [
        select(
            (table.c.id if table is records else table.c.record_id).label("record_id"),
            table.c.hash,
            table.c.position,
        ).where(table.c.position <= up_to)
        for table in CHAINED
    ]
    query = union_all(*parts).order_by("position")
    for record_id, link, _ in connection.execute(query):
        yield record_id, link
