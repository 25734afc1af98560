"""`heard escalations`: who has been asked, who has it, and what they do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from casework import escalate, handling
from casework.facts import Escalation
from casework.house import House
from casework.ports import Work
from records import access
from run.commands.shared import AsJson, AsPerson, built, known_person, print_json, refusals

app = typer.Typer(no_args_is_help=True, help="Who has been asked, and who has it.")

Why = Annotated[str, typer.Option("--reason", help="Why; kept in the record.")]
What = Annotated[str, typer.Option("--what", help="What was done; kept in the record.")]
To = Annotated[str, typer.Option("--to", help="The id of whoever is asked to take it.")]
SetAside = Annotated[
    str, typer.Option("--set-aside", help="Why questions that are open stay open.")
]


@app.command("list")
def list_escalations(
    as_person: Annotated[
        str | None, typer.Option("--as", help="Only what this person may know of.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Every open case: whose turn it is, since when, and until when.

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
        turn = ", ".join(row["whose_turn"]) or "nobody"
        has = f"has it: {turn}" if row["acknowledged_by"] else f"asked: {turn}"
        until = f"  until {row['due_at']}" if row["due_at"] else ""
        typer.echo(
            f"{row['reference']}  {row['urgency']:<9}  {row['status']:<12}  "
            f"rung {row['rung']}  {has}{until}"
        )


def _escalation(one: Escalation) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "urgency": str(one.urgency),
        "kind": str(one.kind),
        "status": str(one.status),
        "rung": one.rung,
        "whose_turn": list(one.whose_turn),
        "turn_since": one.turn_since.isoformat(),
        "since": one.since.isoformat(),
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "acknowledged_by": one.acknowledged_by,
        "acknowledged_at": one.acknowledged_at.isoformat() if one.acknowledged_at else None,
        "first_step_at": one.stepped_at.isoformat() if one.stepped_at else None,
    }


@app.command("acknowledge")
def acknowledge(reference: str, as_person: AsPerson) -> None:
    """Takes a case. A second person is told who has it."""
    _press(
        reference,
        as_person,
        lambda house, work, me: escalate.acknowledge(house, work, reference, me),
    )
    typer.echo(f"You have {reference}.")


@app.command("step")
def step(reference: str, as_person: AsPerson, what: What = "") -> None:
    """Records the first protective step."""
    _press(
        reference,
        as_person,
        lambda house, work, me: handling.step(house, work, reference, me, what),
    )
    typer.echo(f"Kept in {reference}.")


@app.command("pass")
def pass_on(reference: str, as_person: AsPerson) -> None:
    """You can't: somebody else is asked at once."""
    _press(
        reference, as_person, lambda house, work, me: handling.pass_on(house, work, reference, me)
    )
    typer.echo(f"You passed {reference} on.")


@app.command("snooze")
def snooze(reference: str, as_person: AsPerson, reason: Why = "") -> None:
    """More time to the first step, for a reason; twice at most."""
    climb = _press(
        reference,
        as_person,
        lambda house, work, me: handling.snooze(house, work, reference, me, reason),
    )
    typer.echo(f"You have until {climb.due_at.isoformat() if climb.due_at else 'now'}.")


@app.command("hand-over")
def hand_over(reference: str, as_person: AsPerson, to: To) -> None:
    """Asks somebody else to take it; you have it until they do."""
    _press(
        reference,
        as_person,
        lambda house, work, me: handling.hand_over(house, work, reference, me, to),
    )
    typer.echo(f"{to} was asked to take {reference}.")


@app.command("close")
def close(reference: str, as_person: AsPerson, reason: Why = "", set_aside: SetAside = "") -> None:
    """Closes a case, for a reason. Questions that are open stop it."""
    _press(
        reference,
        as_person,
        lambda house, work, me: handling.close(
            house, work, reference, me, reason, set_aside=set_aside
        ),
    )
    typer.echo(f"{reference} is closed.")


def _press(
    reference: str, as_person: str, press: Callable[[House, Work, str], Escalation]
) -> Escalation:
    with refusals():
        house = built()
        person = known_person(house, as_person)
        with house.store.work() as work:
            access.may_know(work, house, person, reference)
            return press(house.house, work, person)
