"""What may stand in a log: ids and codes of our own loggers, and the class of an error.

No message of a library passes, because nobody can promise what it holds; no error's text and no
traceback's values either (reliability.md R12, D5).
"""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

OURS = ("heard", "escalation", "records")
LARGEST_BYTES = 5_000_000
KEPT_FILES = 5


class OursOnly(logging.Filter):
    """Lets our own loggers through, and turns any error into the name of its class."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in OURS:
            return False
        if record.exc_info and record.exc_info[0]:
            record.msg = f"{record.msg} ({record.exc_info[0].__name__})"
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def to_file(folder: Path) -> None:
    """Everything goes to service.log in `folder`, readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "service.log"
    path.touch(mode=0o600)
    handler = RotatingFileHandler(path, maxBytes=LARGEST_BYTES, backupCount=KEPT_FILES)
    handler.addFilter(OursOnly())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
