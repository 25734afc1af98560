"""Drill 10 of reliability.md: a service that is stopped for ten minutes while another one works."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from pathlib import Path

from casework.facts import RecordHead
from tests.integration.escalation.processes import Desk, serving, ten_minutes_pass
from tests.integration.escalation.service import wait_until
from tests.integration.escalation.town import new_head

ONCE = {(0, "manager"): 1, (0, "dsl"): 1, (1, "deputy"): 1, (2, "on_call"): 1}


def test_a_service_that_slept_ten_minutes_finds_its_work_done_and_repeats_none_of_it(
    own_database: str, desk: Desk, sends: Path, tmp_path: Path
) -> None:
    gate, heads = tmp_path / "gate", [new_head() for _ in range(4)]
    with serving(own_database, f"--sends={sends}", f"--gate={gate}") as first:
        for head in heads:
            desk.start(head)
        in_hand = _stopped_with_messages_in_hand(first, len(heads) * 2)
        ten_minutes_pass(desk.engine)
        with serving(own_database, f"--sends={sends}"):
            desk.take(heads[0], "dsl")
            wait_until(desk.all_ran_out)
            before = sends.read_text().splitlines()
            gate.touch()
            first.send_signal(signal.SIGCONT)
            _ends(first)
            wait_until(desk.all_ran_out)
    assert in_hand >= 4  # it was stopped in the middle of something
    assert [climb.acknowledged_by for climb in desk.standings() if climb.acknowledged_by] == ["dsl"]
    assert [desk.asked_first(head) for head in heads[1:]] == [ONCE] * 3  # no outcome twice
    _at_most_one_repeat(sends.read_text().splitlines(), heads)
    after = sends.read_text().splitlines()[len(before) :]
    assert len([line for line in after if "needs you" in line]) <= in_hand


def _stopped_with_messages_in_hand(process: subprocess.Popen[str], messages: int) -> int:
    """Reads until it holds that many, and stops it as a machine that is put to sleep would."""
    assert process.stdout is not None
    for _ in range(messages):
        assert process.stdout.readline() == "sending\n"
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    return messages


def _ends(process: subprocess.Popen[str]) -> None:
    """It wakes, finishes what it had in hand, and stops in good order."""
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=120) == 0


def _at_most_one_repeat(lines: list[str], heads: list[RecordHead]) -> None:
    """A message is known by its attempt's key without the attempt's number."""
    asks = [line.split("|") for line in lines if "needs you" in line]
    copies = Counter(key.rpartition("-")[0] for _, key, _ in asks)
    repeats = sum(count - 1 for count in copies.values())
    assert max(copies.values()) <= 2
    assert sum("Repeat of" in said for _, _, said in asks) >= repeats
    assert len(copies) >= len(heads)
