"""`heard records evidence` and `board-paper`: for trustees, regulators and funders; no names."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from desk.papers.board import make_board_pdf, make_evidence_pdf
from desk.roles import role_titles
from records.exports import board, evidence
from run.commands.exports import (
    AsFormat,
    Format,
    To,
    archive,
    hand_over_json,
    hand_over_pdf,
    refuse_to_print,
)
from run.commands.shared import AsPerson, Reason, built, known_person, refusals

app = typer.Typer()


@app.command("evidence")
def make_evidence(
    reference: str,
    as_person: AsPerson,
    reason: Reason = "",
    to: To = None,
    format_: AsFormat = Format.PDF,
) -> None:
    """That the process was followed in one case: roles, times, the chain; no names, no words."""
    refuse_to_print(format_, to)
    with refusals():
        house = built()
        made = evidence.make_evidence(
            archive(house),
            person=known_person(house, as_person),
            reference=reference,
            reason=reason,
            role_of=role_titles(house),
        )
        if format_ is Format.PDF:
            hand_over_pdf(make_evidence_pdf(made, house.organisation), to)
        else:
            hand_over_json(evidence.as_json(made, house.organisation.name), to)


@app.command("board-paper")
def make_board_paper(
    as_person: AsPerson,
    quarter: Annotated[str, typer.Option("--quarter", help="Such as 2026-Q1; it must be over.")],
    reason: Reason = "",
    to: To = None,
    format_: AsFormat = Format.PDF,
) -> None:
    """How many, how fast, how far in a quarter; small numbers are held back."""
    refuse_to_print(format_, to)
    with refusals():
        house = built()
        person = known_person(house, as_person)
        paper = board.make_board_paper(
            archive(house), person=person, quarter=quarter, reason=reason
        )
        if format_ is Format.PDF:
            hand_over_pdf(make_board_pdf(paper, house.organisation), to)
        else:
            hand_over_json({**asdict(paper), "at": paper.at.isoformat()}, to)
