"""`heard escalations`: who has been asked, and who has it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from casework import escalate
from casework.facts import Escalation
from records import access
from run.commands.shared import AsJson, AsPerson, built, known_person, print_json, refusals

app = typer.Typer(no_args_is_help=True, help="Who has been asked, and who has it.")


@app.command("list")
def list_escalations(
    as_person: Annotated[
        str | None, typer.Option("--as", help="Only what this person may know of.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Every case that climbs: whose turn it is, since when, and until when.

    Without --as it is the view of whoever runs Heard: nothing of a case but where it stands.
    """
    with refusals():
        house = built()
        with house.store.read() as work:
            climbs = work.escalations.open_ones()
        if as_person is not None:
            seen = access.visible(house.store, house, known_person(house, as_person))
            theirs = {one.head.id for one in seen}
            climbs = [one for one in climbs if one.record_id in theirs]
        rows = [_escalation(one) for one in climbs]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        has = row["acknowledged_by"] or f"asked: {', '.join(row['whose_turn']) or 'nobody'}"
        typer.echo(f"{row['reference']}  {row['urgency']:<9}  rung {row['rung']}  {has}")


def _escalation(one: Escalation) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "urgency": str(one.urgency),
        "kind": str(one.kind),
        "status": str(one.status),
        "rung": one.rung,
        "whose_turn": list(one.asked),
        "since": one.since.isoformat(),
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "acknowledged_by": one.acknowledged_by,
        "acknowledged_at": one.acknowledged_at.isoformat() if one.acknowledged_at else None,
    }


@app.command("acknowledge")
def acknowledge(reference: str, as_person: AsPerson) -> None:
    """Takes a case. A second person is told who has it."""
    with refusals():
        house = built()
        person = known_person(house, as_person)
        with house.store.work() as work:
            access.may_know(work, house, person, reference)
            escalate.acknowledge(house.house, work, reference, person)
    typer.echo(f"You have {reference}.")
