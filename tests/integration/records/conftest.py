"""Every test here that asks for an archive runs on each database that can be used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import empty_database, kinds
from tests.integration.records.archive import Archive, Template


@pytest.fixture(scope="session", params=kinds())
def template(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Template]:
    """A migrated database without a record; archives start as copies of it."""
    folder = tmp_path_factory.mktemp(request.param)
    with empty_database(request.param, folder) as url:
        key = folder / "keys" / "organisation.key"
        Archive(url, key).close()
        yield Template(request.param, url, key)


@pytest.fixture
def archive(template: Template, tmp_path: Path) -> Iterator[Archive]:
    with template.copy(tmp_path) as archive:
        yield archive
