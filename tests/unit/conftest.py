"""A house for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import coach
from casework.organisation import load_organisation
from casework.phrases import Phrasebook
from policy.pack import load_pack
from run.settings import DEMONSTRATION, ROOT
from tests.unit.home import Home, Known, make_template


@pytest.fixture(scope="session")
def known() -> Known:
    organisation = load_organisation(DEMONSTRATION)
    return Known(
        organisation=organisation,
        pack=load_pack(organisation.pack),
        coach=coach.load(),
        phrases=Phrasebook.read(ROOT / "domain.yml"),
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    make_template(folder)
    return folder


@pytest.fixture
def home(known: Known, template: Path, tmp_path: Path) -> Iterator[Home]:
    house = Home(known, template, tmp_path)
    yield house
    house.engine.dispose()
