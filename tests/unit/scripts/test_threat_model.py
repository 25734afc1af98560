"""Every row of the threat model is shown by tests that exist."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TESTS = ROOT / "tests"
MODEL = ROOT / "docs" / "threat-model.md"
COLUMNS = ["adversary", "what they do", "what they get", "what stops it", "shown by"]


def rows() -> list[list[str]]:
    """The rows of every table, without their heads."""
    lines = [line for line in MODEL.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row != COLUMNS and not set("".join(row)) <= set("-")]


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, functions))


def test_there_are_tables_and_each_row_is_whole() -> None:
    assert len(rows()) > 40
    for row in rows():
        assert len(row) == len(COLUMNS), row
        assert all(row), row


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}, {row[1]}"[:60])
def test_each_row_is_shown_by_tests_that_exist(row: list[str]) -> None:
    for named in row[-1].split("<br>"):
        file, found, test = named.partition("::")
        assert found, f"{named!r} names no test"
        assert (TESTS / file).is_file(), f"{file} does not exist"
        assert test in names_in(file), f"{file} has no {test}"


def test_a_row_without_a_test_would_be_seen() -> None:
    assert "test_there_is_none_of_this_name" not in names_in("unit/scripts/test_threat_model.py")
    with pytest.raises(FileNotFoundError):
        names_in("unit/no_such_file.py")
