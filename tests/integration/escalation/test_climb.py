"""How a case climbs, on a clock that the test moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, text

from casework.facts import EscalationStatus
from casework.vocabulary import Urgency
from escalation.rows import EscalationRows
from escalation.tick import Due, Ticks
from policy.pack import Ladders, Pack
from tests.integration.escalation.town import TWO_O_CLOCK, Town, new_head
from tests.unit.escalation.people import EMERGENCY, LADDER, PEOPLE


def test_the_first_rung_is_asked_in_the_transaction_that_starts_the_climb(town: Town) -> None:
    head = new_head()
    climb = town.start(head)
    assert climb.status is EscalationStatus.CLIMBING
    assert climb.asked == ("manager", "dsl")
    assert climb.due_at == TWO_O_CLOCK + timedelta(minutes=10)
    assert town.asked(head) == ["manager", "dsl"]
    assert town.told == []


def test_it_climbs_to_the_last_rung_and_tells_the_reporter_at_each(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.pass_time(minutes=10)
    assert town.standing(head).asked == ("deputy",)
    town.pass_time(minutes=5)
    assert town.standing(head).asked == ("on_call",)
    assert [(told.response, told.values) for told in town.told] == [
        (
            "utter_nobody_yet",
            {"next": "the Deputy DSL"},
        ),
        ("utter_nobody_call", {"next": "the On Call"}),
    ]


def test_a_ladder_that_ran_out_goes_on_asking_ever_more_slowly(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.pass_time(minutes=15, seconds=90)
    alone = town.standing(head)
    assert alone.status is EscalationStatus.UNDELIVERED
    assert alone.asked == ("on_call", "trustee")
    town.pass_time(hours=3)
    assert town.asked(head).count("on_call") == 9  # 90 s, 3, 6, 12, 24, 48 min, then hourly
    assert set(town.responses(head)[2:]) == {"utter_nobody_call"}


def test_a_rung_with_nobody_is_passed_over_at_once(town: Town) -> None:
    head = new_head()
    climb = town.start(head, left_out=frozenset({"manager", "dsl"}))
    assert (climb.rung, climb.asked) == (1, ("deputy",))
    assert town.steps(head)[0]["result"] == "nobody_there"


def test_whoever_is_resolved_is_resolved_at_the_moment_of_asking(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.leaves("deputy")
    town.pass_time(minutes=10)
    assert town.standing(head).asked == ("on_call",)


def test_somebody_who_leaves_while_asked_does_not_stop_the_climb(town: Town) -> None:
    head = new_head()
    town.start(head, left_out=frozenset({"manager"}))
    town.leaves("dsl")
    town.pass_time(minutes=10)
    assert town.standing(head).asked == ("deputy",)


def test_an_open_case_keeps_its_ladder_whatever_the_pack_says_later(town: Town) -> None:
    head = new_head()
    town.start(head)
    short = Ladders(emergency=EMERGENCY, urgent=LADDER[2:], standard=LADDER[2:])
    town.around = replace(town.around, pack=Pack.model_construct(ladders=short))
    town.pass_time(minutes=10)
    assert town.standing(head).asked == ("deputy",)


def test_a_hold_asks_nobody_until_it_runs_out_by_itself(town: Town) -> None:
    head = new_head()
    held = town.start(head, hold_seconds=90)
    assert (held.status, held.asked) == (EscalationStatus.HOLDING, ())
    town.pass_time(seconds=89)
    assert town.asked(head) == []
    town.pass_time(seconds=1)
    assert town.standing(head).asked == ("manager", "dsl")
    assert town.told[0].response == "utter_told_meanwhile"
    assert town.told[0].values == {"asked": "the Line Manager and the Duty DSL"}


def test_a_released_hold_asks_at_once_and_only_once(town: Town) -> None:
    head = new_head()
    town.start(head, hold_seconds=90)
    with town.rows() as rows:
        rows.release(head.id, left_out=frozenset())
    town.pass_time(minutes=9)
    assert town.asked(head) == ["manager", "dsl"]
    assert town.told == []


def test_releasing_what_never_started_is_nothing(town: Town) -> None:
    with town.rows() as rows:
        assert rows.release(new_head().id, left_out=frozenset()) is None


def test_a_hold_is_shortened_but_never_made_longer(town: Town) -> None:
    head = new_head()
    first = town.start(head, hold_seconds=90)
    assert town.start(head, hold_seconds=600).due_at == first.due_at
    assert town.start(head, hold_seconds=30).due_at == TWO_O_CLOCK + timedelta(seconds=30)


def test_danger_ends_a_hold(town: Town) -> None:
    head = new_head()
    town.start(head, hold_seconds=90)
    danger = town.start(head, Urgency.EMERGENCY)
    assert danger.status is EscalationStatus.CLIMBING
    assert danger.asked == ("manager", "dsl", "on_call")


def test_a_hold_never_stops_a_climb(town: Town) -> None:
    head = new_head()
    town.start(head)
    raised = town.start(head, Urgency.EMERGENCY, hold_seconds=90)
    assert raised.status is EscalationStatus.CLIMBING


def test_urgency_is_raised_with_its_own_ladder(town: Town) -> None:
    head = new_head()
    town.start(head)
    raised = town.start(head, Urgency.EMERGENCY)
    assert (raised.urgency, raised.rung) == (Urgency.EMERGENCY, 0)
    assert raised.due_at == TWO_O_CLOCK + timedelta(seconds=60)
    assert raised.since == TWO_O_CLOCK
    town.pass_time(seconds=60)
    assert town.standing(head).asked == ("trustee",)


def test_urgency_is_never_lowered(town: Town) -> None:
    head = new_head()
    first = town.start(head, Urgency.EMERGENCY)
    assert town.start(head, Urgency.STANDARD) == first
    assert town.start(head, Urgency.EMERGENCY) == first


def test_nobody_at_all_is_undelivered_and_asks_again(town: Town) -> None:
    head = new_head()
    everybody = frozenset(person.id for person in PEOPLE)
    climb = town.start(head, left_out=everybody)
    assert (climb.status, climb.asked) == (EscalationStatus.UNDELIVERED, ())
    town.pass_time(seconds=90)
    assert town.responses(head) == ["utter_nobody_call"]


def test_an_old_tick_changes_nothing(town: Town) -> None:
    head = new_head()
    town.start(head)
    (_, first), *_ = town.queue.waiting
    town.pass_time(minutes=10)
    before = town.standing(head)
    assert Ticks(town.engine, town.around).run(first) == "stale"
    assert town.standing(head) == before


def test_a_tick_that_comes_too_early_waits_for_its_time(town: Town) -> None:
    head = new_head()
    town.start(head)
    (_, first), *_ = town.queue.waiting
    assert Ticks(town.engine, town.around).run(first) == "early"
    assert town.standing(head).rung == 0


def test_a_reporter_who_cannot_be_told_does_not_stop_the_climb(town: Town) -> None:
    def broken(connection: Connection, record_id: str, response: str, values: object) -> None:
        connection.execute(text("INSERT INTO no_such_table VALUES (1)"))

    head = new_head()
    town.start(head)
    town.around = replace(town.around, notice=broken)
    town.pass_time(minutes=10)
    assert town.standing(head).asked == ("deputy",)
    told = [step["result"] for step in town.steps(head) if step["route"] == "conversation"]
    assert len(told) == 1
    assert told[0].startswith("failed:")


def test_a_start_that_is_rolled_back_leaves_nothing(town: Town) -> None:
    head = new_head()
    with town.engine.connect() as connection, connection.begin() as transaction:
        EscalationRows(connection, town.around).start(head, Urgency.URGENT, left_out=frozenset())
        transaction.rollback()
    assert town.pass_time(hours=1) == ["stale"]
    with town.rows() as rows:
        assert rows.of_record(head.id) is None


def test_a_clock_set_back_makes_nobody_wait_longer(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.now -= timedelta(hours=1)
    Ticks(town.engine, town.around).clock_went_back(timedelta(hours=1))
    town.pass_time(minutes=10)
    assert town.standing(head).asked == ("deputy",)


def test_twelve_hours_asleep_are_made_up_for_at_once(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.now += timedelta(hours=12)
    overdue = Ticks(town.engine, town.around).overdue()
    assert len(overdue) == 1
    town.queue.waiting.clear()
    Ticks(town.engine, town.around).enqueue_again(overdue[0])
    town.pass_time(seconds=0)
    assert town.standing(head).asked == ("deputy",)


def test_a_case_that_is_due_is_overdue_after_half_a_minute(town: Town) -> None:
    town.start(new_head())
    ticks = Ticks(town.engine, town.around)
    town.now += timedelta(minutes=10, seconds=30)
    assert ticks.overdue() == []
    town.now += timedelta(seconds=1)
    assert [type(due) for due in ticks.overdue()] == [Due]


def test_open_cases_are_listed_with_the_longest_unanswered_first(town: Town) -> None:
    oldest, older, newest = new_head(), new_head(), new_head()
    for head in (oldest, older, newest):
        town.start(head)
        town.pass_time(minutes=1)
    town.press(oldest, "dsl")
    with town.rows() as rows:
        assert [climb.record_id for climb in rows.open_ones()] == [older.id, newest.id, oldest.id]
