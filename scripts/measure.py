"""Sizes of our files and functions: orientation, never a gate (style.md). `make measure`."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = (
    "actions",
    "bot",
    "casework",
    "coach",
    "connectors",
    "desk",
    "escalation",
    "policy",
    "records",
    "run",
)


def main() -> None:
    """Prints median, 90th percentile and maximum, and the largest of each."""
    files = [path for part in PARTS for path in _sources(ROOT / part)]
    lines = {path: len(path.read_text().splitlines()) for path in files}
    functions = {
        f"{path.relative_to(ROOT)}:{node.lineno}": (node.end_lineno or node.lineno)
        - node.lineno
        + 1
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    _show("lines of a file", {str(path.relative_to(ROOT)): n for path, n in lines.items()})
    _show("lines of a function", functions)


def _sources(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.py")) if ".venv" not in path.parts]


def _show(what: str, sizes: dict[str, int]) -> None:
    ordered = sorted(sizes.values())
    tenth = ordered[int(len(ordered) * 0.9)]
    print(f"{what}: median {statistics.median(ordered):.0f}, p90 {tenth}, max {ordered[-1]}")
    for name in sorted(sizes, key=sizes.__getitem__, reverse=True)[:5]:
        print(f"  {sizes[name]:>4}  {name}")


if __name__ == "__main__":
    main()
