"""Measures what a turn costs as a conversation grows: `python tests/dialogue/bench_turns.py`.

Talks through the real seam to a real process on the small test project: forms filled, broken
off and interrupted, an action called in most turns. Prints medians; asserts nothing.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from support import ROOT, running, trained

SCRIPT = [
    "hello",
    "I need to record something",
    "by the school gate",
    "what can I do here",
    "yes",
    "I am stuck",
    "no",
    "somebody told me something",
    "skip",
    "stop",
]
AT = (5, 100, 200, 400)
AROUND = 5  # turns on either side, so that one slow turn is not the figure


def main() -> None:
    """Prints the median of the turns around each of AT, and the memory of the process."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else max(AT) + AROUND
    model = trained(ROOT / "var" / "test-models")
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with running(model, Path(folder)) as (dialogue, _actions):
            print(f"ready after {time.perf_counter() - started:.1f} s")
            took = []
            for number in range(turns):
                begun = time.perf_counter()
                dialogue.says("bench", f"m{number}", SCRIPT[number % len(SCRIPT)])
                took.append(1000 * (time.perf_counter() - begun))
            for at in AT:
                near = took[max(0, at - AROUND) : at + AROUND]
                if at <= turns:
                    print(f"turn {at:>3}: median {statistics.median(near):5.1f} ms")
            status = Path(f"/proc/{dialogue.process.pid}/status").read_text()
            memory = next(line for line in status.splitlines() if line.startswith("VmRSS"))
            print(f"memory: {int(memory.split()[1]) // 1024} MB")


if __name__ == "__main__":
    main()
