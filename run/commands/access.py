"""`heard access`: who sees a record, and what was unusual about reading."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from records import access, notices, widening
from records.permissions import CONTENT, Part
from run.commands.shared import (
    AsJson,
    AsPerson,
    Reason,
    built,
    known_person,
    print_json,
    refusals,
)

app = typer.Typer(no_args_is_help=True, help="Who sees a record, and unusual reading.")
Parts = Annotated[
    list[Part] | None, typer.Option("--part", help="Only this part; may be given again.")
]


@app.command("give")
def give(
    reference: str, person: str, as_person: AsPerson, reason: Reason = "", part: Parts = None
) -> None:
    """Lets a person see a record, or parts of it. The reason is kept in it."""
    _change(reference, person, as_person, reason, frozenset(part or CONTENT))


@app.command("take")
def take(reference: str, person: str, as_person: AsPerson, reason: Reason = "") -> None:
    """Takes a record away from a person. The reason is kept in it."""
    _change(reference, person, as_person, reason, frozenset())


def _change(reference: str, person: str, by: str, reason: str, parts: frozenset[Part]) -> None:
    with refusals():
        house = built()
        decider, whom = known_person(house, by), known_person(house, person)
        with house.store.work() as work:
            widening.change(
                work,
                house.house,
                by=decider,
                reference=reference,
                person=whom,
                parts=parts,
                reason=reason,
            )
    typer.echo("Kept.")


@app.command("conflict")
def conflict(reference: str, person: str, as_person: AsPerson, reason: Reason = "") -> None:
    """Says that a record concerns a person: from now on there is no such record for them."""
    with refusals():
        house = built()
        decider, whom = known_person(house, as_person), known_person(house, person)
        with house.store.work() as work:
            widening.name_in_conflict(
                work, house.house, by=decider, reference=reference, person=whom, reason=reason
            )
    typer.echo("Kept.")


@app.command("emergency")
def emergency(
    reference: str, as_person: AsPerson, reason: Reason = "", as_json: AsJson = False
) -> None:
    """Opens, in an emergency, a record that is not yours to see. Two others are told."""
    with refusals():
        house = built()
        opened = access.break_glass(
            house.store,
            house,
            person=known_person(house, as_person),
            reference=reference,
            reason=reason,
        )
    lines = [{"seq": e.seq, "kind": str(e.kind), "text": str(e.text)} for e in opened.entries]
    if as_json:
        print_json({"reference": reference, "entries": lines})
        return
    for line in lines:
        typer.echo(f"{line['seq']:>3}  {line['kind']:<15} {line['text']}")


@app.command("notices")
def list_notices(as_person: AsPerson, as_json: AsJson = False) -> None:
    """What a person is told: unusual reading, a broken glass, why they were added."""
    with refusals():
        house = built()
        rows = [
            _notice(line) for line in notices.of(house.store, house, known_person(house, as_person))
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['at']}  {row['kind']:<13} {row['about']}  {row['reference'] or ''}")


def _notice(line: notices.Line) -> dict[str, Any]:
    return {
        "at": line.at.isoformat(),
        "kind": str(line.kind),
        "about": line.about,
        "reference": line.reference,
        "count": line.count,
        "seen": line.seen_at is not None,
    }
