"""kill -9, then the same command again: every case goes on climbing, and nobody is asked twice."""

from __future__ import annotations

from casework.facts import EscalationStatus
from tests.integration.escalation.processes import Desk, says, serving, ten_minutes_pass
from tests.integration.escalation.service import wait_until
from tests.integration.escalation.town import new_head


def test_kills_while_cases_climb_lose_nothing_and_repeat_nothing(
    own_database: str, desk: Desk
) -> None:
    heads = [new_head() for _ in range(12)]
    with serving(own_database) as process:
        for head in heads[:8]:
            desk.start(head)
        process.kill()
    for head in heads[8:]:  # the desk goes on while the service is down
        desk.start(head)
    ten_minutes_pass(desk.engine)
    with serving(own_database) as process:
        wait_until(lambda: any(climb.rung > 0 for climb in desk.standings()))
        process.kill()
    ten_minutes_pass(desk.engine)
    with serving(own_database):
        wait_until(lambda: all(c.status is EscalationStatus.UNDELIVERED for c in desk.standings()))
    once = {(0, "manager"): 1, (0, "dsl"): 1, (1, "deputy"): 1, (2, "on_call"): 1}
    assert [desk.asked_first(head) for head in heads] == [once] * 12


def test_a_kill_in_the_middle_of_a_tick_leaves_it_to_be_done_again(
    own_database: str, desk: Desk
) -> None:
    head = new_head()
    with serving(own_database, "--hang") as process:
        desk.start(head)
        says(process, "hanging")
        process.kill()
    assert desk.standings()[0].rung == 0
    ten_minutes_pass(desk.engine)
    with serving(own_database):
        wait_until(lambda: desk.standings()[0].status is EscalationStatus.UNDELIVERED)
    assert desk.asked_first(head)[(1, "deputy")] == 1
