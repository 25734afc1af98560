"""`heard backup` and `heard restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.organisation import load_organisation
from casework.vocabulary import utc_now
from escalation.tables import metadata as escalation_tables
from records import key_copy, rotation
from records.anchors import read_anchors
from records.backup import back_up
from records.engine import make_engine
from records.keyring import KeyRing, read_key_file
from records.keys import in_use
from records.restore import restore as put_in_place
from records.tables import metadata as record_tables
from records.vault import Vault
from run.bootstrap import open_keys, places
from run.commands.shared import built, refusals
from run.settings import Settings


def backup(
    to: Annotated[Path | None, typer.Option("--to", help="Folder; default: backups/.")] = None,
) -> None:
    """A sealed backup of the running system, proved by being restored once."""
    with refusals():
        house = built()
        folder = to or house.settings.home / "backups"
        tables = [*record_tables.sorted_tables, *escalation_tables.sorted_tables]
        made = back_up(house.engine, house.vault, tables, folder, utc_now)
    typer.echo(f"{made.file}\n{made.keys}")
    typer.echo(f"{made.verdict.entries} entries, restored once and verified.")
    typer.echo("Both files, and your trustees' shares of the key, bring everything back.")


def restore(
    file: Path,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="Copy of the keys; default: beside the backup.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Checkpoints that were kept outside.")
    ] = None,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="There is no newer backup: go on without it.")
    ] = False,
) -> None:
    """Puts a backup into an empty home, if it verifies and is not older than what is known."""
    with refusals():
        settings = Settings.read()
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = make_engine(settings.database_url)
        outside = places(settings, load_organisation(settings.organisation))
        ring = _with_retired(open_keys(settings, engine, may_make=False))
        done = put_in_place(
            engine,
            Vault(ring),
            file,
            keys or file.with_name(key_copy.NAME),
            anchors=[*read_anchors(against), *(one for p in outside for one in p.kept())],
            accept_loss=accept_loss,
            clock=utc_now,
        )
        if ring.path and not set(in_use(engine)) <= set(KeyRing(read_key_file(ring.path)).ids()):
            ring.replace(ring.held())
            typer.echo("An old key is in use again. Run: heard keys rotate")
        engine.dispose()
    typer.echo(f"{done.verdict.entries} entries are back, and the chain is whole.")
    if done.verdict.anchored:
        typer.echo(f"Every entry up to {done.verdict.anchored} is what was kept outside.")
    for note in done.verdict.notes:
        typer.echo(f"Lost: {note}.")
    if done.destroyed_again:
        typer.echo(f"{done.destroyed_again} records were destroyed since, and stay destroyed.")


def _with_retired(ring: KeyRing) -> KeyRing:
    """A backup may be from before a rotation. Then the old key is in use again, and the next
    rotation goes on to the newer one."""
    if ring.path is None or not rotation.retired_file(ring.path).exists():
        return ring
    return KeyRing([*read_key_file(rotation.retired_file(ring.path)), *ring.held()], ring.path)
