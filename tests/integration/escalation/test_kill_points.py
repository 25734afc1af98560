"""Drill 2 of reliability.md: one case whose service is killed before and after each of its commits.

Nothing but a commit changes what the next service finds, so between two of them all moments are
alike: either what was done is there, or it is to be done again.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from pathlib import Path

from sqlalchemy import Connection, event

from records.engine import make_engine
from tests.integration.escalation.processes import Desk, ten_minutes_pass
from tests.integration.escalation.serve import FileRoute, run, say_nothing
from tests.integration.escalation.service import wait_until
from tests.integration.escalation.storm import FORKS, serving
from tests.integration.escalation.town import new_head

# Enough for two rungs: each is asked, its messages are claimed, sent and kept.
COMMITS = 6
SWEEPER = "escalation-sweeper"


def test_a_case_killed_before_and_after_every_commit_asks_everybody_once_and_marks_repeats(
    own_database: str, desk: Desk, sends: Path
) -> None:
    with serving(own_database, sends) as first:
        first.has_started()  # the queue's own tables are made
    head = new_head()
    desk.start(head)
    kills = ["before", "after"] * COMMITS
    for moment in kills:
        _killed(own_database, sends, moment)
        ten_minutes_pass(desk.engine)
    with serving(own_database, sends):
        wait_until(desk.all_ran_out)
    once = {(0, "manager"): 1, (0, "dsl"): 1, (1, "deputy"): 1, (2, "on_call"): 1}
    assert desk.asked_first(head) == once
    asks = [line.split("|") for line in sends.read_text().splitlines() if "needs you" in line]
    copies = Counter(key.rpartition("-")[0] for _, key, _ in asks)
    repeats = sum(count - 1 for count in copies.values())
    assert copies  # a rung that was over before its message could go out needs none
    assert repeats <= 2 * len(kills)  # two messages are in hand on the first rung
    assert sum("Repeat of" in said for _, _, said in asks) >= repeats


def _killed(url: str, sends: Path, moment: str) -> None:
    """A service that lives until its first commit. It is forked as those of the storm are."""
    process = FORKS.Process(target=_serve, args=(url, sends, moment))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def _serve(url: str, sends: Path, moment: str) -> None:
    engine, committed = make_engine(url), threading.local()

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def commits(_connection: Connection) -> None:
        if threading.current_thread().name == SWEEPER:
            return  # it says that it lives, and that is no move of a case
        if moment == "before":
            die()
        committed.here = True

    def gives_back(*_args: object) -> None:
        if getattr(committed, "here", False):
            die()

    event.listen(engine, "commit", commits)
    event.listen(engine, "checkin", gives_back)
    for_ever = threading.Event()
    run(engine, say_nothing, FileRoute.routes(sends), ready=bool, until=for_ever.wait)
