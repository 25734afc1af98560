"""Reads the whole chain and its checkpoints, and says where they are broken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from records.chain import GENESIS
from records.checkpoints import Checkpoint, Signer, every
from records.guarded import missing_guards
from records.links import Link, hashes, walk
from records.tables import chain_head, entries, records
from records.tree import Tree
from records.vault import Vault

MOST_FAULTS = 100


@dataclass(frozen=True)
class Verdict:
    """`entries` read; `faults` is empty when everything is whole.

    `anchored` is the last entry that an anchored checkpoint vouches for (0: none was given).
    `notes` say what is known to be lost since a restore.
    """

    entries: int
    head: str
    checkpoints: int
    anchored: int
    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def fault(self) -> str | None:
        """The first of them."""
        return self.faults[0] if self.faults else None


@dataclass
class _Reading:
    """What is known at some place in the chain."""

    vault: Vault | None
    count: int = 0
    head: str = GENESIS
    faults: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def say(self, fault: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


def verify(
    connection: Connection,
    *,
    vault: Vault | None = None,
    anchors: Sequence[Checkpoint] = (),
) -> Verdict:
    """Walks every entry in order, compares the checkpoints, and looks for the guards.

    Args:
        connection: Of records.engine.snapshot: what is written meanwhile must not be seen.
        vault: With it, a row or a checkpoint that was made without our key is a fault.
        anchors: Checkpoints that were kept outside the database, in any order.
    """
    reading = _Reading(vault)
    public_key = Signer(vault).public_key if vault else None
    stored = {one.number: one for one in every(connection)}
    lost = {number: one for one in stored.values() for number in one.lost}
    notes = [_note(one, lost[one.number]) for one in anchors if one.number in lost]
    anchors = [one for one in anchors if one.number not in lost]
    faults = _checkpoint_faults(stored, anchors, public_key)
    heads = _heads([*stored.values(), *anchors])
    for link in walk(connection):
        _take(reading, link)
        for checkpoint in heads.pop(reading.count, ()):
            if checkpoint.head != reading.head:
                reading.say(_not_as_signed(checkpoint, stored))
    _compare_end(connection, reading, heads)
    reading.faults += faults
    reading.faults += _root_faults(connection, stored, reading)
    reading.faults += missing_guards(connection)
    kept = max((one.position for one in anchors), default=0)
    found = tuple(reading.faults)
    return Verdict(reading.count, reading.head, len(stored), kept, found, tuple(notes))


def _take(reading: _Reading, link: Link) -> None:
    expected = reading.count + 1
    if link.position > expected:
        last = f" to {link.position - 1}" if link.position > expected + 1 else ""
        reading.say(f"entry {expected}{last} is missing")
    elif link.position < expected:
        reading.say(f"{link.named} stands in the place of another")
    elif not link.follows(reading.head):
        reading.say(f"{link.named} was changed, or the one before it was and was hashed anew")
    elif reading.vault and not link.is_ours(reading.vault):
        reading.say(f"{link.named} was not written by Heard")
    _take_line(reading, link)
    reading.count, reading.head = link.position, link.hash


def _take_line(reading: _Reading, link: Link) -> None:
    """The record's own count of lines."""
    if link.table is records:
        reading.lines[link.record_id] = 0
    elif link.record_id not in reading.lines:
        reading.say(f"{link.named} belongs to a record that was never opened")
        reading.lines[link.record_id] = link.row.seq if link.table is entries else 0
    elif link.table is entries:
        if link.row.seq != reading.lines[link.record_id] + 1:
            reading.say(f"{link.named} is not the next line of its record")
        reading.lines[link.record_id] = link.row.seq


def _compare_end(
    connection: Connection, reading: _Reading, heads: Mapping[int, Sequence[Checkpoint]]
) -> None:
    end = connection.execute(select(chain_head)).one_or_none()
    if end is None:
        reading.say("the head of the chain is missing")
    elif end.position > reading.count:
        reading.say(f"the last {end.position - reading.count} entries are missing from the end")
    elif (end.position, end.hash) != (reading.count, reading.head):
        reading.say(f"entry {end.position + 1} was added past the head of the chain")
    for position in sorted(heads):
        if position > reading.count:
            first = heads[position][0]
            reading.say(
                f"checkpoint {first.number} of {first.content['at']} stands for {position} "
                f"entries; the chain ends at {reading.count}: its end was cut off, or an older "
                "copy was put in its place"
            )


def _heads(checkpoints: Sequence[Checkpoint]) -> dict[int, list[Checkpoint]]:
    heads: dict[int, list[Checkpoint]] = defaultdict(list)
    for checkpoint in checkpoints:
        heads[checkpoint.position].append(checkpoint)
    return heads


def _not_as_signed(checkpoint: Checkpoint, stored: Mapping[int, Checkpoint]) -> str:
    before = stored.get(checkpoint.number - 1)
    first = before.position + 1 if before else 1
    return (
        f"entry {first} to {checkpoint.position} is not what checkpoint {checkpoint.number} "
        f"of {checkpoint.content['at']} was signed for"
    )


def _checkpoint_faults(
    stored: Mapping[int, Checkpoint], anchors: Sequence[Checkpoint], public_key: str | None
) -> list[str]:
    return [*_stored_faults(stored, public_key), *_anchor_faults(stored, anchors, public_key)]


def _stored_faults(stored: Mapping[int, Checkpoint], public_key: str | None) -> Iterator[str]:
    previous, position, expected = GENESIS, 0, 1
    for number, one in stored.items():
        if number != expected and one.lost != range(expected, number):
            yield f"checkpoint {expected} is missing"
            return
        expected = number + 1
        if not one.is_signed(public_key):
            yield f"checkpoint {number} is not signed by this organisation's key"
        if one.content["previous"] != previous or one.position < position:
            yield f"checkpoint {number} does not follow the one before it"
        previous, position = one.hash, one.position


def _anchor_faults(
    stored: Mapping[int, Checkpoint], anchors: Sequence[Checkpoint], public_key: str | None
) -> Iterator[str]:
    for one in anchors:
        if not one.is_signed(public_key):
            yield f"the anchored checkpoint {one.number} is not signed by this organisation's key"
        elif one.number not in stored:
            yield f"the anchored checkpoint {one.number} is missing from the database"
        elif stored[one.number].body != one.body:
            yield (
                f"checkpoint {one.number} is not the one that was anchored: entries up to "
                f"{one.position} were written anew"
            )


def _note(lost: Checkpoint, said_by: Checkpoint) -> str:
    return (
        f"checkpoint {lost.number} of {lost.content['at']} (up to entry {lost.position}) was lost "
        f"at a restore; checkpoint {said_by.number} of {said_by.content['at']} says so"
    )


def _root_faults(
    connection: Connection, stored: Mapping[int, Checkpoint], reading: _Reading
) -> Iterator[str]:
    """The tree of the newest checkpoint, which exports are proved with."""
    newest = stored[max(stored)] if stored else None
    if newest is None or newest.position > reading.count:
        return
    if Tree.over(hashes(connection, up_to=newest.position)).root != newest.content["root"]:
        yield f"checkpoint {newest.number} was signed for other records than these"
