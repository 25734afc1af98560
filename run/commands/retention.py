"""`heard retention`: what is due, and the decisions about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from casework.vocabulary import utc_now
from records import retention
from records.retention import Ground, Keeping
from run.bootstrap import Built
from run.commands.shared import (
    AsJson,
    AsPerson,
    Reason,
    built,
    known_person,
    print_json,
    refusals,
)

app = typer.Typer(no_args_is_help=True, help="How long records are kept.")


@app.command("list")
def list_records(as_person: AsPerson, as_json: AsJson = False) -> None:
    """The records that a person decides about, what is due first."""
    with refusals():
        house = built()
        person = known_person(house, as_person)
        rows = [_row(one) for one in retention.of_all(house.store, house, person)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['reference']}  {row['state']:<9}  look again {row['due_at'][:10]}")


def _row(one: Keeping) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "kind": str(one.kind),
        "state": str(one.state(utc_now())),
        "due_at": one.due_at.isoformat(),
        "proposed_by": one.proposed_by,
    }


@app.command("extend")
def extend(
    reference: str,
    as_person: AsPerson,
    months: Annotated[int, typer.Option("--months", help="Look again after so many.")],
    reason: Reason = "",
) -> None:
    """Keeps a record longer."""
    with refusals():
        house, about = _about(reference, as_person, reason)
        with house.store.work() as work:
            retention.keep_longer(work, house, months=months, **about)
    typer.echo("Kept longer.")


@app.command("hold")
def hold(reference: str, as_person: AsPerson, reason: Reason = "") -> None:
    """Puts a legal hold on a record: nothing of it is destroyed."""
    with refusals():
        house, about = _about(reference, as_person, reason)
        with house.store.work() as work:
            retention.hold(work, house, **about)
    typer.echo("On hold.")


@app.command("lift")
def lift(reference: str, as_person: AsPerson, reason: Reason = "") -> None:
    """Lifts a legal hold."""
    with refusals():
        house, about = _about(reference, as_person, reason)
        with house.store.work() as work:
            retention.lift(work, house, **about)
    typer.echo("Lifted.")


@app.command("propose")
def propose(
    reference: str,
    as_person: AsPerson,
    ground: Annotated[Ground, typer.Option("--ground")] = Ground.TIME_IS_OVER,
    reason: Reason = "",
) -> None:
    """Proposes to destroy the words of a record. Somebody else must agree."""
    with refusals():
        house, about = _about(reference, as_person, reason)
        with house.store.work() as work:
            retention.propose(work, house, ground=ground, **about)
    typer.echo("Proposed. Somebody else must agree.")


@app.command("withdraw")
def withdraw(reference: str, as_person: AsPerson, reason: Reason = "") -> None:
    """Ends a proposal."""
    with refusals():
        house, about = _about(reference, as_person, reason)
        with house.store.work() as work:
            retention.withdraw(work, house, **about)
    typer.echo("Not proposed any more.")


@app.command("agree")
def agree(reference: str, as_person: AsPerson) -> None:
    """Agrees to what somebody else proposed: the words are destroyed for good."""
    with refusals():
        house = built()
        person = known_person(house, as_person)
        with house.store.work() as work:
            retention.agree(work, house, by=person, reference=reference)
    typer.echo("Its words are destroyed. Run `heard backup`, so that older backups lose them too.")


def _about(reference: str, as_person: str, reason: str) -> tuple[Built, dict[str, str]]:
    house = built()
    person = known_person(house, as_person)
    return house, {"by": person, "reference": reference, "reason": reason}
