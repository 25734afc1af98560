"""A reply is read in the light of the question as it stands on the screen."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML

from casework.questions import YES_NO
from coach.rulebook import Rulebook
from run.settings import ROOT

RESPONSES: dict[str, Any] = YAML(typ="safe").load(ROOT / "domain.yml")["responses"]


def on_screen(question: str) -> list[str]:
    names = (f"utter_ask_{form}_{question}" for form in ("danger_form", "record_form"))
    return [RESPONSES[name][0]["text"] for name in names if name in RESPONSES]


def test_every_yes_or_no_question_has_its_wording() -> None:
    assert set(Rulebook.read().wordings) >= set(YES_NO)


def test_the_first_wording_is_the_one_on_the_screen() -> None:
    wordings = Rulebook.read().wordings
    for question in YES_NO:
        for sentence in on_screen(question):
            assert sentence.startswith(wordings[question][0]), question
