"""What every command shares: its options, its refusals, and the built house."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from casework.errors import HeardError
from policy.document import FaultyFile
from run.bootstrap import Built, build
from run.dialogue import DialogueMissing
from run.service import CannotStart
from run.settings import Settings

Organisation = Annotated[Path | None, typer.Option("--organisation", help="Organisation file.")]
AsPerson = Annotated[str, typer.Option("--as", help="A person's id in the organisation file.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Reason = Annotated[str, typer.Option("--reason", help="Why it is opened; kept in the record.")]

SAID_NO = 1
WRONG_USE = 2


@contextmanager
def refusals() -> Iterator[None]:
    """Says why not, on standard error, and leaves with 1."""
    try:
        yield
    except FaultyFile as faulty:
        for fault in faulty.faults:
            typer.echo(f"{fault.file}:{fault.line}: {fault.message} {fault.cure}", err=True)
        raise typer.Exit(SAID_NO) from None
    except (HeardError, DialogueMissing, CannotStart) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(SAID_NO) from None


def built(organisation: Path | None = None) -> Built:
    """The parts joined, for the organisation of this file or of HEARD_ORGANISATION."""
    return build(Settings.read(organisation=organisation))


def known_person(house: Built, person: str) -> str:
    """The id, if somebody has it; otherwise leaves with 2 and says which there are."""
    known = [one.id for one in house.organisation.people]
    if person not in known:
        typer.echo(f"There is no {person!r}. Use one of: {', '.join(known)}.", err=True)
        raise typer.Exit(WRONG_USE)
    return person


def print_json(content: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(content))


def say_progress(line: str) -> None:
    """A line for whoever watches; standard output stays for the result."""
    typer.echo(line, err=True)
