"""`heard records`: list, show, export, verify."""

from __future__ import annotations

from typing import Any

import typer

from casework.facts import Entry
from records import access
from records.verify import verify as verify_chain
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

app = typer.Typer(no_args_is_help=True, help="Records: list, show, verify, export.")


@app.command("list")
def list_records(as_person: AsPerson, as_json: AsJson = False) -> None:
    """The records that a person may know of."""
    with refusals():
        house = built()
        seen = access.visible(house.store, house.organisation, known_person(house, as_person))
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


@app.command("export")
def export_record(
    reference: str, as_person: AsPerson, reason: Reason = "", as_json: AsJson = True
) -> None:
    """One record with its hashes, as JSON."""
    print_json(_opened(reference, as_person, reason))


def _opened(reference: str, as_person: str, reason: str) -> dict[str, Any]:
    with refusals():
        house = built()
        opened = access.open_record(
            house.store,
            house.organisation,
            person=known_person(house, as_person),
            reference=reference,
            reason=reason,
        )
    head = opened.summary.head
    return {
        **_summary(opened.summary),
        "reporter": head.reporter,
        "policy": {"name": head.pack, "version": head.pack_version, "sha256": head.pack_hash},
        "entries": [_entry(entry) for entry in opened.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    times = {
        name: getattr(entry, name).isoformat() if getattr(entry, name) else None
        for name in ("happened_at", "told_at", "written_at")
    }
    return {
        "seq": entry.seq,
        "kind": str(entry.kind),
        "text": str(entry.text),
        "by": entry.by,
        **times,
        "topic": entry.topic,
        "value": entry.value,
        "links_to": entry.links_to,
        "relation": entry.relation,
        "hash": entry.hash,
    }


@app.command("verify")
def verify_records(as_json: AsJson = False) -> None:
    """Reads the whole chain and says whether a line was changed, removed or added."""
    with refusals():
        house = built()
        with house.engine.connect() as connection:
            verdict = verify_chain(connection)
    if as_json:
        print_json({"entries": verdict.entries, "head": verdict.head, "fault": verdict.fault})
    elif verdict.fault is None:
        typer.echo(f"{verdict.entries} entries, the chain is whole. Head {verdict.head}")
    if verdict.fault is not None:
        typer.echo(f"The chain is broken: {verdict.fault}.", err=True)
        raise typer.Exit(SAID_NO)
