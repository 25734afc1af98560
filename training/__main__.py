"""`python -m training`: trains on nine ideas in ten, exports, and says how the tenth is read."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from training.fit import Run
from training.recipe import ROOT, make
from training.rows import read


def main() -> None:
    """Trains and writes the artefact."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "models/language")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args()
    rows = read(ROOT)
    kept = [row for row in rows if not row.held_out]
    say(f"{len(kept)} rows of {len(rows)}")
    figures = make(Run(chosen.epochs, chosen.seed), rows, kept, chosen.out, say)
    print(json.dumps(figures, indent=1))


def say(line: str) -> None:
    """Shows a person one line of progress."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
