"""What this process may write: its own lines, and of everybody else's only where and what kind.

Rasa, Sanic and their libraries put messages, slots and whole trackers into log lines, warnings
and exception texts (reliability.md R12). So no text of theirs is ever rendered: a line tells
the logger, the place in the code and the classes of the exceptions, which leads to the fault.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

OWN = "heard"
EVENT_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def quiet(stream: TextIO = sys.stderr) -> None:
    """Closes every way out but ours: logging, structlog, warnings, uncaught exceptions."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(AllowList())
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(logging.INFO)
    logging.disable(logging.DEBUG)
    logging.raiseExceptions = False  # its report of a broken log call prints the arguments
    structlog.configure(
        processors=[_event_name_only],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: logging.getLogger(f"{OWN}.rasa"),
        cache_logger_on_first_use=True,
    )
    warnings.showwarning = lambda *_: None  # advice for those who train; it quotes
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda event: _uncaught(event.exc_type, event.exc_value, None)
    threading.excepthook = lambda event: _uncaught(event.exc_type, event.exc_value, None)


def remove_foreign_handlers() -> None:
    """Sends what libraries log to handlers of their own through ours; call after imports."""
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers = []
            logger.propagate = True


class AllowList(logging.Formatter):
    """Renders our own lines; of any other record where it was logged, never what it says."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns one line, built from nothing that a person could have typed."""
        own = record.name.split(".")[0] == OWN
        said = record.getMessage() if own else f"{record.module}:{record.lineno}"
        kinds = " < ".join(_kinds(record.exc_info[1] if record.exc_info else None))
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {said} {kinds}"
        return line.rstrip()


def _kinds(error: BaseException | None) -> Iterator[str]:
    """Names an exception and its causes by class and place: their texts may quote a person."""
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        yield f"{type(error).__name__}{place}"
        error = error.__cause__ or error.__context__


def _event_name_only(_logger: Any, _method: str, event: structlog.types.EventDict) -> str:
    name = str(event.get("event", ""))
    return name if EVENT_NAME.fullmatch(name) else "unnamed event"


def _uncaught(
    kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None
) -> None:
    logging.getLogger(OWN).critical("uncaught", exc_info=(kind, error or kind(), None))
