"""Figures for papers that many people read: nobody can be found in them.

A count below five is held back. So are as many others as it takes that it cannot be worked out
from the total (secondary suppression); where that is not enough, the whole table is.
Source: policy-rules H20, H27; the usual threshold of public bodies' statistics.
"""

from __future__ import annotations

from collections.abc import Mapping

THRESHOLD = 5


def suppressed(counts: Mapping[str, int]) -> dict[str, int | None] | None:
    """The counts of one table, beside their total; None for one that is held back.

    Returns None when the table cannot be shown at all. An exact 0 is shown.
    """
    held = {name for name, count in counts.items() if 0 < count < THRESHOLD}
    if held:
        # Which others are held back goes by their place, never by their size, and there always is
        # one: so that what is held back says nothing about what it is, even to somebody who has
        # read this.
        others = _after(counts, held)
        held |= set(others[:1])
        for name in others:
            if _slack(counts, held) >= THRESHOLD - 1:
                break
            held.add(name)
        if not others or _slack(counts, held) < THRESHOLD - 1:
            return None
    return {name: None if name in held else count for name, count in counts.items()}


def _after(counts: Mapping[str, int], held: set[str]) -> list[str]:
    """The other names with a count, from the last one held back onwards and round."""
    names = list(counts)
    last = max(n for n, name in enumerate(names) if name in held)
    return [name for name in names[last + 1 :] + names[:last] if counts[name] >= THRESHOLD]


def _slack(counts: Mapping[str, int], held: set[str]) -> int:
    """How far what is held back is above the least it can be, which is what somebody knows who
    knows its sum. With four, each small count may be anything from 1 to 4."""
    least = sum(1 if counts[name] < THRESHOLD else THRESHOLD for name in held)
    return sum(counts[name] for name in held) - least


def total(counts: Mapping[str, int]) -> int | None:
    """The sum; None when it is itself too small to be shown."""
    found = sum(counts.values())
    return found if found == 0 or found >= THRESHOLD else None
