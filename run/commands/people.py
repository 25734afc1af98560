"""`heard people`: who leaves, who is away, who is back, and a new sign-in link."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

import typer

from casework.organisation import UK
from records import leaving
from records.notices import Notice, tell
from records.presence import Presence
from run import system
from run.commands.shared import (
    SAID_NO,
    WRONG_USE,
    AsJson,
    AsPerson,
    Reason,
    built,
    known_person,
    print_json,
    refusals,
)

app = typer.Typer(no_args_is_help=True, help="Who leaves, who is away, and a new sign-in link.")
Until = Annotated[
    str | None, typer.Option("--until", help="Away until this day (2026-12-31); without: for good.")
]


@app.command("leave")
def leave(
    person: str,
    as_person: AsPerson,
    successor: Annotated[str, typer.Option("--successor", help="Who takes their cases.")],
    reason: Reason = "They leave.",
    until: Until = None,
) -> None:
    """Ends a person's access at once, and passes their cases to somebody who signs for them."""
    day = _end_of_day(until)
    with refusals():
        house = built()
        passed = leaving.leave(
            house.store,
            house,
            person=known_person(house, person),
            successor=known_person(house, successor),
            by=known_person(house, as_person),
            reason=reason,
            until=day,
        )
    typer.echo(f"{person} is signed out everywhere. Cases to read and sign for: {passed}.")


def _end_of_day(until: str | None) -> datetime | None:
    if until is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(until), time.max, UK)
    except ValueError:
        typer.echo("Write the day as 2026-12-31.", err=True)
        raise typer.Exit(WRONG_USE) from None


@app.command("back")
def back(person: str, as_person: AsPerson) -> None:
    """Somebody is back, or had not left."""
    with refusals():
        house = built()
        by = known_person(house, as_person)
        leaving.come_back(house.store, house, person=person, by=by)
    typer.echo(f"{person} can sign in again.")


@app.command("list")
def list_people(as_json: AsJson = False) -> None:
    """Who is here, who is not, and who has passed cases still to sign for."""
    with refusals():
        house = built()
        with house.store.read() as work:
            absent = Presence(work.connection, work.now).absent()
        to_sign = leaving.waiting(house.store)
    rows = [
        {
            "person": one.id,
            "here": True,
            "stand_in": None,
            "until": None,
            "to_sign": to_sign.get(one.id, 0),
        }
        for one in house.organisation.people
    ] + [
        {
            "person": one.person,
            "here": False,
            "stand_in": one.stand_in,
            "until": one.until.isoformat() if one.until else None,
            "to_sign": to_sign.get(one.person, 0),
        }
        for one in absent
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        where = "here" if row["here"] else f"away; in their place: {row['stand_in']}"
        typer.echo(f"{row['person']:<14} {where}  to sign for: {row['to_sign']}")


@app.command("link")
def link(person: str) -> None:
    """Prints one more sign-in link for a person. They are told on their desk that it was made."""
    with refusals():
        house = built()
        known_person(house, person)
        address = system.address(house.settings)
        if address is None:
            typer.echo("Heard is not running. `heard up` prints a link for everybody.", err=True)
            raise typer.Exit(SAID_NO)
        with house.store.work() as work:
            tell(work, [person], Notice.LINK_MADE, person)
        typer.echo(f"{address}/sign-in/{house.links.make(person)}")
