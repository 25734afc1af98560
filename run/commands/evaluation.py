"""`heard eval`: the shipped models over labelled lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from coach.evaluate import LABELS, Task
from run import evaluate
from run.commands.shared import AsJson, print_json, refusals, say_progress

app = typer.Typer(no_args_is_help=True, help="Scores the shipped models on labelled lines.")


def _eval_command(task: Task) -> None:
    @app.command(task, help=f"Scores {task} over labelled lines.")
    def command(file: Path, as_json: AsJson = False) -> None:
        with refusals():
            rows = evaluate.read_lines(file, task)
            report = evaluate.score(task, rows, say_progress)
        if as_json:
            print_json(report)
        else:
            _print_report(report)


def _print_report(report: dict[str, Any]) -> None:
    typer.echo(f"n {report['n']}  accuracy {report['accuracy']:.3f}", nl=False)
    typer.echo(f"  macro_f1 {report['macro_f1']:.3f}")
    if "false_alarms_in_100" in report:
        typer.echo(
            f"  false alarms in 100 lines without danger {report['false_alarms_in_100']:.1f}"
        )
    for label, one in report["per_label"].items():
        figures = "  ".join(f"{name} {one[name]:.2f}" for name in ("precision", "recall", "f1"))
        typer.echo(f"  {label:<24} {figures}")
    for line in report["wrong"]:
        typer.echo(f"  wrong: {json.dumps(line)}")


for _task in LABELS:
    _eval_command(_task)
