"""Drills of reliability.md in their short form; `make drill-escalation` runs the long one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.facts import EscalationStatus
from records.engine import make_engine
from tests.integration.escalation.storm import rage
from tests.integration.escalation.thirty_days import Month
from tests.integration.escalation.town import Town, new_head


def test_a_storm_of_kills_loses_nothing_and_says_every_repeat(
    own_database: str, tmp_path: Path
) -> None:
    storm = rage(own_database, tmp_path / "sends", escalations=12, kills=3, seed=1)
    assert (storm.stuck, storm.never_asked, storm.unmarked, storm.late_pings) == (0, 0, 0, 0)
    assert storm.duplicates <= storm.kills  # one message in hand at each


def test_a_month_of_downtime_holidays_and_gaps_leaves_nobody_waiting(own_database: str) -> None:
    engine = make_engine(own_database)
    figures = Month(engine, cases=20, seed=1).run()
    engine.dispose()
    assert (figures.never_asked, figures.without_clock, figures.overdue) == (0, 0, 0)
    assert figures.worst_beyond_downtime <= timedelta(seconds=60)
    assert figures.lost_ticks > 0
    assert figures.hours_down > 0


@pytest.mark.parametrize("hours", [3, 12])
def test_after_a_sleep_everything_is_late_by_no_more_than_the_sleep(town: Town, hours: int) -> None:
    head = new_head()
    town.start(head)
    town.now += timedelta(hours=hours)  # nothing ran meanwhile
    town.pass_time(seconds=60)
    climb = town.standing(head)
    assert climb.rung == 1
    assert climb.due_at is not None
    assert climb.due_at > town.now


@pytest.mark.parametrize(
    "night", [datetime(2026, 3, 29, 0, 55, tzinfo=UTC), datetime(2026, 10, 25, 0, 55, tzinfo=UTC)]
)
def test_a_rung_lasts_as_long_in_the_night_the_clocks_change(town: Town, night: datetime) -> None:
    town.now = night
    head = new_head()
    climb = town.start(head)
    assert climb.due_at == night + timedelta(minutes=10)
    town.pass_time(minutes=9, seconds=59)
    assert town.standing(head).rung == 0
    town.pass_time(seconds=1)
    assert town.standing(head).rung == 1


def test_fifty_replays_of_one_press_are_one_press(town: Town) -> None:
    head = new_head()
    town.start(head)
    first = town.press(head, "dsl")
    steps = town.steps(head)
    town.pass_time(seconds=30)
    assert all(town.press(head, "dsl") == first for _ in range(50))
    assert town.steps(head) == steps
    assert first.status is EscalationStatus.ACKNOWLEDGED
