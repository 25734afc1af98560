"""Which rules have no test, as docs/rules.md says; a house without the page knows of none."""

from __future__ import annotations

import re
from pathlib import Path

_ROW = re.compile(r"^\| ([A-Z]{1,3}\d{1,3}) \|.*\| (.+) \|$", re.MULTILINE)
MISSING = "**missing**"


def untested_rules(page: Path) -> frozenset[str]:
    """The codes whose row says that the test is missing."""
    if not page.exists():
        return frozenset()
    rows = _ROW.findall(page.read_text(encoding="utf-8"))
    return frozenset(code for code, tests in rows if tests == MISSING)
