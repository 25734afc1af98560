"""What models/language/scores.json says is what the shipped files reach, here and now."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coach import Coach
from coach.encoder import MODEL
from training.score import SCORES, scores

# Processors round eight-bit products differently, and rows may have been added to data/ since:
# some lines tip over. `make train-language` or `python -m training.score` records anew.
TOLERANCE = 0.02
LARGEST = 30_000_000  # bytes


@pytest.fixture(scope="module")
def found(reads: Coach) -> dict[str, Any]:
    return scores(reads)


def test_the_scores_belong_to_the_shipped_files(found: dict[str, Any]) -> None:
    recorded = json.loads(SCORES.read_text())
    for name in ("lower_sha256", "upper_sha256", "answers_sha256"):
        assert recorded[name] == found[name]


@pytest.mark.parametrize("lines", ["held_out", "tests/language"])
@pytest.mark.parametrize("task", ["needs", "danger", "promise", "answer", "question"])
def test_the_shipped_files_reach_what_is_recorded(
    found: dict[str, Any], lines: str, task: str
) -> None:
    recorded = json.loads(SCORES.read_text())[lines][task]
    for name in recorded.keys() - {"n", "false_alarms_in_100"}:
        assert found[lines][task][name] >= recorded[name] - TOLERANCE, name


def test_the_artefact_is_small_enough_for_git() -> None:
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= LARGEST
    assert (MODEL / "LICENSE").read_text().lstrip().startswith("Apache License")
