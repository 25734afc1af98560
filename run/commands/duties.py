"""`heard duties`: what somebody has to do by a date, what is overdue, and what was done."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, cast, get_args

import typer

from casework import duties
from casework.facts import Duty
from casework.house import House
from policy.pack.obligations import When
from run.commands.shared import (
    WRONG_USE,
    AsJson,
    AsPerson,
    built,
    known_person,
    print_json,
    refusals,
)

app = typer.Typer(no_args_is_help=True, help="Duties with a date.")
EVENTS = get_args(When)
AHEAD = timedelta(days=400)
Confirm = Annotated[list[str] | None, typer.Option("--confirm", help="Something that is true now.")]


@app.command()
def begin(event: str, as_person: AsPerson, as_json: AsJson = False) -> None:
    """Something has happened to a person today: what they have to do goes on the calendar."""
    if event not in EVENTS:
        typer.echo(f"There is no {event!r}. Use one of: {', '.join(EVENTS)}.", err=True)
        raise typer.Exit(WRONG_USE)
    with refusals():
        house = built()
        person = known_person(house, as_person)
        with house.store.work() as work:
            made = duties.begin(house.house, work, person, cast(When, event), work.now().date())
    _print([_row(house.house, one, late=False) for one in made], as_json)


@app.command("list")
def list_duties(as_json: AsJson = False) -> None:
    """Everything that is not done, the oldest first, and what of it is overdue."""
    with refusals():
        house = built()
        with house.store.read() as work:
            now = work.now()
            rows = [_row(house.house, o, late=o.due_at < now) for o in work.duties.due(now + AHEAD)]
    _print(rows, as_json)


@app.command()
def done(duty: str, as_person: AsPerson, confirm: Confirm = None, as_json: AsJson = False) -> None:
    """It is done, with everything confirmed that has to be true first."""
    with refusals():
        house = built()
        person = known_person(house, as_person)
        with house.store.work() as work:
            again = duties.answer(house.house, work, duty, person, confirm or ())
    _print([_row(house.house, again, late=False)] if again else [], as_json)


def _row(house: House, duty: Duty, *, late: bool) -> dict[str, Any]:
    known = {one.id: one for one in house.pack.duties}
    stated = known.get(duty.kind)
    return {
        "id": duty.id,
        "kind": duty.kind,
        "person": duty.person,
        "role": duty.role,
        "due_at": duty.due_at.isoformat(),
        "overdue": late,
        "ask": stated.ask if stated else None,
        "first": dict(stated.first) if stated else {},
        "rules": list(stated.rules) if stated else [],
    }


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    for row in rows:
        late = "OVERDUE" if row["overdue"] else "due"
        whose = row["person"] or row["role"]
        typer.echo(f"{row['id']}  {whose}  {row['kind']}  {late} {row['due_at'][:10]}")
