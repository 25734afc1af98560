"""Reads the whole chain and says where it is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from records.chain import GENESIS, entry_hash
from records.tables import chain_head, entries


@dataclass(frozen=True)
class Verdict:
    """`entries` read; `fault` is None when the chain is whole."""

    entries: int
    head: str
    fault: str | None


def verify(connection: Connection) -> Verdict:
    """Walks every entry in order. Needs no key: content is hashed sealed."""
    previous, count = GENESIS, 0
    for row in _rows(connection):
        count += 1
        fault = _fault(row, count, previous)
        if fault:
            return Verdict(count, previous, fault)
        previous = row.hash
    head = connection.execute(select(chain_head)).one_or_none()
    stands = (head.position, head.hash) if head else (0, GENESIS)
    if stands != (count, previous):
        missing = stands[0] - count
        return Verdict(count, previous, f"the last {missing} entries are missing from the end")
    return Verdict(count, previous, None)


def _rows(connection: Connection) -> Iterator[Row[Any]]:
    query = select(entries).order_by(entries.c.position).execution_options(yield_per=1_000)
    yield from connection.execute(query)


def _fault(row: Row[Any], expected: int, previous: str) -> str | None:
    if row.position != expected:
        return f"entry {expected} is missing"
    if entry_hash(dict(row._mapping), previous) != row.hash:
        return f"entry {expected} was changed (record {row.record_id}, line {row.seq})"
    return None
