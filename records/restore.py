"""Restoring a backup: refused when it does not verify, or is older than what is known outside.

It is put into a scratch database first, so that the real one is touched only by what verified.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from casework.errors import BackupUnusable, ChainBroken
from casework.ports import Clock
from records import checkpoints, key_copy
from records.backup import put_back
from records.checkpoints import Checkpoint, Signer
from records.engine import make_engine, snapshot, sqlite_url
from records.entries import RecordRows
from records.key_copy import KeyCopy
from records.keys import DataKeys
from records.store import is_new
from records.tables import records
from records.vault import Vault
from records.verify import Verdict, verify

# Who stands in the chain where a destruction is done again after a restore.
RESTORE = "restore"


@dataclass(frozen=True)
class Restored:
    """What is here now; `destroyed_again` records were destroyed after the backup was made."""

    verdict: Verdict
    lost: tuple[Checkpoint, ...]
    destroyed_again: int


def restore(
    engine: Engine,
    vault: Vault,
    file: Path,
    keys: Path,
    *,
    anchors: Sequence[Checkpoint],
    accept_loss: bool,
    clock: Clock,
) -> Restored:
    """Restores `file` with the copy of the keys in `keys` into an empty database.

    Args:
        anchors: Checkpoints kept outside; the backup must reach the newest of them.
        accept_loss: There is no newer backup: what is missing is signed as lost.

    Raises:
        BackupUnusable: Nothing was restored; says why, and what to do.
        ChainBroken: The backup does not verify, or is not what was anchored. Nothing was restored.
        KeyUnusable: The copy of the keys is of an organisation key that is not here.
    """
    if not is_new(engine):
        raise BackupUnusable("There are records here already. Restore into an empty place.")
    copy = key_copy.read(keys, vault)
    newest = _try(vault, copy, file, anchors)
    lost = tuple(one for one in anchors if one.number > newest)
    if lost and not accept_loss:
        raise BackupUnusable(_older(newest, lost))
    put_back(engine, vault, copy, file, ())
    again = _destroy_again(engine, vault, copy, anchors, clock)
    last = max((one.number for one in lost), default=0)
    checkpoints.make(engine, Signer(vault), clock, lost_up_to=last)
    with snapshot(engine).connect() as connection:
        verdict = verify(connection, vault=vault, anchors=anchors)
    if verdict.fault is not None:
        raise ChainBroken(f"After the restore the chain is broken: {verdict.fault}.")
    return Restored(verdict, lost, again)


def _try(vault: Vault, copy: KeyCopy, file: Path, anchors: Sequence[Checkpoint]) -> int:
    """The newest checkpoint in the backup, which was put into a scratch place and verified."""
    if not file.is_file():
        raise BackupUnusable(f"{file} is missing.")
    with tempfile.TemporaryDirectory(prefix="heard-restore-") as scratch:
        engine = make_engine(sqlite_url(Path(scratch) / "scratch.db"))
        try:
            put_back(engine, vault, copy, file, ())
            with snapshot(engine).connect() as connection:
                made = checkpoints.latest(connection)
                newest = made.number if made else 0
                known = [one for one in anchors if one.number <= newest]
                verdict = verify(connection, vault=vault, anchors=known)
        finally:
            engine.dispose()
    if verdict.fault is not None:
        raise ChainBroken(f"This backup is not what was anchored: {verdict.fault}.")
    return newest


def _older(newest: int, lost: Sequence[Checkpoint]) -> str:
    last = max(lost, key=lambda one: one.number)
    return (
        f"This backup ends at checkpoint {newest}. Checkpoint {last.number} of "
        f"{last.content['at']} is known outside, up to entry {last.position}: what was written "
        "since would be missing. Restore a newer backup, or, if there is none, say --accept-loss."
    )


def _destroy_again(
    engine: Engine, vault: Vault, copy: KeyCopy, anchors: Sequence[Checkpoint], clock: Clock
) -> int:
    """Records whose key was destroyed after the backup was made: by the copy of the keys, and by
    the anchors, should that copy be an old one too."""
    said = {record for one in anchors for record in one.content["destroyed"]}
    with engine.begin() as connection:
        rows = RecordRows(connection, DataKeys(connection, vault), clock)
        standing = set(connection.execute(select(records.c.id)).scalars())
        gone = [
            record
            for record in sorted((copy.destroyed | said) & standing)
            if rows.destroyed_position(record) is None
        ]
        for record in gone:
            rows.destroy(record, by=RESTORE, agreed_by=RESTORE, ground="destroyed_before_restore")
    return len(gone)
