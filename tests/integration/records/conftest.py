"""Every test here that asks for an archive runs on each database that can be used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import empty_database, kinds
from tests.integration.records.archive import Archive


@pytest.fixture(params=kinds())
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    with empty_database(request.param, tmp_path) as url:
        archive = Archive(url, tmp_path / "keys" / "organisation.key")
        yield archive
        archive.close()
