"""`python -m training.short`: the whole recipe in small, held against what it reached before.

One epoch on every fifth row goes every step of the long way: weights checked, trained, exported,
quantised, read with onnxruntime; and the files are put back into 32 bits and written once more, as
`training.again` does. That a long run gives the recorded scores again is not shown by it; that no
step of the recipe is broken or has become worse is. Exits 1 when a task falls short, or when the
weights do not come back as they were.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from training import shipped
from training.__main__ import say
from training.export import export
from training.fit import Run
from training.recipe import ROOT, make
from training.rows import TASKS, read

RECORDED = ROOT / "models/language/short_run.json"
RUN = Run(epochs=1, seed=20260101)
EVERY = 5
TOLERANCE = 0.06  # between processors, and for rows added since
ROUNDING = 1e-5


def main() -> int:
    """Runs it; with --record writes what it reached."""
    parser = argparse.ArgumentParser(prog="python -m training.short", description=__doc__)
    parser.add_argument("--record", action="store_true")
    record = parser.parse_args().record
    rows = read(ROOT)
    kept = [row for row in rows if not row.held_out][::EVERY]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        found = make(RUN, rows, kept, folder, say)
        moved = _moved(folder, folder / "again")
    if record:
        RECORDED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    worse = [task for task in TASKS if found[task] < recorded[task] - TOLERANCE]
    for task in TASKS:
        print(f"{task:10}{recorded[task]:8.3f} recorded{found[task]:8.3f} now")
    print(f"weights read back and written again moved by {moved:.1e} at most")
    return 1 if worse or moved > ROUNDING else 0


def _moved(folder: Path, other: Path) -> float:
    first = shipped.read(folder)
    export(*first, other)
    pairs = zip(first[:2], shipped.read(other)[:2], strict=True)
    return max(
        float((a - b).detach().abs().max())
        for one, two in pairs
        for a, b in zip(one.parameters(), two.parameters(), strict=True)
    )


if __name__ == "__main__":
    sys.exit(main())
