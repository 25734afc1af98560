"""Whether Heard runs already, and one of our own where it does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from run.service import CannotStart
from run.settings import Settings

START_SECONDS = 240.0
LOOK_SECONDS = 0.2


def address(settings: Settings) -> str | None:
    """Where the running service answers; None when none does."""
    try:
        found = str(json.loads(settings.running.read_text())["address"])
        httpx.get(f"{found}/signed-out", timeout=5)
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return found


def refuse_second(settings: Settings) -> None:
    """Two services on one home would answer every message twice. Raises CannotStart."""
    found = address(settings)
    if found:
        raise CannotStart(f"Heard runs already at {found}. Stop it first.")


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """The address of the running service, or of one that is started here and stopped after."""
    found = address(settings)
    if found:
        yield found
        return
    command = [sys.executable, "-m", "run", "up", "--port", "0"]
    environment = {**os.environ, "HEARD_ORGANISATION": str(settings.organisation)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield _until_up(settings, process)
    finally:
        process.terminate()
        process.wait(timeout=15)


def _until_up(settings: Settings, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        found = address(settings)
        if found:
            return found
        time.sleep(LOOK_SECONDS)
    raise CannotStart("Heard did not start. Run `heard up` to see why.")
