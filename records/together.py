"""Small transactions that wait at the same moment are committed as one.

A commit waits for the disk, and a disk does so many a second. Two hundred people who write at once
would wait one behind the other; so whoever is first takes along everybody who waits by then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection

from casework.errors import StoreUnavailable
from records.engine import as_unavailable

T = TypeVar("T")


class _Open(Protocol):
    connection: Connection


W = TypeVar("W", bound=_Open)


class _Waiting(Generic[W, T]):
    """What one caller wants done, and what came of it."""

    def __init__(self, act: Callable[[W], T]) -> None:
        self._act = act
        self._result: list[T] = []
        self.error: Exception | None = None

    @property
    def is_over(self) -> bool:
        return bool(self._result) or self.error is not None

    def do(self, work: W) -> None:
        """Does it within the transaction of all: what it raises takes back what it did itself.

        Raises:
            StoreUnavailable: The database failed, and all that stands in the transaction with it.
        """
        try:
            with as_unavailable(), work.connection.begin_nested():
                result = self._act(work)
        except StoreUnavailable:
            raise
        except Exception as error:  # handed to whoever asked for it
            self.error = error
        else:
            self._result.append(result)

    def fail(self, error: Exception) -> None:
        """Nothing was kept, whatever had been done by then."""
        self._result.clear()
        self.error = error

    def outcome(self) -> T:
        if self.error is not None:
            raise self.error
        return self._result[0]


class Together(Generic[W]):
    """Called from many threads; one of them does the work of all that wait."""

    def __init__(self, work: Callable[[], AbstractContextManager[W]]) -> None:
        self._work = work
        self._leads = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[W, Any]] = []

    def do(self, act: Callable[[W], T]) -> T:
        """What `act` returns, once it is committed. Raises what it raises, and StoreUnavailable."""
        mine = _Waiting(act)
        with self._lock:
            self._waiting.append(mine)
        with self._leads:
            if not mine.is_over:
                self._lead()
        return mine.outcome()

    def _lead(self) -> None:
        together = self._taken()
        try:
            with self._work() as work:
                for one in together:
                    one.do(work)
        except Exception as error:  # everybody's, and each raises it
            # Whoever came meanwhile has waited long enough to be told.
            for one in [*together, *self._taken()]:
                one.fail(error)

    def _taken(self) -> list[_Waiting[W, Any]]:
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken
