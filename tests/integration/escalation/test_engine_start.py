"""Starting the queue: what it refuses, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casework.errors import InvariantBroken
from casework.vocabulary import Urgency, utc_now
from escalation import engine
from escalation.engine import DurableEngine
from escalation.tick import Due, Ticks
from records.engine import make_engine
from tests.integration.escalation.service import Service, wait_until
from tests.integration.escalation.town import new_head


@pytest.fixture
def prepared(own_database: str) -> Iterator[Service]:
    """A service whose queue has not started."""
    database = make_engine(own_database)
    service = Service(database)
    yield service
    service.durable.stop()
    database.dispose()


def test_ticks_of_another_version_refuse_the_start(prepared: Service) -> None:
    prepared.launch()
    prepared.start(new_head(), Urgency.STANDARD)
    prepared.sql("UPDATE @workflow_status SET application_version = '0'")
    prepared.durable.stop()
    prepared.durable = DurableEngine(prepared.engine, utc_now)
    with pytest.raises(InvariantBroken):
        prepared.launch()


def test_ticks_go_on_after_a_newer_version_was_here_and_is_gone_again(
    prepared: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "VERSION", "2")
    prepared.launch()
    prepared.durable.stop()
    monkeypatch.undo()
    _started_again(prepared)
    head = new_head()
    prepared.start(head)
    wait_until(lambda: prepared.standing(head).rung > 0)


def test_ticks_that_wait_are_run_by_the_changed_source_of_the_next_release(
    prepared: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_the_next_release(ticks: Ticks) -> Callable[[str, int], str]:
        return lambda escalation_id, step: ticks.run(Due(escalation_id, step))

    prepared.launch()
    head = new_head()
    prepared.start(head, Urgency.STANDARD)
    prepared.durable.stop()
    monkeypatch.setattr(engine, "_workflow", of_the_next_release)
    _started_again(prepared)
    prepared.ahead = timedelta(minutes=11)
    prepared.sql("UPDATE @workflow_status SET delay_until_epoch_ms = 0 WHERE status = 'DELAYED'")
    wait_until(lambda: prepared.standing(head).rung > 0)


def _started_again(service: Service) -> None:
    service.durable = DurableEngine(service.engine, service.now)
    service.launch()


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
