"""What an export carries so that anybody can check it (records/standalone/verify_export.py)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from casework.errors import ContentDestroyed, UnknownRecord
from records.chain import GENESIS
from records.checkpoints import Checkpoint, every
from records.links import Link, hashes, of_record, walk
from records.store import OpenWork
from records.tables import entries
from records.tree import Tree

# Shipped with every export.
VERIFIER = Path(__file__).parent / "standalone" / "verify_export.py"
EXPORT_FORMAT = "heard export 1"
CHAIN_FORMAT = "heard chain 1"


def proof_of(
    work: OpenWork,
    record_id: str,
    checkpoint: Checkpoint,
    *,
    without_words: Collection[int] = (),
    withheld: Collection[int] = (),
) -> dict[str, Any]:
    """The proof of one record as it stood at a checkpoint: the `proof` of an export.

    Args:
        without_words: Lines (seq) whose words this reader does not get; the line itself shows.
        withheld: Places in the chain that this reader does not get at all. They are counted.

    Raises:
        UnknownRecord: It was opened after the checkpoint, or never.
    """
    links = list(hashes(work.connection, up_to=checkpoint.position))
    own = of_record(work.connection, record_id, up_to=checkpoint.position)
    if not own:
        raise UnknownRecord
    before = [GENESIS, *(one for _, one in links)]
    rows = [_row(work, one, before[one.position - 1], without_words, withheld) for one in own]
    tree = Tree.over(links)
    place, path = tree.path(record_id)
    return {
        "record_id": record_id,
        "rows": rows,
        "path": {"place": place, "leaves": len(tree.leaves), "hashes": path},
        "checkpoint": {"body": checkpoint.body, "signature": checkpoint.signature},
    }


def _row(
    work: OpenWork,
    link: Link,
    previous: str,
    without_words: Collection[int],
    withheld: Collection[int],
) -> dict[str, str]:
    if link.position in withheld:
        return {"hash": link.hash}
    row = {"text": link.canonical(previous), "hash": link.hash}
    if link.table is entries and link.row.seq not in without_words:
        try:
            row["content"] = work.records.content(link.record_id, link.row.seq)
        except ContentDestroyed:
            return row  # the line itself still proves that it was there
    return row


def chain_lines(connection: Connection) -> Iterator[str]:
    """The whole chain as lines of JSON, without a word of content: rows, then checkpoints."""
    yield json.dumps({"format": CHAIN_FORMAT}, separators=(",", ":"))
    previous = GENESIS
    for link in walk(connection):
        yield json.dumps({"text": link.canonical(previous), "hash": link.hash})
        previous = link.hash
    for checkpoint in every(connection):
        yield checkpoint.line
