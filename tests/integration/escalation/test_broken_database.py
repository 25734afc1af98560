"""Drills 4 and 5 of reliability.md: the database fails under a service whose cases climb.

A full disk, a lock that somebody holds, and on PostgreSQL a server that is gone. Everything drains
by itself once it is over: the process is the same from first to last.
"""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from casework.vocabulary import utc_now
from records.engine import snapshot
from tests.databases import on_server
from tests.integration.escalation.processes import Desk, serving, ten_minutes_pass
from tests.integration.escalation.service import wait_until
from tests.integration.escalation.town import new_head

ONCE = {(0, "manager"): 1, (0, "dsl"): 1, (1, "deputy"): 1, (2, "on_call"): 1}
Fault = Callable[[Engine, subprocess.Popen[str]], AbstractContextManager[None]]


def test_a_database_that_fails_in_the_middle_of_ticks_stops_no_case_for_good(
    own_database: str, desk: Desk
) -> None:
    log: list[str] = []
    with serving(own_database, log=log) as process:
        for fault in FAULTS[desk.engine.dialect.name]:
            heads = [new_head() for _ in range(4)]
            for head in heads:
                desk.start(head)
            complaints = _complaints(log)
            with fault(desk.engine, process):
                wait_until(lambda before=complaints: _complaints(log) > before or _late(desk))
            ten_minutes_pass(desk.engine)
            wait_until(desk.all_ran_out)
            assert [desk.asked_first(head) for head in heads] == [ONCE] * 4, fault
            assert process.poll() is None


def test_a_service_that_starts_while_the_database_goes_away_leaves_nothing_stuck(
    own_database: str, desk: Desk
) -> None:
    heads = [new_head() for _ in range(4)]
    with serving(own_database) as process:
        for head in heads:
            desk.start(head)
        process.kill()
    fault = FAULTS[desk.engine.dialect.name][-1]
    with serving(own_database) as process, fault(desk.engine, process):
        process.kill()  # in the middle of recovering what the first one left
    ten_minutes_pass(desk.engine)
    with serving(own_database):
        wait_until(desk.all_ran_out)
    assert [desk.asked_first(head) for head in heads] == [ONCE] * 4


def _complaints(log: list[str]) -> int:
    return sum(line.startswith(("tick_failed", "sweep_failed")) for line in log)


def _late(desk: Desk) -> bool:
    """Whether a case waits for a tick that does not come, as far as that can be read."""
    try:
        return any(
            climb.due_at is not None and climb.due_at < utc_now() - timedelta(seconds=3)
            for climb in desk.standings(snapshot(desk.engine))
        )
    except OperationalError:
        return False


@contextmanager
def no_byte_more(_: Engine, process: subprocess.Popen[str]) -> Iterator[None]:
    """The process can write to no file: what a full disk does to it."""
    limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def locked_file(engine: Engine, _: subprocess.Popen[str]) -> Iterator[None]:
    """Somebody else is writing, and does not finish."""
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))  # a transaction begins IMMEDIATE, with its first word
        yield


@contextmanager
def full_server(engine: Engine, _: subprocess.Popen[str]) -> Iterator[None]:
    """The server's own disk is full: it answers every write with that error."""
    tables = ("escalations", "deliveries", "dbos.workflow_status")
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$"
            )
        )
        for table in tables:
            connection.execute(
                text(
                    f"CREATE TRIGGER is_full BEFORE INSERT OR UPDATE ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION is_full()"
                )
            )
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP FUNCTION is_full CASCADE"))


@contextmanager
def locked_tables(engine: Engine, _: subprocess.Popen[str]) -> Iterator[None]:
    """Somebody holds what a change of the tables would hold."""
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE escalations IN ACCESS EXCLUSIVE MODE"))
        yield


@contextmanager
def server_gone(engine: Engine, _: subprocess.Popen[str]) -> Iterator[None]:
    """Every connection is cut, and no new one is taken: a server that was stopped."""
    name = engine.url.database
    engine.dispose()
    on_server(
        f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    try:
        yield
    finally:
        on_server(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")


FAULTS: dict[str, tuple[Fault, ...]] = {
    "sqlite": (no_byte_more, locked_file),
    "postgresql": (full_server, locked_tables, server_gone),
}
