"""Small transactions that wait at the same moment are committed as one, and each fails alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from casework.errors import StoreUnavailable
from records.store import OpenWork
from records.turns_to_write import TurnsToWrite
from tests.integration.records.archive import Archive

MANY = 40


class Gathered:
    """One transaction that does not end, and others that wait behind it."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._pool = ThreadPoolExecutor(MANY + 1)
        self._begun, self._may_end = threading.Event(), threading.Event()
        self.first = self.asks(self._holds_up)
        assert self._begun.wait(30)

    def _holds_up(self, work: OpenWork) -> None:
        self._begun.set()
        assert self._may_end.wait(30)

    def asks(self, act: Callable[[OpenWork], Any]) -> Future[Any]:
        return self._pool.submit(self._archive.store.together, act)

    def all_at_once(self, acts: list[Callable[[OpenWork], Any]]) -> list[Future[Any]]:
        """Everybody waits; then they may go."""
        asked = [self.asks(act) for act in acts]
        together = self._archive.store._together
        while len(together._waiting) < len(acts):
            self._may_end.wait(0.01)
        self._may_end.set()
        return asked


def opens(person: str) -> Callable[[OpenWork], str]:
    return lambda work: work.conversations.open(person=person, channel="test").id


def kept(archive: Archive) -> int:
    with archive.store.read() as work:
        return len(work.conversations.of_person("reporter"))


def refuses(work: OpenWork) -> None:
    work.conversations.open(person="reporter", channel="test")
    raise LookupError("this one, and no other")


def breaks(work: OpenWork) -> None:
    work.connection.execute(text("INSERT INTO no_such_table VALUES (1)"))


def test_many_are_kept_with_one_commit(archive: Archive) -> None:
    gathered = Gathered(archive)
    commits: list[int] = []
    event.listen(archive.engine, "commit", lambda _: commits.append(1))
    asked = gathered.all_at_once([opens("reporter")] * MANY)
    assert len({one.result() for one in asked}) == kept(archive) == MANY
    assert len(commits) == 2  # the one that held them up, and theirs


def test_what_one_raises_is_its_own_and_takes_back_nobody_elses(archive: Archive) -> None:
    acts = [opens("reporter"), refuses, opens("reporter")]
    first, second, third = Gathered(archive).all_at_once(acts)
    with pytest.raises(LookupError):
        second.result()
    assert first.result() != third.result()
    assert kept(archive) == 2


def test_a_database_that_fails_in_one_has_kept_none_and_says_so_to_all(archive: Archive) -> None:
    acts = [opens("reporter"), breaks, opens("reporter")]
    for one in Gathered(archive).all_at_once(acts):
        with pytest.raises(StoreUnavailable):
            one.result()
    assert kept(archive) == 0
    archive.store.together(opens("reporter"))
    assert kept(archive) == 1


def test_turns_to_write_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    turns, served = TurnsToWrite(), list[int]()
    turns.take(30)

    def write(n: int) -> None:
        turns.take(30)
        served.append(n)
        turns.give()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(MANY)]
    for n, thread in enumerate(threads):
        thread.start()
        while len(turns._waiting) <= n:
            thread.join(0.001)
    turns.give()
    for thread in threads:
        thread.join()
    assert served == list(range(MANY))


def test_whoever_waits_too_long_is_told_and_holds_up_nobody() -> None:
    turns = TurnsToWrite()
    turns.take(30)
    with pytest.raises(NoConnectionFree):
        turns.take(0.01)
    turns.give()
    assert turns.take(0.01) > 0
