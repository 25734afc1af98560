"""In the log stand ids and codes of our own; of an error, its class; of a library, nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from run import logs

MARKER = "a marker from somebody's words"


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """The log file of a service that has just started."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.to_file(tmp_path / "logs")
    yield tmp_path / "logs" / "service.log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.mark.parametrize("name", ["heard", "heard.line", "escalation.climb", "records.store"])
def test_our_own_lines_are_written(written: Path, name: str) -> None:
    logging.getLogger(name).error("message %s not answered", "0a1b")
    assert f"ERROR {name} message 0a1b not answered" in written.read_text()


@pytest.mark.parametrize(
    "name",
    ["root", "uvicorn.error", "sqlalchemy.engine", "dbos", "rasa_sdk.executor", "heardless", ""],
)
def test_no_line_of_a_library_is_written(written: Path, name: str) -> None:
    logging.getLogger(name).critical(MARKER)
    assert written.read_text() == ""


def test_an_error_is_its_class_and_no_word_more(written: Path) -> None:
    try:
        raise ValueError(MARKER)
    except ValueError:
        logging.getLogger("heard").exception("request failed", stack_info=True)
    assert "request failed (ValueError)" in written.read_text()
    assert MARKER not in written.read_text()
    assert "Traceback" not in written.read_text()


def test_a_warning_of_a_library_is_not_written(written: Path) -> None:
    logging.getLogger("py.warnings").warning(MARKER)
    assert written.read_text() == ""


def test_debug_lines_are_not_written(written: Path) -> None:
    logging.getLogger("heard").debug(MARKER)
    assert written.read_text() == ""


def test_only_its_owner_can_read_the_log(written: Path) -> None:
    assert written.stat().st_mode & 0o777 == 0o600
    assert written.parent.stat().st_mode & 0o077 == 0
