"""Checkpoints that are kept outside the database."""

from __future__ import annotations

from pathlib import Path

from casework.errors import FileUnusable
from records.checkpoints import Checkpoint


def read_anchors(path: Path | None) -> list[Checkpoint]:
    """The checkpoints in a file that was kept outside; other lines of it are passed over.

    Raises:
        FileUnusable: It cannot be read, or holds none.
    """
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [Checkpoint.read(line.strip()) for line in lines if '"signature"' in line]
    except (OSError, ValueError) as error:
        raise FileUnusable(f"{path} cannot be read as checkpoints.") from error
    if not found:
        raise FileUnusable(f"{path} holds no checkpoint.")
    return found
