"""The command line, `heard` (design.md section 6). Exit codes: 0 done, 1 said no, 2 wrong use."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from casework.check import check as check_organisation
from casework.vocabulary import utc_now
from run import auditing, bench, logs, service, system
from run.bootstrap import Built, build
from run.commands import (
    access,
    backups,
    duties,
    escalations,
    evaluation,
    keys,
    people,
    policy,
    records,
    retention,
)
from run.commands.shared import (
    SAID_NO,
    WRONG_USE,
    AsJson,
    AsPerson,
    Organisation,
    built,
    known_person,
    print_json,
    refusals,
    say_progress,
)
from run.settings import Settings
from run.slack import check_slack, without_slack

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(records.app, name="records")
app.add_typer(access.app, name="access")
app.add_typer(people.app, name="people")
app.add_typer(retention.app, name="retention")
app.add_typer(escalations.app, name="escalations")
app.add_typer(duties.app, name="duties")
app.add_typer(evaluation.app, name="eval")
app.add_typer(policy.app, name="policy")
app.add_typer(keys.app, name="keys")
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Port of the pages; 0 takes a free one.")] = 8080,
    organisation: Organisation = None,
) -> None:
    """Starts dialogue and service; prints the address and a sign-in link per person."""
    with refusals():
        settings = Settings.read(organisation=organisation)
        system.refuse_second(settings)
        logs.to_file(settings.logs)
        house = build(settings)
        say_progress("Starting …")
        service.serve(
            house,
            port=port,
            say=say_progress,
            ready=_say_ready(house),
            slack=settings.outgoing.slack,
        )
    say_progress("Stopped.")


def _say_ready(house: Built):  # type: ignore[no-untyped-def]
    def ready(started: service.Started) -> None:
        typer.echo(f"\nHeard is at {started.address}")
        if started.slack is not None:
            typer.echo(started.slack)
        typer.echo("Each link signs one person in, once:\n")
        width = max(len(person.name) for person in house.organisation.people)
        for person in house.organisation.people:
            typer.echo(f"  {person.name:<{width}}  {started.sign_in[person.id]}")
        typer.echo("\nStop with Ctrl-C.")

    return ready


@app.command()
def chat(as_person: AsPerson, organisation: Organisation = None, as_json: AsJson = False) -> None:
    """A conversation in the terminal."""
    from connectors.terminal import chat as terminal
    from connectors.terminal.client import Client, Refused

    with refusals():
        house = built(organisation)
        person = known_person(house, as_person)
        with system.running(house.settings) as address:
            try:
                client = Client(address, house.links.make(person))
                talk = terminal.chat_json if as_json else terminal.chat_by_hand
                talk(client, sys.stdin, sys.stdout)
                client.close()
            except terminal.WrongUse as wrong:
                typer.echo(str(wrong), err=True)
                raise typer.Exit(WRONG_USE) from None
            except Refused as refused:
                typer.echo(str(refused), err=True)
                raise typer.Exit(SAID_NO) from None


@app.command()
def check(
    organisation: Organisation = None,
    slack: Annotated[
        bool, typer.Option("--slack", help="Also tries Slack: tokens, scopes, and every person.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Reads the organisation file and its pack; says file, line and cure of every fault."""
    with refusals():
        settings = Settings.read(organisation=organisation)
        faults = check_organisation(settings.organisation, today=utc_now().date())
        troubles = check_slack(settings) if slack else []
    if as_json:
        print_json([*map(asdict, faults), *map(asdict, troubles)])
    else:
        for fault in faults:
            typer.echo(f"{fault.file}:{fault.line}: {fault.message} {fault.cure}", err=True)
        for trouble in troubles:
            typer.echo(f"{trouble.setting}: {trouble.message} {trouble.cure}", err=True)
        if slack:
            typer.echo(without_slack(settings), err=True, nl=False)
    if faults or troubles:
        raise typer.Exit(SAID_NO)
    if not as_json:
        typer.echo("Nothing to mend.")


@app.command(name="auditor")
def auditor_command(organisation: Organisation = None) -> None:
    """Watches the ladders from a process of its own. `heard up` starts one; another may run on
    another machine, on the same database, and goes on when Heard does not."""
    with refusals():
        environment = Settings.read(organisation=organisation).for_auditor(os.environ)
    os.execve(auditing.COMMAND[0], auditing.COMMAND, environment)  # noqa: S606 (it becomes the auditor)


@app.command(name="bench")
def bench_command(organisation: Organisation = None, as_json: AsJson = False) -> None:
    """Measures speed and size on the real processes, in a home of its own."""
    with refusals():
        file = Settings.read(organisation=organisation).organisation
        figures = bench.run(file, say_progress)
    if as_json:
        print_json(figures)
        return
    for name, figure in figures.items():
        typer.echo(f"{name:<22} {figure['measured']:>8}   target {figure['target']}")
