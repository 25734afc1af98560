"""`heard bench`: speed and size, measured on the real processes. Never a test."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import coach
from connectors.terminal.client import Client
from run import system
from run.bootstrap import build
from run.settings import Settings

TURNS = 100
# What one guided turn is: a question of the record answered, an interruption, and the next answer.
GUIDED = ("status", "what do i say", "who do i ring")
SAID = "he comes in my room at night when mum is at work"
MESSAGES = (
    "a girl in my group is telling me something about her uncle and i dont know what to do",
    "can i ask her if he hit her",
    "i told him i would keep it to myself",
    "she said yes but only if her mum is not told",
    "hes outside with a knife and the kids are in the house",
)
TARGETS = {
    "coach_ms": 15.0,
    "guided_turn_ms": 60.0,
    "hundredth_to_fifth": 1.2,
    "second_start_seconds": 15.0,
    "memory_mb": 900.0,
}


def run(organisation: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Starts Heard twice in a home of its own and measures; figures by the names of TARGETS."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HEARD_HOME"] = folder
        settings = Settings.read(organisation=organisation)
        say("First start …")
        with system.running(settings):
            pass
        say("Second start …")
        began = time.monotonic()
        with system.running(settings) as address:
            started = time.monotonic() - began
            say(f"{TURNS} turns …")
            figures = _turns(settings, address)
            figures["memory_mb"] = round(_memory_mb(settings), 1)
        figures["second_start_seconds"] = round(started, 1)
    figures["coach_ms"] = _coach_ms()
    return {name: {"measured": figures[name], "target": TARGETS[name]} for name in TARGETS}


def _coach_ms() -> float:
    """Every check of the coach on one message, as if it could be anything; the median."""
    reader = coach.load()
    spent = []
    for message in MESSAGES * TURNS:
        began = time.perf_counter()
        reader.danger(message)
        reader.promise(message)
        reader.control(message)
        reader.asks_what_to_say(message)
        reader.wording(message, [SAID])
        reader.answer("consent", message)
        spent.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(spent), 1)


def _turns(settings: Settings, address: str) -> dict[str, float]:
    """One case of a hundred guided turns, as a person would send them over the web API."""
    built = build(settings)
    client = Client(address, built.links.make("reporter"))
    client.begin()
    client.send({"press": "disclosure_now"})
    client.send({"text": "no"})
    client.send({"words": "one line"})
    client.send({"press": "done"})
    client.send({"text": "no"})
    spent = [_timed(client, GUIDED[n % len(GUIDED)]) for n in range(TURNS)]
    client.close()
    fifth, hundredth = statistics.median(spent[2:10]), statistics.median(spent[-8:])
    return {
        "guided_turn_ms": round(statistics.median(spent), 1),
        "hundredth_to_fifth": round(hundredth / fifth, 2),
    }


def _timed(client: Client, text: str) -> float:
    began = time.perf_counter()
    client.send({"text": text})
    return (time.perf_counter() - began) * 1000


def _memory_mb(settings: Settings) -> float:
    """Resident memory of service and dialogue together."""
    service = int(json.loads(settings.running.read_text())["pid"])
    children = subprocess.run(
        ["ps", "--ppid", str(service), "-o", "pid="], capture_output=True, text=True, check=True
    ).stdout.split()
    return sum(_resident_mb(int(pid)) for pid in (service, *map(int, children)))


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
