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


def write(root: Path, name: str, *rows: dict[str, Any]) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def as_test_row(row: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in row.items() if field != "idea"}


def faults_in(root: Path, folder: str) -> list[str]:
    faults = [fault for fault in check(root)[2] if fault.startswith(folder)]
    return [fault for fault in faults if "no such file" not in fault]


def faults_of(root: Path, name: str, *rows: dict[str, Any]) -> list[str]:
    write(root, f"data/coach/{name}", *rows)
    return faults_in(root, "data/coach/")


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


@pytest.mark.parametrize("folder", ["tests/language", "tests/language/unseen"])
def test_a_training_row_like_a_test_row_is_the_training_rows_fault(
    tmp_path: Path, folder: str
) -> None:
    write(
        tmp_path,
        f"{folder}/promises.jsonl",
        as_test_row(PROMISE) | {"text": "told him i'll keep it to myself"},
    )
    [fault] = faults_of(tmp_path, "promises.jsonl", PROMISE)
    assert f"like test row {folder}/promises.jsonl:1. Cure: take it out" in fault
    assert faults_in(tmp_path, folder) == []


def test_a_whole_sentence_leaks_into_the_test_of_another_task(tmp_path: Path) -> None:
    write(tmp_path, "tests/language/unseen/danger.jsonl", as_test_row(DANGER))
    assert faults_of(tmp_path, "promises.jsonl", PROMISE | {"text": DANGER["text"]})


def test_a_short_question_leaks_only_with_its_context(tmp_path: Path) -> None:
    write(tmp_path, "tests/language/unseen/questions.jsonl", as_test_row(QUESTION))
    assert faults_of(tmp_path, "questions.jsonl", UNCALLED_FOR) == []
    assert faults_of(tmp_path, "questions.jsonl", QUESTION)


def test_a_short_row_without_context_leaks_into_its_own_test_alone(tmp_path: Path) -> None:
    short = PROMISE | {"text": "mums the word"}
    write(tmp_path, "tests/language/unseen/danger.jsonl", {"text": short["text"], "danger": False})
    assert faults_of(tmp_path, "promises.jsonl", short) == []
    write(tmp_path, "tests/language/unseen/promises.jsonl", as_test_row(short))
    assert faults_of(tmp_path, "promises.jsonl", short)


def test_a_development_row_like_an_unseen_row_is_the_development_rows_fault(
    tmp_path: Path,
) -> None:
    for folder in ("tests/language", "tests/language/unseen"):
        write(tmp_path, f"{folder}/danger.jsonl", as_test_row(DANGER))
    [fault] = faults_in(tmp_path, "tests/language/")
    assert fault.startswith("tests/language/danger.jsonl:1: 1.00 like test row tests/language/uns")


def test_an_unseen_row_with_a_label_nobody_defined_is_refused(tmp_path: Path) -> None:
    write(
        tmp_path, "tests/language/unseen/promises.jsonl", as_test_row(PROMISE) | {"promise": "yes"}
    )
    [fault] = faults_in(tmp_path, "tests/language/unseen/")
    assert "promise is 'yes'" in fault


def test_the_language_data_of_this_repository_has_no_fault() -> None:
    training, tests, faults = check(ROOT)
    assert faults == []
    assert training
    assert tests
