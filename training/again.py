"""`python -m training.again PART`: one part of the shipped files learns from today's rows.

A whole training takes hours where the processor has no sixteen-bit arithmetic; new rows need not
wait for one. The words and the lower layers stay as they are, so the parts learn apart; what did
not learn is written as it was read. The upper layers become the average of what they were and what
they have learned: it reads better than either.
"""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path

import torch

from training.__main__ import say
from training.asked import asked
from training.batches import Batches, tokenizer
from training.export import export
from training.fit import Run, answers, upper
from training.network import base
from training.recipe import ROOT, figures
from training.rows import read, wordings
from training.shipped import read as read_shipped

SHIPPED = ROOT / "models/language"


def main() -> None:
    """Trains the part, writes all files again, and says how the held-out rows are read."""
    parser = argparse.ArgumentParser(prog="python -m training.again", description=__doc__)
    parser.add_argument("part", choices=["upper", "answers"])
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args()
    run = Run(chosen.epochs, chosen.seed)
    rows = read(ROOT)
    kept = [row for row in rows if not row.held_out]
    encoder, part, labels = read_shipped(SHIPPED)
    batches = Batches(tokenizer(str(base() / "tokenizer.json")), labels, *wordings(ROOT))
    if chosen.part == "upper":
        learned = upper(run, copy.deepcopy(encoder), batches, kept, asked(ROOT), say)
        with torch.no_grad():
            for was, now in zip(encoder.parameters(), learned.parameters(), strict=True):
                was.lerp_(now, 0.5)
    else:
        part = answers(run, encoder.lower, part, batches, kept, say)
    export(encoder, part, labels, chosen.out)
    print(json.dumps(figures(chosen.out, batches, [r for r in rows if r.held_out]), indent=1))


if __name__ == "__main__":
    main()
