"""Houses of the five organisations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.home import Home, Known
from tests.unit.usecases.walk import Housed, house_of, known_of


@pytest.fixture
def housed(known: Known, template: Path, tmp_path: Path) -> Iterator[Housed]:
    """A house of any of the five organisations."""
    opened: list[Home] = []

    def house(pack: str) -> Home:
        theirs = known_of(pack, known.coach, known.phrases)
        opened.append(house_of(theirs, template, tmp_path / pack))
        return opened[-1]

    yield house
    for home in opened:
        home.engine.dispose()
