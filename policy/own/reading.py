"""Reads an untrusted document in a process of its own: whatever it does, it does it there."""

import json
import subprocess
import sys
from pathlib import Path

from policy.own.limits import MOST_SECONDS, Refused

HOUSE = Path(__file__).resolve().parents[2]


def read_document(path: Path) -> tuple[str, ...]:
    """The lines of the document. Raises Refused with the reason and the cure."""
    command = [sys.executable, "-m", "policy.own.extract", str(path.absolute())]
    try:
        done = subprocess.run(
            command,
            cwd=HOUSE,
            capture_output=True,
            text=True,
            timeout=2 * MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        raise Refused(_too_much(path)) from expired
    if done.returncode != 0:
        raise Refused(_too_much(path))
    found = json.loads(done.stdout)
    if "refused" in found:
        raise Refused(found["refused"])
    return tuple(found["lines"])


def _too_much(path: Path) -> str:
    cure = "Save its text alone as a new document, and attach that."
    return f"{path.name} takes too much time or memory to read. {cure}"
