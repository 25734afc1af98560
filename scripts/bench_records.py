"""Times verify, checkpoint, proof, stand-alone verifier, backup and rotation over many entries.

    .venv/bin/python scripts/bench_records.py [ENTRIES] [DATABASE_ADDRESS]

The database must be empty; without an address a SQLite file in a temporary folder is used.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, insert, update

from casework.facts import NewEntry, RecordHead
from casework.vocabulary import EntryKind, RecordKind, utc_now
from escalation.tables import metadata as escalation_tables
from policy.pack import load_pack
from records import checkpoints
from records.backup import back_up
from records.chain import canonical, mac_of, row_hash
from records.checkpoints import Signer
from records.engine import make_engine, snapshot, sqlite_url
from records.entries import RecordRows
from records.keyring import KeyRing
from records.keys import DataKeys
from records.proof import EXPORT_FORMAT, chain_lines, proof_of
from records.rotation import rotate
from records.standalone import verify_export
from records.store import Store, migrate, prove_key
from records.tables import chain_head, entries, metadata
from records.vault import Vault
from records.verify import verify

LINES_A_RECORD = 100
Result = TypeVar("Result")


def timed(name: str, what: Callable[[], Result]) -> Result:
    """Runs it and prints how long it took."""
    begun = time.perf_counter()
    result = what()
    print(f"{name:<46} {time.perf_counter() - begun:8.2f} s", flush=True)
    return result


def fill(engine: Engine, vault: Vault, count: int) -> list[RecordHead]:
    """Records of a hundred lines each, written in bulk (the way in is one line a commit)."""
    pack, heads = load_pack("children_and_families"), []
    store = Store(engine, vault, utc_now, lambda _: None)  # type: ignore[arg-type, return-value]
    for _ in range(count // LINES_A_RECORD):
        with store.work() as work:
            talk = work.conversations.open(person="reporter", channel="web")
            head = work.records.open(
                kind=RecordKind.DISCLOSURE, conversation_id=talk.id, reporter="a", pack=pack
            )
            work.records.append(head.id, line(1))
            add_lines(work.connection, vault, head)
        heads.append(head)
    return heads


def line(n: int) -> NewEntry:
    """About as long as what people write."""
    words = f"{n} he said that it hurts when his father comes home, and that nobody may know"
    return NewEntry(kind=EntryKind.WORDS, text=words, by="reporter", source_key=f"message {n}")


def add_lines(connection: Any, vault: Vault, head: RecordHead) -> None:
    """The other lines of a record, in one statement."""
    rows = RecordRows(connection, DataKeys(connection, vault), utc_now)
    end = connection.execute(chain_head.select()).one()
    position, previous, made = end.position, end.hash, []
    model = rows._row(head.id, line(2))
    key = rows._key_now(head.id)
    for seq in range(2, LINES_A_RECORD + 1):
        position += 1
        content = json.dumps({"text": str(line(seq).text), "value": None, "salt": "0" * 64})
        row = {
            **model,
            "seq": seq,
            "source_key": f"message {seq}",
            "position": position,
            "content": row_hash(content),
            "sealed": vault.seal(key, content, f"entry/{seq}"),
        }
        row["hash"] = previous = row_hash(canonical(entries, row, previous))
        row["mac"] = mac_of(vault, previous)
        made.append(row)
    connection.execute(insert(entries), made)
    connection.execute(update(chain_head).values(position=position, hash=previous))


def main() -> None:
    """Fills a store and times what is done with it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = sys.argv[2] if len(sys.argv) > 2 else sqlite_url(folder / "heard.db")
        engine = make_engine(url)
        ring = KeyRing.open(folder / "organisation.key", may_make=True, environment={})
        vault = Vault(ring)
        migrate(engine)
        prove_key(engine, vault)
        heads = timed(f"{count} entries written (not a figure)", lambda: fill(engine, vault, count))
        measure(engine, vault, ring, heads, folder)
        engine.dispose()


def measure(
    engine: Engine, vault: Vault, ring: KeyRing, heads: list[RecordHead], folder: Path
) -> None:
    """Every figure of docs/reliability.md."""
    signer = Signer(vault)
    point = timed(
        "first checkpoint (verifies all)", lambda: checkpoints.make(engine, signer, utc_now)
    )
    assert point is not None
    with snapshot(engine).connect() as connection:
        verdict = timed("heard records verify", lambda: verify(connection, vault=vault))
        assert verdict.faults == (), verdict.faults
        chain = timed("heard records chain", lambda: "\n".join(chain_lines(connection)))
    kept = verify_export.read_checkpoints(point.line)
    said = timed(
        "stand-alone verifier, whole chain", lambda: verify_export.check(chain, kept, None)
    )
    assert said["faults"] == [], said
    store = Store(engine, vault, utc_now, lambda _: None)  # type: ignore[arg-type, return-value]
    with store.read() as work:
        proof = timed("proof of one record", lambda: proof_of(work, heads[0].id, point))
    text = json.dumps({"format": EXPORT_FORMAT, "proof": proof})
    said = timed("stand-alone verifier, one record", lambda: verify_export.check(text, kept, None))
    assert said["faults"] == [], said
    with store.work() as work:
        work.records.append(heads[0].id, line(LINES_A_RECORD + 1))
    timed("next checkpoint", lambda: checkpoints.make(engine, signer, utc_now))
    tables = [*metadata.sorted_tables, *escalation_tables.sorted_tables]
    made = timed(
        "heard backup, restored once and verified",
        lambda: back_up(engine, vault, tables, folder / "backups", utc_now),
    )
    print(f"{'its size':<46} {made.file.stat().st_size / 1e6:8.1f} MB")
    timed("heard keys rotate", lambda: rotate(engine, ring, lambda said: None))


if __name__ == "__main__":
    main()
