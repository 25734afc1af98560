"""`heard records export`: what leaves the records, each time with a reason that is kept."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from desk.papers.record import make_record
from records.checkpoints import Signer
from records.exports.record import Archive, as_json
from records.exports.record import export_record as make_export
from records.files import write_private
from run.bootstrap import Built
from run.commands.shared import (
    WRONG_USE,
    AsJson,
    AsPerson,
    Reason,
    built,
    known_person,
    print_json,
    refusals,
)

app = typer.Typer()


class Format(StrEnum):
    """What a record is exported as."""

    JSON = "json"
    PDF = "pdf"


To = Annotated[Path | None, typer.Option("--to", help="File to write, readable by you only.")]
AsFormat = Annotated[Format, typer.Option("--format", help="json (with its proof) or pdf.")]


@app.command("export")
def export_record(
    reference: str,
    as_person: AsPerson,
    reason: Reason = "",
    to: To = None,
    format_: AsFormat = Format.JSON,
    as_json_: AsJson = False,
) -> None:
    """One record: as JSON with its proof, or as a PDF. It asks for a reason, and keeps it."""
    wanted = Format.JSON if as_json_ else format_
    refuse_to_print(wanted, to)
    with refusals():
        house = built()
        person = known_person(house, as_person)
        export = make_export(archive(house), person=person, reference=reference, reason=reason)
        if wanted is Format.PDF:
            hand_over_pdf(make_record(export, house.organisation, house.phrases), to)
        else:
            hand_over_json(as_json(export, house.organisation), to)


def archive(house: Built) -> Archive:
    """What exports are made from."""
    return Archive(house.store, house.engine, Signer(house.vault), house)


def refuse_to_print(wanted: Format, to: Path | None) -> None:
    """A PDF is no use on a screen, and nothing is opened for one that cannot be handed over."""
    if wanted is Format.PDF and to is None and sys.stdout.isatty():
        typer.echo("Say where the PDF goes: --to FILE.", err=True)
        raise typer.Exit(WRONG_USE)


def hand_over_pdf(pdf: bytes, to: Path | None) -> None:
    """Into the file, or to whatever standard output is led to."""
    if to is None:
        sys.stdout.buffer.write(pdf)
        return
    write_private(to, pdf)
    typer.echo(str(to))


def hand_over_json(content: object, to: Path | None) -> None:
    """The same for JSON."""
    if to is None:
        print_json(content)
        return
    write_private(to, f"{json.dumps(content)}\n".encode())
    typer.echo(str(to))
