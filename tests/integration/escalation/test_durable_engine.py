"""The ladder on the real queue, and what happens when the queue fails it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from casework.facts import EscalationStatus
from casework.vocabulary import Urgency
from escalation.rows import EscalationRows
from records.engine import make_engine
from tests.integration.escalation.service import Service, wait_until
from tests.integration.escalation.town import new_head


@pytest.fixture(scope="module")
def launched(database: str) -> Iterator[Service]:
    engine = make_engine(database)
    service = Service(engine)
    service.launch()
    yield service
    service.durable.stop()
    engine.dispose()


@pytest.fixture
def service(launched: Service) -> Service:
    launched.reset()
    return launched


def test_a_case_climbs_by_itself_to_the_end(service: Service) -> None:
    head = new_head()
    service.start(head)
    wait_until(lambda: service.standing(head).status is EscalationStatus.UNDELIVERED)
    assert service.told[:3] == ["utter_nobody_yet", "utter_nobody_call", "utter_nobody_call"]


def test_a_press_stops_it(service: Service) -> None:
    head = new_head()
    service.start(head)
    with service.engine.begin() as connection:
        EscalationRows(connection, service.around).acknowledge(head.id, "dsl")
    finished = "SELECT 1 FROM @workflow_status WHERE status = 'SUCCESS'"
    wait_until(lambda: service.sql(finished))
    assert service.standing(head).rung == 0
    assert service.told == ["utter_acknowledged"]


def test_a_start_that_is_rolled_back_leaves_no_tick(service: Service) -> None:
    with service.engine.connect() as connection, connection.begin() as transaction:
        EscalationRows(connection, service.around).start(
            new_head(), Urgency.URGENT, left_out=frozenset()
        )
        transaction.rollback()
    assert service.sql("SELECT 1 FROM @workflow_status WHERE name = 'escalation_tick'") == []


def test_a_queue_that_lost_everything_still_climbs(service: Service) -> None:
    head = new_head()
    service.start(head, Urgency.STANDARD)
    service.sql("DELETE FROM @workflow_status")
    service.ahead = timedelta(minutes=11)
    service.durable.sweep()
    wait_until(lambda: service.standing(head).asked == ("deputy",))


def test_a_tick_that_waits_is_not_enqueued_twice(service: Service) -> None:
    service.start(new_head(), Urgency.STANDARD)
    service.ahead = timedelta(minutes=11)
    service.durable.sweep()
    assert service.sql("SELECT status FROM @workflow_status WHERE name = 'escalation_tick'") == [
        ("DELAYED",)
    ]


STRAND = (
    "UPDATE @workflow_status SET status = 'PENDING', executor_id = 'dead', "
    "started_at_epoch_ms = 1000 WHERE name = 'escalation_tick' AND status != 'SUCCESS'"
)


def test_a_tick_that_died_with_another_process_is_run_again(service: Service) -> None:
    head = new_head()
    service.start(head, Urgency.STANDARD)
    service.sql(STRAND)
    service.ahead = timedelta(minutes=10)
    service.durable.sweep()
    wait_until(lambda: service.standing(head).asked == ("deputy",))


def test_a_tick_that_cannot_be_resumed_is_replaced(service: Service) -> None:
    head = new_head()
    service.start(head, Urgency.STANDARD)
    service.ahead = timedelta(minutes=11)
    for _ in range(4):
        service.sql(STRAND.replace("WHERE", ", application_version = 'gone' WHERE", 1))
        service.durable.sweep()
    wait_until(lambda: service.standing(head).asked == ("deputy",))


def test_a_tick_that_fails_is_tried_again_and_keeps_no_word_of_why(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    head = new_head()
    with service.engine.begin() as connection:
        rows = EscalationRows(connection, service.around)
        rows.start(head, Urgency.URGENT, left_out=frozenset())
        service.broken = True  # before the commit: the first tick is due at once
    # Of ticks that are here: one of the test before may end its own after the tables were emptied.
    failed = (
        "SELECT output FROM @workflow_output "
        "WHERE workflow_uuid IN (SELECT workflow_uuid FROM @workflow_status)"
    )
    wait_until(lambda: service.sql(failed))
    assert service.sql(failed) == [('"failed:ValueError"',)]
    service.broken = False
    service.ahead = timedelta(minutes=1)
    service.durable.sweep()
    wait_until(lambda: service.standing(head).rung == 1)
    assert "secret" not in caplog.text


def test_the_queue_holds_ids_and_no_person_or_reference(service: Service) -> None:
    head = new_head()
    service.start(head, Urgency.STANDARD)
    kept = service.sql("SELECT * FROM @workflow_status") + service.sql(
        "SELECT * FROM @workflow_input"
    )
    assert not [word for word in ("dsl", "worker", head.reference) if word in str(kept)]


def test_finished_ticks_are_cleared_away_after_a_week(service: Service) -> None:
    service.start(new_head())
    finished = "SELECT 1 FROM @workflow_status WHERE status = 'SUCCESS'"
    wait_until(lambda: service.sql(finished))
    service.durable.sweep()
    assert service.sql(finished)
    service.sql("UPDATE @workflow_status SET completed_at = 1000 WHERE status = 'SUCCESS'")
    service.durable.sweep()
    assert not service.sql("SELECT 1 FROM @workflow_status WHERE completed_at = 1000")


def test_a_clock_set_back_by_an_hour_is_followed(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    head = new_head()
    service.start(head, Urgency.STANDARD)
    service.ahead = timedelta(hours=-1)
    service.durable.sweep()
    due_at = service.standing(head).due_at
    assert due_at is not None
    assert due_at - service.now() < timedelta(minutes=11)
    assert "clock_jumped" in caplog.text


def test_a_machine_that_slept_finds_its_due_times_as_they_were(service: Service) -> None:
    head = new_head()
    before = service.start(head, Urgency.STANDARD).due_at
    service.ahead = timedelta(minutes=5)
    service.durable.sweep()
    assert service.standing(head).due_at == before


def test_a_clock_set_forward_by_an_hour_is_said_in_the_log_and_makes_nobody_wait(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    head = new_head()
    before = service.start(head, Urgency.STANDARD).due_at
    service.ahead = timedelta(hours=1)
    service.durable.sweep()
    assert "clock_jumped" in caplog.text
    assert service.standing(head).due_at == before
