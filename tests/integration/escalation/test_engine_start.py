"""Starting the queue: what it refuses, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.errors import InvariantBroken
from casework.vocabulary import Urgency, utc_now
from escalation.engine import DurableEngine
from records.engine import make_engine
from tests.integration.escalation.service import Service
from tests.integration.escalation.town import new_head


@pytest.fixture
def prepared(own_database: str) -> Iterator[Service]:
    """A service whose queue has not started."""
    engine = make_engine(own_database)
    service = Service(engine)
    yield service
    service.durable.stop()
    engine.dispose()


def test_ticks_of_another_version_refuse_the_start(prepared: Service) -> None:
    prepared.launch()
    prepared.start(new_head(), Urgency.STANDARD)
    prepared.sql("UPDATE @workflow_status SET application_version = '0'")
    prepared.durable.stop()
    prepared.durable = DurableEngine(prepared.engine, utc_now)
    with pytest.raises(InvariantBroken):
        prepared.launch()


def test_starting_says_nothing_on_the_console_and_writes_no_file(
    prepared: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    prepared.launch()
    prepared.start(new_head())
    assert capfd.readouterr() == ("", "")
    created = {path.name for path in tmp_path.iterdir()} - before
    assert not [name for name in created if not name.endswith(("-wal", "-shm"))]
