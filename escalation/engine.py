"""The durable engine behind the ladder: the only file that knows DBOS.

It wakes rows up and knows nothing about them: launch, enqueue in a transaction, sweep, stop. The
guards are those of reliability.md 3b; each comment says which trap it closes.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy import Connection, Engine, create_engine, event

from casework.errors import InvariantBroken
from casework.ports import Clock
from escalation.tick import OVERDUE, Due, Ticks

logger = logging.getLogger(__name__)

APPLICATION = "heard"
QUEUE = "escalation"
TICK = "escalation_tick"
# A constant: DBOS's own is a hash of the source, and one changed comment strands every open row.
VERSION = "1"
# Never 1: a stuck row would block the queue. Unbounded, a burst starves everything else.
TICKS_AT_ONCE = 20
POLL_SECONDS = 0.5
SWEEP_EVERY = timedelta(seconds=20)
# At least ten times a tick's hardest timeout, or the sweeper interrupts work that goes well.
STUCK_AFTER = timedelta(seconds=120)
MOST_RESUMES = 3
KEEP_FINISHED = timedelta(days=7)
CLOCK_JUMP = timedelta(seconds=30)
DBOS_LOCK_WAIT_SECONDS = 30
WAITING = ["DELAYED", "ENQUEUED"]
FINISHED = ["SUCCESS", "ERROR", "CANCELLED"]


class DurableEngine:
    """DBOS on the database of the records. One per process."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = _engine_for_dbos(engine)
        self._client = DBOSClient(
            system_database_engine=self._engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
        )
        self._clock = clock
        self._drift = self._wall_minus_monotonic()
        self._ticks: Ticks | None = None
        self._resumed: Counter[str] = Counter()
        self._stopping = threading.Event()
        self._sweeper = threading.Thread(
            target=self._sweep_on, name="escalation-sweeper", daemon=True
        )

    def enqueue_in_transaction(
        self, connection: Connection, escalation_id: str, step: int, delay: timedelta
    ) -> None:
        """Enqueues the tick of this step; it exists when the caller's transaction commits.

        A locked database fails as any statement of the caller does: DBOS waits for nothing here.
        """
        options: EnqueueOptions = {
            "workflow_name": TICK,
            "queue_name": QUEUE,
            "app_version": VERSION,
            "workflow_id": f"{_prefix(Due(escalation_id, step))}{uuid4().hex[:8]}",
        }
        if delay > timedelta(0):
            options["delay_seconds"] = delay.total_seconds()
        self._client.enqueue_in_transaction(connection, options, escalation_id, step)

    def launch(self, ticks: Ticks) -> None:
        """Starts DBOS and the sweeper. Not from a running event loop: DBOS refuses that.

        Raises:
            InvariantBroken: Ticks of another version wait, which this one would never run.
        """
        self._ticks = ticks
        # A handler of our own keeps DBOS from writing to the console past the service's filter.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        DBOS(config=_config(self._engine))
        # No cap on recovery: at its default DBOS drops a tick after a hundred restarts.
        DBOS.workflow(name=TICK, max_recovery_attempts=None)(_workflow(ticks))
        DBOS.launch()
        self._refuse_foreign_versions()
        if self._engine.dialect.name == "sqlite":
            self._resume(_listed(status="PENDING"))  # one process has the file: they are all dead
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=TICKS_AT_ONCE,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        self._sweeper.start()

    def sweep(self) -> None:
        """Puts right what a dead process, a full disk or a moved clock left behind."""
        assert self._ticks is not None, "launch comes first"
        self._ticks.still_here()
        self._follow_clock(self._ticks)
        self._resume_stuck()
        self._enqueue_lost(self._ticks)
        self._clear_finished()

    def stop(self) -> None:
        """Ends the threads. Ticks that were running are found again at the next launch."""
        self._stopping.set()
        if self._sweeper.is_alive():
            self._sweeper.join()
        DBOS.destroy(destroy_registry=True)
        self._engine.dispose()

    def _sweep_on(self) -> None:
        while not self._stopping.is_set():
            try:
                self.sweep()
            except Exception as error:  # the next sweep may find the database back
                logger.error("sweep_failed %s", type(error).__name__)
            self._stopping.wait(SWEEP_EVERY.total_seconds())

    def _follow_clock(self, ticks: Ticks) -> None:
        """A clock that was set back would make everybody wait that much longer. One that was set
        forward makes ticks early by that much at most, or is a machine that slept: they are due.
        """
        drift = self._wall_minus_monotonic()
        jump, self._drift = drift - self._drift, drift
        if abs(jump) > CLOCK_JUMP:
            logger.error("clock_jumped %d seconds", jump.total_seconds())
        if jump < -CLOCK_JUMP:
            ticks.clock_went_back(-jump)

    def _wall_minus_monotonic(self) -> timedelta:
        return timedelta(seconds=self._clock().timestamp() - time.monotonic())

    def _resume_stuck(self) -> None:
        """Ticks that a process took and never finished, whichever process it was. After three
        resumes one is given up: its row is overdue, and gets a fresh tick."""
        long_ago = (datetime.now(UTC) - STUCK_AFTER).isoformat()
        self._resume(_listed(status="PENDING", dequeued_before=long_ago))

    def _resume(self, workflows: list[str]) -> None:
        for workflow in workflows:
            self._resumed[workflow] += 1
            if self._resumed[workflow] > MOST_RESUMES:
                DBOS.cancel_workflow(workflow)
            else:
                DBOS.resume_workflow(workflow, queue_name=QUEUE)
            logger.warning("tick_stuck %s", workflow)

    def _enqueue_lost(self, ticks: Ticks) -> None:
        """Rows that are overdue although no tick waits or was just taken: DBOS lost it."""
        for due in ticks.overdue():
            prefix = _prefix(due)
            just_now = (datetime.now(UTC) - OVERDUE).isoformat()
            waits = _listed(status=WAITING, workflow_id_prefix=prefix)
            runs = _listed(status="PENDING", workflow_id_prefix=prefix, dequeued_after=just_now)
            if not (waits or runs):
                logger.warning("tick_lost %s", due.escalation_id)
                ticks.enqueue_again(due)

    def _clear_finished(self) -> None:
        long_ago = (datetime.now(UTC) - KEEP_FINISHED).isoformat()
        finished = _listed(status=FINISHED, completed_before=long_ago, limit=500)
        if finished:
            DBOS.delete_workflows(finished)

    def _refuse_foreign_versions(self) -> None:
        open_ones = DBOS.list_workflows(
            name=TICK, status=[*WAITING, "PENDING"], load_input=False, load_output=False
        )
        if any(workflow.app_version != VERSION for workflow in open_ones):
            self.stop()
            raise InvariantBroken("Ladders of another version of Heard are still climbing.")


