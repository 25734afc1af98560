"""`heard policy`: what a policy says, draws and asks for, and what its owner should put right."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casework.organisation import Organisation, read_organisation
from casework.policy_search import Match, PolicySearch
from casework.vocabulary import utc_now
from coach import encoder
from policy.document import Fault
from policy.drawing import draw
from policy.law import Law, load_law
from policy.lint import lint
from policy.own.limits import Refused
from policy.own.passages import passage
from policy.own.reading import read_document
from policy.pack import Pack, load_pack, pack_names, read_pack
from policy.page import page
from run.commands.shared import SAID_NO, WRONG_USE, AsJson, built, print_json, refusals
from run.commands.shared import Organisation as OrganisationFile
from run.coverage import untested_rules
from run.settings import ROOT, Settings

app = typer.Typer(no_args_is_help=True, help="Policies: show, lint, ask, attach.")

PackName = Annotated[
    str | None, typer.Option("--pack", help="A pack's name or file; all of them without it.")
]


@app.command()
def show(
    pack: PackName = None, organisation: OrganisationFile = None, as_json: AsJson = False
) -> None:
    """Prints a pack as a person would read it, and draws its flowchart.

    With --organisation, its own pack, with the exact clauses of the document attached to it.
    """
    today = utc_now().date()
    if organisation is not None:
        _show_own(organisation, today)
        return
    with refusals():
        shown = [(one, _law_for(one.name)) for one in map(load_pack, _names(pack))]
    if as_json:
        documents = [_as_json(one, law, today) for one, law in shown]
        print_json(documents[0] if pack else documents)
        return
    for n, (one, law) in enumerate(shown):
        typer.echo("\n".join([*(["", "=" * 96, ""] if n else []), *page(one, law, today)]))


def _show_own(file: Path, today: date) -> None:
    with refusals():
        house = built(file)
        law = load_law(house.organisation.jurisdiction)
        own = house.policy_documents.of(house.pack.name)
    exact = {r.code: passage(r, own.lines) for r in house.pack.rules} if own else {}
    typer.echo("\n".join(page(house.pack, law, today, exact)))


@app.command("lint")
def lint_packs(pack: PackName = None, as_json: AsJson = False) -> None:
    """Says what a policy's owner should put right: file, line, cure. Leaves with 1 if anything."""
    today, untested = utc_now().date(), untested_rules(ROOT / "docs" / "rules.md")
    found: list[Fault] = []
    with refusals():
        for name in _names(pack):
            document = read_pack(name)
            law = _law_for(document.sound().name)
            found += lint(document, law, today, untested=untested)
    if as_json:
        print_json([asdict(fault) for fault in found])
    for fault in found if not as_json else ():
        typer.echo(str(fault), err=True)
    if found:
        raise typer.Exit(SAID_NO)
    if not as_json:
        typer.echo("Nothing to put right.")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in anybody's words.")],
    pack: Annotated[str, typer.Option("--pack", help="A pack's name or file.")],
    role: Annotated[str, typer.Option("--role", help="A role of the pack: it picks the policy.")],
    as_json: AsJson = False,
) -> None:
    """Says what a policy says about something, the nearest rule first, or that it says nothing."""
    with refusals():
        asked = load_pack(pack)
        if role not in asked.roles:
            known = ", ".join(asked.roles)
            typer.echo(f"There is no role {role!r}. Use one of: {known}.", err=True)
            raise typer.Exit(WRONG_USE)
        found = PolicySearch.shipped(encoder.shared()).ask(asked, pack, [role], question)
    if as_json:
        print_json({"clauses": [_clause(match) for match in found.matches], "found": found.found})
        return
    for match in found.matches:
        rule = match.rule
        typer.echo(f"{rule.code}, clause {rule.clause}: {rule.summary}")
    if not found.found:
        roles = " or ".join(asked.roles[one].title for one in asked.sharing.advice.roles)
        typer.echo(f"I don't find that in your policy. Ask: {roles}.")


def _clause(match: Match) -> dict[str, object]:
    rule = match.rule
    return {
        "code": rule.code,
        "clause": rule.clause,
        "summary": rule.summary,
        "score": match.score,
    }


@app.command()
def attach(
    file: Annotated[Path, typer.Argument(help="The policy as .docx, .pdf or .md.")],
    organisation: OrganisationFile = None,
) -> None:
    """Keeps the organisation's own policy, sealed, so that its exact clauses can be shown."""
    try:
        lines = read_document(file)
    except Refused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(SAID_NO) from None
    with refusals():
        house = built(organisation)
    found = sum(1 for rule in house.pack.rules if passage(rule, lines))
    if not found:  # the wrong file, which would take the place of the right one
        what = f"{file.name} has no clause of {house.pack.title}, so it was not kept."
        cure = "Attach that policy, with its clause numbers or headings."
        typer.echo(f"{what} {cure}", err=True)
        raise typer.Exit(SAID_NO)
    with refusals():
        house.policy_documents.keep(house.pack.name, file.name, lines)
    rules = len(house.pack.rules)
    typer.echo(f"Kept {file.name}: the exact clause was found for {found} of {rules} rules.")


def _names(pack: str | None) -> tuple[str, ...]:
    return (pack,) if pack else pack_names()


def _law_for(pack: str) -> Law:
    organisation = _organisation_of(pack)
    return load_law(organisation.jurisdiction if organisation else "england")


def _organisation_of(pack: str) -> Organisation | None:
    """The organisation in use if it has this pack, or the demonstration that ships with it."""
    for file in (Settings.read().organisation, ROOT / "organisations" / f"{pack}.yml"):
        organisation = read_organisation(file).model if file.exists() else None
        if organisation is not None and organisation.pack.removesuffix(".yml").endswith(pack):
            return organisation
    return None


def _as_json(pack: Pack, law: Law, today: date) -> dict[str, object]:
    return {
        **pack.model_dump(mode="json"),
        "sha256": pack.sha256,
        "overdue": bool(pack.review_due and pack.review_due < today),
        "flowchart_drawn": draw(pack),
        "law": {
            "jurisdiction": law.jurisdiction,
            "read_on": law.read_on.isoformat(),
            "in_force": [e.model_dump(mode="json") for e in law.entries if e.counts(today)],
            "switched_off": [e.model_dump(mode="json") for e in law.switched_off(today)],
        },
    }
