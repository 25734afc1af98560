"""A process that does what `heard keys rotate` does."""

from __future__ import annotations

import sys
from pathlib import Path

from records.engine import make_engine
from records.keyring import KeyRing
from records.rotation import rotate

if __name__ == "__main__":
    ring = KeyRing.open(Path(sys.argv[2]), may_make=False, environment={})
    rotate(make_engine(sys.argv[1]), ring, lambda line: print(line, flush=True))
