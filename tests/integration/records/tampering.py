"""What somebody can do to the tables who owns the database, and perhaps has stolen the keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from records.chain import GENESIS, canonical, mac_of, row_hash
from records.checkpoints import Checkpoint, Signer, every
from records.links import hashes, walk
from records.tables import chain_head, entries
from records.tree import Tree
from tests.integration.records.archive import Archive

# The archive it is done to: three records (places 1 to 3), four lines of each in turn (4 to 15),
# a conflict in each (16 to 18), one checkpoint. `head` is the first record, with lines at 4, 7,
# 10 and 13. Each word of SQL runs with the guards off.


@dataclass(frozen=True)
class Tampering:
    """One way, and the first place at which it can be seen (None: the whole chain)."""

    name: str
    statements: tuple[str, ...] = ()
    seen_at: int | None = None
    by_hand: Callable[[Archive], None] | None = None

    def do(self, archive: Archive) -> None:
        archive.unguarded(*self.statements)
        if self.by_hand:
            self.by_hand(archive)


def rehash(archive: Archive, *, with_key: bool) -> None:
    """Every hash made right again; with the stolen key every mac too."""
    previous, position = GENESIS, 0
    with archive.engine.connect() as connection:
        links = list(walk(connection))
    for link in links:
        position += 1
        row = {**link.row._asdict(), "position": position}
        hash_ = row_hash(canonical(link.table, row, previous))
        mac = mac_of(archive.vault, hash_) if with_key else link.row.mac
        archive.unguarded(
            f"UPDATE {link.table.name} SET position = {position}, hash = '{hash_}', mac = '{mac}' "
            f"WHERE position = {link.position}"
        )
        previous = hash_
    with archive.engine.begin() as connection:
        connection.execute(update(chain_head).values(position=position, hash=previous))


def resign(archive: Archive, signer: Signer | None = None) -> None:
    """Every checkpoint signed anew over the chain as it is now, with the stolen key."""
    signer = signer or archive.signer
    before = GENESIS
    with archive.engine.connect() as connection:
        old = list(every(connection))
        links = {link.position: link.hash for link in walk(connection)}
        trees = {one.number: Tree.over(hashes(connection, up_to=one.position)) for one in old}
    for one in old:
        position = min(one.position, max(links))
        made = signer.sign(
            {
                **{key: value for key, value in one.content.items() if key != "key"},
                "position": position,
                "head": links[position],
                "records": len(trees[one.number].leaves),
                "root": trees[one.number].root,
                "previous": before,
            }
        )
        before = made.hash
        put(archive, one.number, made)


def put(archive: Archive, number: int, made: Checkpoint) -> None:
    """Writes a checkpoint in the place of another."""
    body = made.body.replace(":", "\\:")
    archive.unguarded(
        f"UPDATE checkpoints SET position = {made.position}, body = '{body}', "
        f"signature = '{made.signature}' WHERE number = {number}"
    )


def forge(archive: Archive, **changed: Any) -> None:
    """A row at the end with a right hash, as somebody makes it who has no key."""
    with archive.engine.connect() as connection:
        head = connection.execute(chain_head.select()).one()
        model = connection.execute(entries.select().where(entries.c.position == 13)).one()
    row = {**model._asdict(), "seq": 5, "source_key": "forged", "position": head.position + 1}
    row |= changed
    row["hash"] = row_hash(canonical(entries, row, head.hash))
    with archive.engine.begin() as connection:
        connection.execute(entries.insert().values(row))
        connection.execute(update(chain_head).values(position=row["position"], hash=row["hash"]))


def forge_body(archive: Archive) -> None:
    """One word of what was signed is changed."""
    one = archive.anchors()[-1]
    body = json.dumps({**one.content, "records": 2}, separators=(",", ":"))
    put(archive, one.number, Checkpoint(body, one.signature))


def swap_places(archive: Archive) -> None:
    """Two lines change places in the chain."""
    archive.unguarded(
        "UPDATE entries SET position = 900 WHERE position = 7",
        "UPDATE entries SET position = 7 WHERE position = 8",
        "UPDATE entries SET position = 8 WHERE position = 900",
    )


def swap_lines(archive: Archive) -> None:
    """Two lines change places in their record."""
    archive.unguarded(
        "UPDATE entries SET seq = 900 WHERE position = 7",
        "UPDATE entries SET seq = 2 WHERE position = 10",
        "UPDATE entries SET seq = 3 WHERE position = 7",
    )


def cut(archive: Archive) -> None:
    """The end is cut off, and the head of the chain and the checkpoints with it."""
    archive.unguarded(
        "DELETE FROM conflicts",
        "DELETE FROM entries WHERE position > 12",
        "DELETE FROM checkpoints",
        "UPDATE chain_head SET position = 12, "
        "hash = (SELECT hash FROM entries WHERE position = 12)",
    )


LAST_HEAD = "UPDATE chain_head SET position = 15, hash = (SELECT hash FROM entries WHERE position"
# The columns by which SQL sees time are of different types in the two databases.
SHIFT = "UPDATE entries SET {0} = '2026-03-03 09:00:00.000000' WHERE position = 7"

TAMPERINGS = (
    Tampering("kind changed", ("UPDATE entries SET kind = 'opinion' WHERE position = 7",), 7),
    Tampering("author changed", ("UPDATE entries SET by = 'dsl' WHERE position = 7",), 7),
    Tampering("time written changed", (SHIFT.format("written_at"),), 7),
    Tampering("time told added", (SHIFT.format("told_at"),), 7),
    Tampering("time happened added", (SHIFT.format("happened_at"),), 7),
    Tampering("topic added", ("UPDATE entries SET topic = 'filed' WHERE position = 7",), 7),
    Tampering("link added", ("UPDATE entries SET links_to = 1 WHERE position = 7",), 7),
    Tampering("source changed", ("UPDATE entries SET source_key = 'x' WHERE position = 7",), 7),
    Tampering(
        "ciphertext of another line",
        (
            "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE position = 8) "
            "WHERE position = 7",
        ),
        7,
    ),
    Tampering("hash of the words", (f"UPDATE entries SET content = '{GENESIS}' WHERE seq = 2",), 7),
    Tampering("hash of a row", (f"UPDATE entries SET hash = '{GENESIS}' WHERE position = 7",), 7),
    Tampering("a line removed", ("DELETE FROM entries WHERE position = 7",), 7),
    Tampering(
        "a line removed and the rest hashed anew",
        ("DELETE FROM entries WHERE position = 7",),
        7,
        lambda archive: rehash(archive, with_key=False),
    ),
    Tampering("the last rows removed", ("DELETE FROM conflicts",), 16),
    Tampering("the end cut off with head and checkpoints", (), 13, cut),
    Tampering("a line added", (), None, forge),
    Tampering("a line added in the middle of time", (), None, lambda a: forge(a, seq=2_000)),
    Tampering("two lines swapped in the chain", (), 7, swap_places),
    Tampering("two lines swapped in their record", (), 7, swap_lines),
    Tampering(
        "a line moved to another record",
        (
            "UPDATE entries SET seq = 900, record_id = (SELECT id FROM records WHERE position = 2) "
            "WHERE position = 7",
        ),
        7,
    ),
    Tampering("reporter changed", ("UPDATE records SET reporter = 'x' WHERE position = 1",), 1),
    Tampering("policy changed", ("UPDATE records SET pack_hash = 'x' WHERE position = 1",), 1),
    Tampering("reference changed", ("UPDATE records SET reference = 'x' WHERE position = 1",), 1),
    Tampering("a conflict removed", ("DELETE FROM conflicts WHERE position = 16",), 16),
    Tampering("a conflict renamed", ("UPDATE conflicts SET person = 'x' WHERE position = 16",), 16),
    Tampering(
        "all of a record removed",
        (
            "DELETE FROM conflicts WHERE position = 16",
            "DELETE FROM entries WHERE position IN (4, 7, 10, 13)",
            "DELETE FROM records WHERE position = 1",
        ),
        1,
    ),
    Tampering("the checkpoints removed", ("DELETE FROM checkpoints",)),
    Tampering("a checkpoint rewritten", (), None, forge_body),
    Tampering(
        "everything written anew without the key",
        ("UPDATE entries SET by = 'dsl' WHERE position = 7",),
        7,
        lambda archive: rehash(archive, with_key=False),
    ),
    Tampering(
        "everything written and signed anew with the stolen key",
        ("UPDATE entries SET by = 'dsl' WHERE position = 7",),
        None,
        lambda archive: (rehash(archive, with_key=True), resign(archive))[0],
    ),
)
