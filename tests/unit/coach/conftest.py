"""One coach for all its tests: building it takes about half a second."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import coach

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture(scope="session")
def reads() -> coach.Coach:
    return coach.load()


@pytest.fixture(scope="session")
def examples() -> Callable[[str], list[dict[str, Any]]]:
    def lines(name: str) -> list[dict[str, Any]]:
        text = (EXAMPLES / f"{name}.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    return lines
