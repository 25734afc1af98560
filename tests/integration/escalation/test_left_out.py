"""A person in conflict is never asked; one named late is asked no more."""

from __future__ import annotations

from casework.facts import Escalation, EscalationStatus, RecordHead
from tests.integration.escalation.town import Town, new_head


def leave_out(town: Town, head: RecordHead, *people: str) -> Escalation:
    with town.rows() as rows:
        climb = rows.leave_out(head.id, frozenset(people))
    assert climb is not None
    return climb


def test_somebody_left_out_is_never_written_down_as_asked(town: Town) -> None:
    head = new_head()
    town.start(head, left_out=frozenset({"dsl", "deputy"}))
    town.pass_time(hours=12)
    assert not {"dsl", "deputy"} & set(town.asked(head))
    assert all("DSL" not in "".join(told.values.values()) for told in town.told)


def test_somebody_named_late_is_asked_no_more(town: Town) -> None:
    head = new_head()
    before = town.start(head)
    after = leave_out(town, head, "dsl")
    assert after.asked == ("manager",)
    assert after.due_at == before.due_at
    town.pass_time(hours=12)
    assert town.asked(head).count("dsl") == 1


def test_a_rung_that_empties_moves_on_at_once(town: Town) -> None:
    head = new_head()
    town.start(head)
    moved = leave_out(town, head, "manager", "dsl")
    assert (moved.rung, moved.asked) == (1, ("deputy",))
    assert town.told == []


def test_naming_everybody_tells_the_reporter_whom_to_ring(town: Town) -> None:
    head = new_head()
    town.start(head)
    alone = leave_out(town, head, "manager", "dsl", "deputy", "on_call")
    assert (alone.status, alone.asked) == (EscalationStatus.UNDELIVERED, ("trustee",))
    assert town.responses(head) == ["utter_nobody_call"]


def test_somebody_named_during_the_hold_is_not_asked_after_it(town: Town) -> None:
    head = new_head()
    town.start(head, hold_seconds=90)
    leave_out(town, head, "dsl")
    town.pass_time(seconds=90)
    assert town.asked(head) == ["manager"]


def test_a_case_taken_by_somebody_named_later_is_nobodys_again(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.press(head, "dsl")
    again = leave_out(town, head, "dsl")
    assert (again.status, again.acknowledged_by) == (EscalationStatus.CLIMBING, None)
    assert again.asked == ("manager",)
    assert again.due_at is not None


def test_a_case_taken_by_somebody_else_stays_taken(town: Town) -> None:
    head = new_head()
    town.start(head)
    town.press(head, "manager")
    assert leave_out(town, head, "dsl").acknowledged_by == "manager"


def test_somebody_cleared_is_asked_with_the_rest(town: Town) -> None:
    head = new_head()
    town.start(head, left_out=frozenset({"dsl"}))
    with town.rows() as rows:
        cleared = rows.release(head.id, left_out=frozenset())
    assert cleared is not None
    assert cleared.asked == ("manager", "dsl")
    assert town.asked(head) == ["manager", "dsl"]


def test_somebody_cleared_whose_rung_had_passed_is_asked_now(town: Town) -> None:
    head = new_head()
    town.start(head, left_out=frozenset({"manager", "dsl"}))
    with town.rows() as rows:
        cleared = rows.release(head.id, left_out=frozenset({"manager"}))
    assert cleared is not None
    assert cleared.asked == ("deputy", "dsl")


def test_somebody_cleared_when_nobody_was_left_starts_the_climb(town: Town) -> None:
    head = new_head()
    everybody = frozenset({"manager", "dsl", "deputy", "on_call", "trustee"})
    assert town.start(head, left_out=everybody).status is EscalationStatus.UNDELIVERED
    with town.rows() as rows:
        cleared = rows.release(head.id, left_out=everybody - {"dsl"})
    assert cleared is not None
    assert (cleared.status, cleared.asked) == (EscalationStatus.CLIMBING, ("dsl",))


def test_the_same_people_left_out_again_change_nothing(town: Town) -> None:
    head = new_head()
    first = town.start(head, left_out=frozenset({"dsl"}))
    assert leave_out(town, head, "dsl") == first


def test_leaving_somebody_out_of_what_never_started_is_nothing(town: Town) -> None:
    with town.rows() as rows:
        assert rows.leave_out(new_head().id, frozenset({"dsl"})) is None
