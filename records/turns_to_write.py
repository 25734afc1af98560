"""Who writes to SQLite next: within one process they are served in the order in which they came.

SQLite gives its lock to whoever happens to ask when it is free, and lets the others ask again
after pauses that grow. Among many writers one is passed over until its time is up, though each of
them was quick: of two hundred people who write at once a few would be told that nothing was kept.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from sqlalchemy.exc import TimeoutError as NoConnectionFree


class TurnsToWrite:
    """One turn at a time, first come, first served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    def take(self, seconds: float) -> float:
        """Waits for a turn; returns how much of `seconds` is left.

        Raises:
            NoConnectionFree: They were over first.
        """
        until, mine = time.monotonic() + seconds, threading.Event()
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return seconds
            self._waiting.append(mine)
        if not mine.wait(seconds):
            with self._lock:
                if not mine.is_set():  # it may have been given in this very moment
                    self._waiting.remove(mine)
                    raise NoConnectionFree("no turn to write")
        return max(until - time.monotonic(), 0.0)

    def give(self) -> None:
        """The next one's turn."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
