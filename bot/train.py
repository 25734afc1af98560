"""Trains the model of the project in the working directory: `python -m bot.train --out models`.

Prints the model's path on standard output and what it is doing on standard error. A model that
is there already is not trained again. Exits 1 when the data is at fault, 2 on wrong use.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import random
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from bot import lean
from bot.fingerprint import cache_path, fingerprint, model_path

SEED = 20260101
CONFIG, DOMAIN = "config.yml", "domain.yml"
# Not data/stories: what the rules decide is held against them afterwards (bot/stories.py). Learned
# from, they do harm. Rasa forgets the turns in which a form was answered when it reads a story's
# actions, but not when it reads its states (TrackerWithCachedStates), so that the two slip apart
# and RulePolicy learns to leave a form in the wrong places.
DATA = ["data/nlu", "data/rules"]


class Progress(logging.Handler):
    """Turns Rasa's own lines about each component into a line that a person can read."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage().replace("component ", "").replace("'", ""))


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains, or prints the fingerprint; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.train", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("models"))
    parser.add_argument("--print-fingerprint", action="store_true")
    chosen = parser.parse_args(arguments)
    project = Path.cwd()
    missing = [name for name in (CONFIG, DOMAIN, *DATA) if not (project / name).exists()]
    if missing:
        say(f"Not here: {', '.join(missing)}. Run this in the folder that holds config.yml.")
        return 2
    if chosen.print_fingerprint:
        print(fingerprint(project))
        return 0
    return _train(model_path(project, chosen.out), cache_path(project, chosen.out))


def say(line: str) -> None:
    """Shows a person one line of progress."""
    print(line, file=sys.stderr, flush=True)


def _train(model: Path, cache: Path) -> int:
    if not model.exists():
        say("Preparing to train (this takes some seconds).")
        cache.mkdir(parents=True, exist_ok=True)
        prepare(cache)
        chatter = io.StringIO()
        with contextlib.redirect_stdout(chatter):  # standard output is for the path alone
            trained = is_valid(DATA) and _is_trained(model)
        if not trained:
            say(f"{chatter.getvalue()}Not trained: correct this, then run it again.")
            return 1
    print(model)
    return 0


def prepare(cache: Path) -> None:
    """Sets what Rasa reads once, at import: telemetry, cache, seeds, what it prints."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["RASA_CACHE_DIRECTORY"] = str(cache)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["LOG_LEVEL"] = "ERROR"  # or tqdm's bars overwrite our lines
    warnings.showwarning = lambda *_: None  # libraries switch their filters back on
    lean.leave_out_channels()
    import numpy
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    random.seed(SEED)
    numpy.random.seed(SEED)
    hooks = logging.getLogger("rasa.engine.training.hooks")
    hooks.setLevel(logging.INFO)
    hooks.propagate = False
    hooks.addHandler(Progress())


def is_valid(data: list[str]) -> bool:
    """Runs what `rasa data validate` runs; where it finds an error, shows what it said."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    say("Checking the training data.")
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        check = Validator.from_importer(TrainingDataImporter.load_from_config(CONFIG, DOMAIN, data))
        # Each is asked, so that one run shows every fault.
        verdicts = [
            check.verify_domain_validity(),
            check.verify_actions_in_stories_rules(),
            check.verify_forms_in_stories_rules(),
            check.verify_form_slots(),
            check.verify_slot_mappings(),
            check.verify_nlu(ignore_warnings=True),
            check.verify_story_structure(ignore_warnings=True),
        ]
    if not all(verdicts):
        for each in dict.fromkeys(str(w.message) for w in found if w.category is UserWarning):
            say(f"- {each}")
    return all(verdicts)


def _is_trained(model: Path) -> bool:
    """Trains beside the final place and moves the file there, so that no half model is found."""
    import rasa.model_training
    from rasa.shared.exceptions import RasaException

    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".training-") as folder:
        try:
            result = rasa.model_training.train(DOMAIN, CONFIG, list(DATA), output=folder)
        except RasaException as fault:
            say(str(fault))
            return False
        except SystemExit:  # Rasa's way to refuse slots that the domain does not have
            return False
        if result.model:
            os.replace(result.model, model)
    return result.model is not None


if __name__ == "__main__":
    sys.exit(main())
