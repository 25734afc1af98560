"""Holds a trained model against data/stories: `python -m bot.stories --model PATH`.

What `rasa data validate` and `rasa test core` do, in one quiet run that leaves no files. Actions
are not called: what they set stands in the stories. Exits 1 when the data is at fault, when the
model decides otherwise than a story (the story is shown, with what was predicted beside the
step), or when there was no story; 2 on wrong use.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.train import DATA, is_valid, prepare, say

STORIES = "data/stories"


def main(arguments: Sequence[str] | None = None) -> int:
    """Validates, then tells each story to the model; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.stories", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    model = parser.parse_args(arguments).model
    if not model.is_file():
        say(f"No model at {model}. `python -m bot.train` makes one and prints where it is.")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        chatter = io.StringIO()
        with contextlib.redirect_stdout(chatter):
            valid = is_valid([*DATA, STORIES])
        if not valid:
            say(f"{chatter.getvalue()}Correct this first.")
            return 1
        return _told(model, Path(folder))


def _told(model: Path, folder: Path) -> int:
    """Tells the stories, and says how it went."""
    told = _score(model, folder)
    if told["total"] == 0:
        say(f"There is no story in {STORIES}.")
        return 1
    if told["correct"] < told["total"]:
        say((folder / "failed_test_stories.yml").read_text(encoding="utf-8"))
        say(f"{told['total'] - told['correct']} of {told['total']} stories went otherwise.")
        return 1
    print(f"{told['total']} stories passed")
    return 0


def _score(model: Path, folder: Path) -> dict[str, Any]:
    """Returns how many stories there were (`total`), and how many went as told (`correct`)."""
    from rasa.core import test
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    with contextlib.redirect_stderr(io.StringIO()):  # a progress bar
        scores = asyncio.run(
            test.test(STORIES, agent, out_directory=str(folder), disable_plotting=True)
        )
    nothing = {"total": 0, "correct": 0}
    told: dict[str, Any] = scores["report"].get("conversation_accuracy", nothing)
    return told


if __name__ == "__main__":
    sys.exit(main())
