"""`python -m training.again PART`: the shipped files learn from today's rows.

A whole training takes hours; new rows need not wait for one. The encoder learns on from what it is,
in a few epochs, and becomes the average of what it was and what it has learned: that reads better
than either. What reads answers stands on its lower layers, so it learns on after it, or by itself.
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
from training.fit import AGAIN_HEAD_RATE, AGAIN_RATE, Run, answers, whole
from training.network import base
from training.recipe import ROOT, figures
from training.rows import read, wordings
from training.shipped import read as read_shipped

SHIPPED = ROOT / "models/language"


def main() -> None:
    """Trains the part, writes all files again, and says how the held-out rows are read."""
    parser = argparse.ArgumentParser(prog="python -m training.again", description=__doc__)
    parser.add_argument("part", choices=["encoder", "answers"])
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args()
    run = Run(chosen.epochs, chosen.seed)
    rows = read(ROOT)
    kept = [row for row in rows if not row.held_out]
    encoder, part, labels = read_shipped(SHIPPED)
    batches = Batches(tokenizer(str(base() / "tokenizer.json")), labels, *wordings(ROOT))
    if chosen.part == "encoder":
        rates = (AGAIN_RATE, AGAIN_HEAD_RATE)
        learned = whole(run, copy.deepcopy(encoder), rates, batches, kept, asked(ROOT), say)
        with torch.no_grad():
            for was, now in zip(encoder.parameters(), learned.parameters(), strict=True):
                was.lerp_(now, 0.5)
    part = answers(run, encoder.lower, part, batches, kept, say)
    export(encoder, part, labels, chosen.out)
    print(json.dumps(figures(chosen.out, batches, [r for r in rows if r.held_out]), indent=1))


if __name__ == "__main__":
    main()
