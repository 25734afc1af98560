"""`heard records export`: what leaves the records, each time with a reason that is kept."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from desk.papers.record import make_record
from desk.papers.sharing import governance_lead, make_sharing_paper
from desk.papers.statement import make_statement_paper
from desk.papers.subject_access import make_pack_paper
from desk.roles import role_titles
from records.exports import review, sharing, statement, subject_access
from records.exports.record import Archive, as_json
from records.exports.record import export_record as make_export
from records.exports.review import Ground, Review
from records.exports.sharing import Shape
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


@app.command("statement")
def make_statement(
    reference: str,
    as_person: AsPerson,
    lines: Annotated[str, typer.Option("--lines", help="Numbers of lines: 3,4,7.")],
    reason: Reason = "",
    to: To = None,
    format_: AsFormat = Format.PDF,
) -> None:
    """A witness statement from signed and dated lines (as PDF, or JSON with its proof)."""
    refuse_to_print(format_, to)
    with refusals():
        house = built()
        person = known_person(house, as_person)
        made = statement.make_statement(
            archive(house), person=person, reference=reference, reason=reason, lines=numbers(lines)
        )
        if format_ is Format.PDF:
            paper = make_statement_paper(made, house.organisation, house.phrases)
            hand_over_pdf(paper, to)
        else:
            hand_over_json(as_json(made.export, house.organisation), to)


@app.command("sharing-form")
def make_sharing_form(
    reference: str,
    as_person: AsPerson,
    reason: Reason = "",
    shape: Annotated[Shape, typer.Option("--shape", help="Shared once, or again.")] = Shape.ONE_OFF,
    to: To = None,
    format_: AsFormat = Format.PDF,
) -> None:
    """The record of sharing that partners ask for, filled in from the record."""
    refuse_to_print(format_, to)
    with refusals():
        house = built()
        person = known_person(house, as_person)
        export = sharing.make_sharing_form(
            archive(house), person=person, reference=reference, reason=reason
        )
        if format_ is Format.PDF:
            lead = governance_lead(house.organisation, house.pack)
            paper = make_sharing_paper(export, shape, house.organisation, house.phrases, lead=lead)
            hand_over_pdf(paper, to)
        else:
            hand_over_json(as_json(export, house.organisation), to)


@app.command("review")
def keep_review(
    reference: str,
    as_person: AsPerson,
    lines: Annotated[str, typer.Option("--lines", help="Numbers of lines: 3,4,7.")],
    why: Annotated[str, typer.Option("--why", help="Why you decide so; kept in the record.")] = "",
    remove: Annotated[
        Ground | None, typer.Option("--remove", help="On which ground it stays out.")
    ] = None,
    words: Annotated[
        list[str] | None, typer.Option("--words", help="Only these words stay out; repeat it.")
    ] = None,
    advice: Annotated[str, typer.Option("--advice", help="Who was asked, what they said.")] = "",
) -> None:
    """Before a subject access pack: whether these lines are given, in whole, in part or not."""
    decided = Review(tuple(numbers(lines)), why, remove, tuple(words or ()), advice)
    with refusals():
        house = built()
        person = known_person(house, as_person)
        kept = review.keep_review(
            archive(house), person=person, reference=reference, review=decided
        )
    for entry in kept:
        typer.echo(f"Line {entry.links_to}: kept as line {entry.seq}.")


@app.command("subject-access")
def make_subject_pack(
    reference: str,
    as_person: AsPerson,
    reason: Reason = "",
    to: To = None,
    format_: AsFormat = Format.PDF,
) -> None:
    """What somebody gets who asks for their own data, once every line has been looked at."""
    refuse_to_print(format_, to)
    with refusals():
        house = built()
        person = known_person(house, as_person)
        pack = subject_access.make_pack(
            archive(house), person=person, reference=reference, reason=reason
        )
        roles = role_titles(house)
        if format_ is Format.PDF:
            hand_over_pdf(make_pack_paper(pack, house.organisation, house.phrases, roles), to)
        else:
            hand_over_json(subject_access.as_json(pack, house.organisation.name, roles), to)


def numbers(lines: str) -> list[int]:
    """The numbers in "3, 4,7"; leaves with 2 when there is something else."""
    try:
        return [int(one) for one in lines.replace(",", " ").split()]
    except ValueError:
        typer.echo("Write the numbers of lines, such as 3,4,7.", err=True)
        raise typer.Exit(WRONG_USE) from None


def archive(house: Built) -> Archive:
    """What exports are made from."""
    return Archive(house.store, house)


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