def _workflow(ticks: Ticks) -> Callable[[str, int], str]:
    def escalation_tick(escalation_id: str, step: int) -> str:
        """It never raises: DBOS would end it as ERROR, which nobody sees, and keep the error's
        text in its tables. The row stays due, and the sweeper comes back to it."""
        try:
            return ticks.run(Due(escalation_id, step))
        except Exception as error:
            logger.error("tick_failed %s %s", escalation_id, type(error).__name__)
            return f"failed:{type(error).__name__}"

    return escalation_tick


def _prefix(due: Due) -> str:
    """How the ids of all workflows of this tick begin."""
    return f"{due.escalation_id}.{due.step}."


def _listed(**filters: Any) -> list[str]:
    """The ids of our workflows that match; inputs and results stay where they are."""
    found = DBOS.list_workflows(name=TICK, load_input=False, load_output=False, **filters)
    return [workflow.workflow_id for workflow in found]


def _config(engine: Engine) -> DBOSConfig:
    return {
        "name": APPLICATION,
        "application_version": VERSION,
        # DBOS's default is the same for every process, so two would run each other's work.
        "executor_id": f"{socket.gethostname()}-{uuid4().hex}",
        "system_database_engine": engine,
        # Its default is pickle: code for whoever can write to the database.
        "serializer": DBOSPortableJSONSerializer(),
        "use_listen_notify": False,
        "log_level": "WARNING",
    }


def _engine_for_dbos(engine: Engine) -> Engine:
    """DBOS's own connections to the same database.

    On SQLite the records' engine says BEGIN IMMEDIATE itself; DBOS begins transactions in its
    own way, and only its writes shall wait for the lock. Nothing here waits in a request.
    """
    if engine.dialect.name != "sqlite":
        return create_engine(engine.url, hide_parameters=True, pool_pre_ping=True)
    own = create_engine(
        engine.url, hide_parameters=True, connect_args={"timeout": DBOS_LOCK_WAIT_SECONDS}
    )
    event.listen(own, "connect", _set_pragmas)
    return own


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
