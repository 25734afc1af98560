"""Reads the chain row by row, over all its tables, in order."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, select, union_all

from records.chain import canonical, row_hash
from records.tables import CHAINED, entries, records

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


def walk(connection: Connection, *, after: int = 0) -> Iterator[Link]:
    """Every row behind position `after`, lowest position first."""
    streams = (_stream(connection, table, after) for table in CHAINED)
    return heapq.merge(*streams, key=lambda link: link.position)


def _stream(connection: Connection, table: Table, after: int) -> Iterator[Link]:
    query = select(table).where(table.c.position > after).order_by(table.c.position)
    for row in connection.execute(query.execution_options(yield_per=AT_ONCE)):
        yield Link(table, row)


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
    for record_id, link, _ in connection.execute(query.execution_options(yield_per=AT_ONCE)):
        yield record_id, link
