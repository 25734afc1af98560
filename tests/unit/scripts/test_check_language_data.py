"""The check of the language data, on files of a few rows and on the real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from run.settings import ROOT
from scripts.check_language_data import check

PROMISE = {"text": "told him ill keep it to myself", "promise": True, "idea": "to-myself"}
QUESTION = {
    "text": "who hit you",
    "context": "my uncle hit me",
    "type": "directive",
    "risky": False,
    "idea": "who-hit",
}
UNCALLED_FOR = QUESTION | {"context": "", "type": "suggestive", "risky": True}
ANSWER = {"question": "Is she safe?", "text": "for now yeh", "answer": "yes", "idea": "for-now"}
DANGER = {"text": "hes got a knife at the door", "danger": True, "idea": "knife-at-door"}

ONE_OF_EACH = [
    ("questions.jsonl", QUESTION),
    ("promises.jsonl", PROMISE),
    ("answers.jsonl", ANSWER),
    ("danger.jsonl", DANGER),
]


def faults_of(
    root: Path, name: str, *rows: dict[str, Any], unseen: dict[str, Any] | None = None
) -> list[str]:
    for folder, lines in (("data/coach", rows), ("tests/language", [unseen] if unseen else [])):
        path = root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return [fault for fault in check(root)[2] if fault.startswith("data/coach/")]


@pytest.mark.parametrize(("name", "row"), ONE_OF_EACH)
def test_a_well_made_row_of_each_format_has_no_fault(
    tmp_path: Path, name: str, row: dict[str, Any]
) -> None:
    assert faults_of(tmp_path, name, row) == []


@pytest.mark.parametrize(("name", "row"), ONE_OF_EACH)
def test_a_row_without_its_idea_is_refused(tmp_path: Path, name: str, row: dict[str, Any]) -> None:
    without = {field: value for field, value in row.items() if field != "idea"}
    assert "wrong fields" in faults_of(tmp_path, name, without)[0]


def test_a_risky_question_that_is_labelled_harmless_is_refused(tmp_path: Path) -> None:
    [fault] = faults_of(tmp_path, "questions.jsonl", UNCALLED_FOR | {"risky": False})
    assert fault.startswith("data/coach/questions.jsonl:1: risky contradicts type")


def test_a_label_nobody_defined_is_refused(tmp_path: Path) -> None:
    [fault] = faults_of(tmp_path, "questions.jsonl", QUESTION | {"type": "leading"})
    assert "type is 'leading'" in fault


def test_an_idea_that_is_no_slug_is_refused(tmp_path: Path) -> None:
    [fault] = faults_of(tmp_path, "promises.jsonl", PROMISE | {"idea": "To myself"})
    assert "idea is 'To myself'" in fault


def test_a_near_copy_is_named_with_its_original(tmp_path: Path) -> None:
    copy = PROMISE | {"text": "told him ill keep it to myself x", "idea": "with-a-kiss"}
    [fault] = faults_of(tmp_path, "promises.jsonl", PROMISE, copy)
    assert fault.startswith("data/coach/promises.jsonl:2:")
    assert "like data/coach/promises.jsonl:1." in fault


def test_one_idea_may_ask_the_same_in_two_contexts(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "questions.jsonl", QUESTION, UNCALLED_FOR) == []


def test_two_ideas_may_not_ask_the_same(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "questions.jsonl", QUESTION, UNCALLED_FOR | {"idea": "other"})


def test_one_text_in_one_context_cannot_mean_two_things(tmp_path: Path) -> None:
    other = UNCALLED_FOR | {"context": QUESTION["context"]}
    assert faults_of(tmp_path, "questions.jsonl", QUESTION, other)


def test_a_row_of_the_unseen_test_is_a_leak(tmp_path: Path) -> None:
    unseen = {"text": "told him i'll keep it to myself", "promise": True}
    [fault] = faults_of(tmp_path, "promises.jsonl", PROMISE, unseen=unseen)
    assert "like test row tests/language/promises.jsonl:1" in fault


def test_a_short_question_leaks_only_with_its_context(tmp_path: Path) -> None:
    unseen = {field: value for field, value in QUESTION.items() if field != "idea"}
    assert faults_of(tmp_path, "questions.jsonl", UNCALLED_FOR, unseen=unseen) == []
    assert faults_of(tmp_path, "questions.jsonl", QUESTION, unseen=unseen)


def test_the_language_data_of_this_repository_has_no_fault() -> None:
    training, unseen, faults = check(ROOT)
    assert faults == []
    assert training
    assert unseen
