"""The command line, `heard` (design.md section 6). Exit codes: 0 done, 1 said no, 2 wrong use."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from casework import escalate
from casework.check import check as check_organisation
from casework.errors import HeardError
from casework.facts import Entry, Escalation
from casework.vocabulary import utc_now
from coach.evaluate import LABELS, Task
from policy.document import FaultyFile
from records import access
from records.verify import verify as verify_chain
from run import bench, evaluate, logs, service, system
from run.bootstrap import Built, build
from run.dialogue import DialogueMissing
from run.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
records = typer.Typer(no_args_is_help=True, help="Records: list, show, verify, export.")
escalations = typer.Typer(no_args_is_help=True, help="Who has been asked, and who has it.")
evaluation = typer.Typer(no_args_is_help=True, help="Scores the shipped models on labelled lines.")
app.add_typer(records, name="records")
app.add_typer(escalations, name="escalations")
app.add_typer(evaluation, name="eval")

Organisation = Annotated[Path | None, typer.Option("--organisation", help="Organisation file.")]
AsPerson = Annotated[str, typer.Option("--as", help="A person's id in the organisation file.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Reason = Annotated[str, typer.Option("--reason", help="Why it is opened; kept in the record.")]

SAID_NO = 1
WRONG_USE = 2


@contextmanager
def _refusals() -> Iterator[None]:
    """Says why not, on standard error, and leaves with 1."""
    try:
        yield
    except FaultyFile as faulty:
        for fault in faulty.faults:
            typer.echo(f"{fault.file}:{fault.line}: {fault.message} {fault.cure}", err=True)
        raise typer.Exit(SAID_NO) from None
    except (HeardError, DialogueMissing, service.CannotStart) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(SAID_NO) from None


def _built(organisation: Path | None = None) -> Built:
    return build(Settings.read(organisation=organisation))


def _person(built: Built, person: str) -> str:
    known = [one.id for one in built.organisation.people]
    if person not in known:
        typer.echo(f"There is no {person!r}. Use one of: {', '.join(known)}.", err=True)
        raise typer.Exit(WRONG_USE)
    return person


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content))


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Port of the pages; 0 takes a free one.")] = 8080,
    organisation: Organisation = None,
) -> None:
    """Starts dialogue and service; prints the address and a sign-in link per person."""
    with _refusals():
        settings = Settings.read(organisation=organisation)
        system.refuse_second(settings)
        logs.to_file(settings.logs)
        built = build(settings)
        _say_progress("Starting …")
        service.serve(built, port=port, say=_say_progress, ready=_say_ready(built))
    _say_progress("Stopped.")


def _say_progress(line: str) -> None:
    typer.echo(line, err=True)


def _say_ready(built: Built):  # type: ignore[no-untyped-def]
    def ready(started: service.Started) -> None:
        typer.echo(f"\nHeard is at {started.address}\nEach link signs one person in, once:\n")
        width = max(len(person.name) for person in built.organisation.people)
        for person in built.organisation.people:
            typer.echo(f"  {person.name:<{width}}  {started.sign_in[person.id]}")
        typer.echo("\nStop with Ctrl-C.")

    return ready


@app.command()
def chat(as_person: AsPerson, organisation: Organisation = None, as_json: AsJson = False) -> None:
    """A conversation in the terminal."""
    from connectors.terminal import chat as terminal
    from connectors.terminal.client import Client, Refused

    with _refusals():
        built = _built(organisation)
        person = _person(built, as_person)
        with system.running(built.settings) as address:
            try:
                client = Client(address, built.links.make(person))
                talk = terminal.chat_json if as_json else terminal.chat_by_hand
                talk(client, sys.stdin, sys.stdout)
                client.close()
            except terminal.WrongUse as wrong:
                typer.echo(str(wrong), err=True)
                raise typer.Exit(WRONG_USE) from None
            except Refused as refused:
                typer.echo(str(refused), err=True)
                raise typer.Exit(SAID_NO) from None


@records.command("list")
def list_records(as_person: AsPerson, as_json: AsJson = False) -> None:
    """The records that a person may know of."""
    with _refusals():
        built = _built()
        seen = access.visible(built.store, built.organisation, _person(built, as_person))
        rows = [_summary(one) for one in seen]
    if as_json:
        _print_json(rows)
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


@records.command("show")
def show_record(
    reference: str, as_person: AsPerson, reason: Reason = "", as_json: AsJson = False
) -> None:
    """Opens one record. It asks for a reason, and keeps it."""
    content = _opened(reference, as_person, reason)
    if as_json:
        _print_json(content)
        return
    typer.echo(f"{content['reference']}  {content['kind']}  {content['status']}")
    for entry in content["entries"]:
        typer.echo(f"{entry['seq']:>3}  {entry['written_at']}  {entry['kind']:<15} {entry['text']}")


@records.command("export")
def export_record(
    reference: str, as_person: AsPerson, reason: Reason = "", as_json: AsJson = True
) -> None:
    """One record with its hashes, as JSON."""
    _print_json(_opened(reference, as_person, reason))


def _opened(reference: str, as_person: str, reason: str) -> dict[str, Any]:
    with _refusals():
        built = _built()
        opened = access.open_record(
            built.store,
            built.organisation,
            person=_person(built, as_person),
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


@records.command("verify")
def verify_records(as_json: AsJson = False) -> None:
    """Reads the whole chain and says whether a line was changed, removed or added."""
    with _refusals():
        built = _built()
        with built.engine.connect() as connection:
            verdict = verify_chain(connection)
    if as_json:
        _print_json({"entries": verdict.entries, "head": verdict.head, "fault": verdict.fault})
    elif verdict.fault is None:
        typer.echo(f"{verdict.entries} entries, the chain is whole. Head {verdict.head}")
    if verdict.fault is not None:
        typer.echo(f"The chain is broken: {verdict.fault}.", err=True)
        raise typer.Exit(SAID_NO)


@escalations.command("list")
def list_escalations(as_json: AsJson = False) -> None:
    """Every case that climbs: whose turn it is, since when, and until when."""
    with _refusals():
        built = _built()
        with built.store.read() as work:
            rows = [_escalation(one) for one in work.escalations.open_ones()]
    if as_json:
        _print_json(rows)
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


@escalations.command("acknowledge")
def acknowledge(reference: str, as_person: AsPerson) -> None:
    """Takes a case. A second person is told who has it."""
    with _refusals():
        built = _built()
        person = _person(built, as_person)
        with built.store.work() as work:
            escalate.acknowledge(built.house, work, reference, person)
    typer.echo(f"You have {reference}.")


@app.command()
def check(organisation: Organisation = None, as_json: AsJson = False) -> None:
    """Reads the organisation file and its pack; says file, line and cure of every fault."""
    file = Settings.read(organisation=organisation).organisation
    faults = check_organisation(file, today=utc_now().date())
    if as_json:
        _print_json([asdict(fault) for fault in faults])
    for fault in faults if not as_json else ():
        typer.echo(f"{fault.file}:{fault.line}: {fault.message} {fault.cure}", err=True)
    if faults:
        raise typer.Exit(SAID_NO)
    if not as_json:
        typer.echo("Nothing to mend.")


def _eval_command(task: Task) -> None:
    @evaluation.command(task, help=f"Scores {task} over labelled lines.")
    def command(file: Path, as_json: AsJson = False) -> None:
        with _refusals():
            rows = evaluate.read_lines(file, task)
            report = evaluate.score(task, rows, _say_progress)
        if as_json:
            _print_json(report)
        else:
            _print_report(report)


def _print_report(report: dict[str, Any]) -> None:
    typer.echo(f"n {report['n']}  accuracy {report['accuracy']:.3f}", nl=False)
    typer.echo(f"  macro_f1 {report['macro_f1']:.3f}")
    for label, one in report["per_label"].items():
        figures = "  ".join(f"{name} {one[name]:.2f}" for name in ("precision", "recall", "f1"))
        typer.echo(f"  {label:<24} {figures}")
    for line in report["wrong"]:
        typer.echo(f"  wrong: {json.dumps(line)}")


for _task in LABELS:
    _eval_command(_task)


@app.command(name="bench")
def bench_command(organisation: Organisation = None, as_json: AsJson = False) -> None:
    """Measures speed and size on the real processes, in a home of its own."""
    with _refusals():
        file = Settings.read(organisation=organisation).organisation
        figures = bench.run(file, _say_progress)
    if as_json:
        _print_json(figures)
        return
    for name, figure in figures.items():
        typer.echo(f"{name:<22} {figure['measured']:>8}   target {figure['target']}")
