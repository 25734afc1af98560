"""Files outside the database: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path

from casework.errors import FileUnusable


def write_private(path: Path, content: bytes) -> None:
    """On the disk when it returns; whatever stood there before is replaced in one step.

    Raises:
        FileUnusable: The place cannot be written.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise FileUnusable(f"{path} cannot be written: {error.strerror}.") from error
