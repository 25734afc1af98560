"""Whoever owns the database and changes it is found out: by verify, and by a file alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from casework.errors import ChainBroken, HeardError
from casework.facts import RecordHead
from records.chain import GENESIS
from records.standalone import verify_export
from records.standalone.verify_export import NotAnExport
from records.verify import verify
from tests.integration.records.archive import Archive, Template
from tests.integration.records.tampering import TAMPERINGS, Tampering

EDITS = 500


@pytest.fixture(scope="module")
def signed(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Three records and a checkpoint, for every test of this file to copy and spoil."""
    with template.copy(tmp_path_factory.mktemp("signed")) as archive:
        archive.filled()
        archive.checkpoint()
        archive.engine.dispose()
        yield archive


@pytest.fixture
def spoiled(signed: Archive, template: Template, tmp_path: Path) -> Iterator[Archive]:
    with Template(template.kind, signed.url, signed.key_file).copy(tmp_path) as archive:
        yield archive


def kept(archive: Archive) -> list[dict[str, str]]:
    return verify_export.read_checkpoints("\n".join(one.line for one in archive.anchors()))


def found_in(text: str, held: list[dict[str, str]]) -> list[str]:
    """What the stand-alone verifier says of a file."""
    try:
        return list(verify_export.check(text, held, None)["faults"])
    except NotAnExport as wrong:
        return [str(wrong)]


def found_in_export(archive: Archive, head: RecordHead, held: list[dict[str, str]]) -> list[str]:
    """What it says of an export; an export that cannot even be made is found as well."""
    try:
        return found_in(archive.export(head), held)
    except (HeardError, AssertionError, KeyError) as refused:
        return [repr(refused)]


def first_record(archive: Archive) -> RecordHead:
    with archive.store.read() as work:
        return work.records.heads()[-1]


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda one: one.name)
def test_every_kind_of_tampering_is_found(tampering: Tampering, spoiled: Archive) -> None:
    head, anchors, held = first_record(spoiled), spoiled.anchors(), kept(spoiled)
    assert spoiled.verdict(anchors).faults == ()
    assert found_in_export(spoiled, head, held) == found_in(spoiled.chain(), held) == []
    tampering.do(spoiled)
    said = spoiled.verdict(anchors).faults
    assert said
    if tampering.seen_at is not None:
        places = (tampering.seen_at, tampering.seen_at + 1)
        assert any(f"entry {place} " in fault for fault in said for place in places) or any(
            "entries" in fault for fault in said
        )
    assert found_in_export(spoiled, head, held)
    assert found_in(spoiled.chain(), held)


def test_what_was_tampered_with_is_never_signed(spoiled: Archive) -> None:
    spoiled.write(first_record(spoiled), "written after the checkpoint")
    spoiled.unguarded("UPDATE entries SET by = 'dsl' WHERE position = 19")
    with pytest.raises(ChainBroken, match="entry 19 "):
        spoiled.checkpoint()


def test_a_rollback_to_an_older_copy_is_found_by_the_anchor(
    signed: Archive, template: Template, tmp_path: Path
) -> None:
    """The copy is whole in itself. Only who has a later checkpoint can tell."""
    before = Template(template.kind, signed.url, signed.key_file)
    with before.copy(tmp_path / "later") as later:
        later.write(first_record(later), "acknowledged, and then gone")
        anchors = [*later.anchors(), later.checkpoint()]
        held = kept(later)
    with before.copy(tmp_path / "older") as older:
        assert older.verdict().fault is None
        assert "older copy" in str(older.verdict(anchors).fault)
        assert found_in(older.chain(), held)
        assert found_in(older.export(first_record(older)), held) == []  # it was so, at that time


def edit(chance: random.Random, columns: dict[str, list[str]]) -> list[str]:
    """One random change of what is in the chain, as SQL."""
    place = chance.randint(1, 18)
    table = "records" if place <= 3 else "entries" if place <= 15 else "conflicts"
    match chance.choice(["edit", "edit", "delete", "swap", "cut", "hash"]):
        case "edit":
            column = chance.choice(columns[table])
            return [f"UPDATE {table} SET {column} = {column} || 'x' WHERE position = {place}"]
        case "delete":
            return [f"DELETE FROM {table} WHERE position = {place}"]
        case "swap":
            one, other = chance.sample(range(4, 16), 2)
            return [
                f"UPDATE entries SET position = 900 WHERE position = {one}",
                f"UPDATE entries SET position = {one} WHERE position = {other}",
                f"UPDATE entries SET position = {other} WHERE position = 900",
            ]
        case "cut":
            first = chance.randint(4, 18)
            return [
                f"DELETE FROM conflicts WHERE position >= {first}",
                f"DELETE FROM entries WHERE position >= {first}",
                *chance.choice([[], ["DELETE FROM checkpoints"]]),
                *chance.choice([[], [head_at(first - 1)]]),
            ]
    return [f"UPDATE {table} SET hash = '{GENESIS}' WHERE position = {place}"]


def head_at(place: int) -> str:
    table = "records" if place <= 3 else "entries" if place <= 15 else "conflicts"
    return (
        f"UPDATE chain_head SET position = {place}, "
        f"hash = (SELECT hash FROM {table} WHERE position = {place})"
    )


def test_five_hundred_random_changes_are_all_found(spoiled: Archive) -> None:
    """Drill 23. Each is made in a transaction of its own that is rolled back after the look."""
    anchors = spoiled.anchors()
    chance = random.Random(23)
    text_columns = {
        "records": ["kind", "reporter", "pack", "pack_version", "reference"],
        "entries": ["kind", "by", "source_key"],
        "conflicts": ["person"],
    }
    missed = []
    with spoiled.engine.connect() as connection:
        spoiled.guards_off(connection)
        for _ in range(EDITS):
            statements = edit(chance, text_columns)
            with connection.begin_nested() as attempt:
                for statement in statements:
                    connection.execute(text(statement))
                verdict = verify(connection, vault=spoiled.vault, anchors=anchors)
                attempt.rollback()
            if all("guard" in fault for fault in verdict.faults):
                missed.append(statements)
        connection.rollback()
    assert missed == []
