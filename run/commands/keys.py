"""`heard keys`: rotate, split, recover."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from casework.errors import KeyUnusable
from records import rotation, shares
from records.engine import make_engine
from records.keyring import key_id_of, write_key_file
from records.keys import in_use
from run.bootstrap import open_keys
from run.commands.shared import refusals, say_progress
from run.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The organisation's key: rotate, split, recover.")


@app.command("rotate")
def rotate() -> None:
    """A new key while Heard runs; goes on where a rotation was cut short."""
    with refusals():
        settings = Settings.read()
        engine = make_engine(settings.database_url)
        ring = open_keys(settings, engine)
        new = rotation.rotate(engine, ring, say_progress)
        engine.dispose()
    typer.echo(f"The organisation's key is {new} now. Do these two things today:")
    typer.echo("  heard backup      a backup needs the key it was made under")
    typer.echo("  heard keys split  the trustees' shares are of the old key")


@app.command("split")
def split(
    number: Annotated[int, typer.Option("--shares", help="How many trustees get one.")] = 3,
    threshold: Annotated[int, typer.Option(help="How many of them open it together.")] = 2,
) -> None:
    """Shares of the key for trustees, as words to write down. They are kept nowhere."""
    with refusals():
        settings = Settings.read()
        engine = make_engine(settings.database_url)
        ring = open_keys(settings, engine)
        if len(ring.ids()) != 1:
            raise KeyUnusable("A rotation was cut short. Run heard keys rotate first.")
        made = shares.split(ring.held()[0], shares=number, threshold=threshold)
        engine.dispose()
    for n, share in enumerate(made, start=1):
        typer.echo(f"Share {n} of {number} (key {ring.ids()[0]}, any {threshold} open it):")
        typer.echo(f"{share}\n")


@app.command("recover")
def recover() -> None:
    """Puts the key file back from the shares of trustees, one a line on standard input."""
    with refusals():
        settings = Settings.read()
        if settings.key_file.exists():
            raise KeyUnusable(f"{settings.key_file} stands already. Move it away first.")
        say_progress("Type one share a line, then an empty line.")
        key = shares.combine(_typed())
        engine = make_engine(settings.database_url)
        wanted = in_use(engine)
        engine.dispose()
        if wanted and key_id_of(key) not in wanted:
            raise KeyUnusable(
                f"These shares are of key {key_id_of(key)}; the records were sealed with "
                f"{' and '.join(wanted)}. Nothing was written."
            )
        write_key_file(settings.key_file, [key])
    typer.echo(f"Key {key_id_of(key)} is back in {settings.key_file}.")


def _typed() -> list[str]:
    lines: list[str] = []
    for line in sys.stdin:
        if not line.strip() and lines:
            break
        lines.append(line)
    return lines
