"""`heard records`: list, show, verify. Exports are in exports.py."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from casework.errors import NothingToSign
from casework.vocabulary import utc_now
from records import access, checkpoints
from records.anchors import keep, read_anchors
from records.checkpoints import Signer
from records.engine import snapshot
from records.exports.record import described
from records.files import write_private
from records.proof import VERIFIER, chain_lines
from records.verify import Verdict
from records.verify import verify as verify_chain
from run.commands import exports, papers
from run.commands.shared import (
    SAID_NO,
    AsJson,
    AsPerson,
    Reason,
    built,
    known_person,
    print_json,
    refusals,
)

Against = Annotated[
    Path | None, typer.Option("--against", help="Checkpoints that were kept outside.")
]
app = typer.Typer(no_args_is_help=True, help="Records: list, show, verify, export.")
app.add_typer(exports.app)
app.add_typer(papers.app)


@app.command("list")
def list_records(as_person: AsPerson, as_json: AsJson = False) -> None:
    """The records that a person may know of."""
    with refusals():
        house = built()
        seen = access.visible(house.store, house, known_person(house, as_person))
        rows = [_summary(one) for one in seen]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['reference']}  {row['kind']}  {row['status']}  {row['opened_at']}")


def _summary(one: access.Summary) -> dict[str, Any]:
    return {
        "reference": one.head.reference,
        "kind": str(one.head.kind),
        "status": str(one.status),
        "opened_at": one.head.opened_at.isoformat(),
    }


@app.command("show")
def show_record(
    reference: str, as_person: AsPerson, reason: Reason = "", as_json: AsJson = False
) -> None:
    """Opens one record. It asks for a reason, and keeps it."""
    content = _opened(reference, as_person, reason)
    if as_json:
        print_json(content)
        return
    typer.echo(f"{content['reference']}  {content['kind']}  {content['status']}")
    for entry in content["entries"]:
        typer.echo(f"{entry['seq']:>3}  {entry['written_at']}  {entry['kind']:<15} {entry['text']}")


def _opened(reference: str, as_person: str, reason: str) -> dict[str, Any]:
    with refusals():
        house = built()
        opened = access.open_record(
            house.store,
            house,
            person=known_person(house, as_person),
            reference=reference,
            reason=reason,
        )
    return described(opened)


@app.command("verify")
def verify_records(against: Against = None, as_json: AsJson = False) -> None:
    """Reads the whole chain and says which line was changed, removed or added."""
    with refusals():
        house = built()
        anchors = [*read_anchors(against), *(one for p in house.places for one in p.kept())]
        with snapshot(house.engine).connect() as connection:
            verdict = verify_chain(connection, vault=house.vault, anchors=anchors)
    if as_json:
        print_json({**asdict(verdict), "fault": verdict.fault})
    elif verdict.fault is None:
        typer.echo(f"{verdict.entries} entries, the chain is whole. Head {verdict.head}")
        typer.echo(f"{verdict.checkpoints} checkpoints. {_vouched(verdict)}")
    for note in verdict.notes if not as_json else ():
        typer.echo(f"Known: {note}.")
    for fault in verdict.faults if not as_json else ():
        typer.echo(f"The chain is broken: {fault}.", err=True)
    if verdict.faults:
        raise typer.Exit(SAID_NO)


def _vouched(verdict: Verdict) -> str:
    if not verdict.anchored:
        return "None of them was compared with one kept outside (--against)."
    return f"Up to entry {verdict.anchored} it is what was kept outside."


@app.command("checkpoint")
def make_checkpoint(as_json: AsJson = False) -> None:
    """Signs the head of the chain now, and prints it: keep it where nobody here can change it."""
    with refusals():
        house = built()
        signer = Signer(house.vault)
        wrong = keep(house.engine, signer, utc_now, house.places)
        made = checkpoints.make(house.engine, signer, utc_now)
        if made is None:
            raise NothingToSign
        for one in wrong:
            raise one
    if as_json:
        print_json({**made.content, "line": made.line})
        return
    typer.echo(made.line)


@app.command("chain")
def export_chain(to: Annotated[Path, typer.Option("--to", help="File to write.")]) -> None:
    """The whole chain without a word of content, for the stand-alone verifier beside it."""
    with refusals():
        house = built()
        checkpoints.make(house.engine, Signer(house.vault), utc_now)
        with snapshot(house.engine).connect() as connection:
            write_private(to, "".join(f"{line}\n" for line in chain_lines(connection)).encode())
        write_private(to.with_name(VERIFIER.name), VERIFIER.read_bytes())
    typer.echo(f"python3 {VERIFIER.name} {to.name}")


@app.command("public-key")
def public_key() -> None:
    """The key that checkpoints are signed with, for whoever checks an export."""
    with refusals():
        typer.echo(Signer(built().vault).public_key)
