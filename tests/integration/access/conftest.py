"""A whole house on each database that can be used, and its pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import make_url

from tests.databases import empty_database, kinds
from tests.unit.conftest import known as known
from tests.unit.home import KEY, Home, Known
from tests.unit.website import make_site

Template = tuple[Path, str]


@pytest.fixture(scope="session", params=kinds())
def template(
    request: pytest.FixtureRequest, known: Known, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Template]:
    """An empty database with its tables and its key, to start from."""
    folder = tmp_path_factory.mktemp("template")
    with empty_database(request.param, folder) as url:
        Home(known, folder, folder, url).engine.dispose()
        yield folder, url


@pytest.fixture
def home(known: Known, template: Template, tmp_path: Path) -> Iterator[Home]:
    folder, made = template
    kind, database = make_url(made).get_backend_name(), str(make_url(made).database)
    shutil.copy(folder / KEY, tmp_path / KEY)
    with empty_database(kind, tmp_path, template=database) as url:
        if kind == "sqlite":
            shutil.copy(database, str(make_url(url).database))
        house = Home(known, tmp_path, tmp_path, url)
        yield house
        house.engine.dispose()


@pytest.fixture
def site(home: Home) -> FastAPI:
    return make_site(home)
