"""`heard eval`: the shipped models over labelled lines (formats: design.md section 6)."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import coach
from casework.errors import CallerMistake
from casework.talk import NEEDS
from coach.evaluate import LABELS, Line, Row, Task, as_label, evaluate, rows
from connectors.dialogue import Dialogue
from records.engine import sqlite_url
from run.bootstrap import build
from run.dialogue import DialogueMissing, DialogueProcess, Seam, free_port, train_if_stale
from run.settings import DEMONSTRATION, Settings

AT_ONCE = 100
NOTHING_ELSE = "smalltalk_or_off_topic"


class BadLines(CallerMistake):
    """A line of the file is not in the form of its task."""

    code = "bad_lines"


def read_lines(path: Path, task: Task) -> list[Line]:
    """The labelled lines. Raises BadLines with the line's number, or why there are none."""
    try:
        written = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadLines(f"{path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadLines(f"{path}: not UTF-8 text.") from None
    lines: list[Line] = []
    for number, text in enumerate(written.splitlines(), 1):
        try:
            row = json.loads(text)
        except ValueError:
            raise BadLines(f"{path}:{number}: not JSON.") from None
        if not isinstance(row, dict) or not {"text", LABELS[task]} <= set(row):
            raise BadLines(f'{path}:{number}: it needs "text" and "{LABELS[task]}".')
        lines.append(row)
    if not lines:
        raise BadLines(f"{path}: no lines.")
    return lines


def score(task: Task, lines: Sequence[Line], say: Callable[[str], None]) -> dict[str, Any]:
    """n, accuracy, macro_f1, per_label, wrong; for questions also the figures for `risky`, for
    danger how many of a hundred lines without it raise an alarm."""
    labelled = rows(lines, LABELS[task])
    if task == "intents":
        found = iter(_needs([line["text"] for line in lines], say))
        return {**evaluate(labelled, lambda _: next(found))}
    reader = coach.load()
    if task == "answers":
        return {**evaluate(labelled, lambda line: _answer(reader, line))}
    if task == "promises":
        return {
            **evaluate(labelled, lambda line: as_label(reader.promise(line["text"]) is not None))
        }
    if task == "danger":
        return _danger(reader, labelled)
    by_risk = evaluate(rows(lines, "risky"), lambda line: as_label(_advice(reader, line).risky))
    by_type = evaluate(labelled, lambda line: _advice(reader, line).type)
    return {**by_type, "risky": {key: by_risk[key] for key in ("accuracy", "macro_f1")}}


def _danger(reader: coach.Coach, labelled: Sequence[Row]) -> dict[str, Any]:
    report = evaluate(labelled, lambda line: as_label(reader.danger(line["text"]) is not None))
    calm = sum(row.label == "false" for row in labelled)
    alarms = sum(wrong["label"] == "false" for wrong in report["wrong"])
    return {**report, "false_alarms_in_100": 100 * alarms / calm if calm else 0.0}


def _answer(reader: coach.Coach, line: Line) -> str:
    return reader.answer(line["question"], line["text"]).value


def _advice(reader: coach.Coach, line: Line) -> coach.WordingAdvice:
    return reader.question(line["text"], [line.get("context") or ""])


def _needs(texts: list[str], say: Callable[[str], None]) -> list[str]:
    """What the dialogue's own model understands; the best of the needs, commands left aside."""
    model = train_if_stale(say)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        built = build(Settings(home, DEMONSTRATION, sqlite_url(home / "heard.db")))
        built.settings.logs.mkdir()
        seam = Seam(port=free_port(), action_port=free_port())
        process = DialogueProcess(built.settings, built.vault, model, seam)
        process.start()
        try:
            return asyncio.run(_parse(process, Dialogue(seam.address, seam.token), texts))
        finally:
            process.stop()
            built.engine.dispose()


async def _parse(process: DialogueProcess, dialogue: Dialogue, texts: list[str]) -> list[str]:
    if not await process.until_ready(dialogue):
        raise DialogueMissing("The dialogue did not come up.")
    found: list[str] = []
    for start in range(0, len(texts), AT_ONCE):
        results = await dialogue.parse(texts[start : start + AT_ONCE])
        found += [_need(result) for result in results]
    await dialogue.close()
    return found


def _need(result: dict[str, Any]) -> str:
    ranked = [result["intent"], *(entry["name"] for entry in result["ranking"])]
    return next((name for name in ranked if name in NEEDS), NOTHING_ELSE)
