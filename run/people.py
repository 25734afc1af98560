"""Keeps the running parts on the organisation as it is now.

The file is looked at again whenever it has changed, and so is who has left or is away. Whoever is
not in it any more is signed out within a second, and their cases are asked of somebody else. A
file with a fault in it is not taken: the log says so, and the one before stays.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from casework.absences import Absence, today
from casework.organisation import Organisation, read_organisation
from casework.ports import Clock
from records import leaving
from records.presence import Presence
from records.store import Store

log = logging.getLogger("heard.people")
LOOK_SECONDS = 1.0


class People:
    """The file, and who of it is here. `follow` hands a new organisation to every part."""

    def __init__(
        self,
        file: Path,
        organisation: Organisation,
        engine: Engine,
        clock: Clock,
    ) -> None:
        self._file = file
        self._from_file = organisation
        self._engine = engine
        self._clock = clock
        self._seen = _stamp(file)
        self._absences = self._absent()

    @property
    def on_file(self) -> Organisation:
        """Everybody, away or not."""
        return self._from_file

    def now(self) -> Organisation:
        """The organisation as it is now."""
        return today(self._from_file, self._absences)

    def refresh(self, store: Store, follow: Callable[[Organisation], None]) -> bool:
        """Takes up what has changed; True when something had."""
        before = {person.id for person in self.now().people}
        changed = self._read_again()
        absences = self._absent()
        if not changed and absences == self._absences:
            return False  # the usual case: nothing was written and nobody asked
        self._absences = absences
        organisation = self.now()
        follow(organisation)
        gone = before - {person.id for person in organisation.people}
        if gone:
            with store.work() as work:
                Presence(work.connection, work.now).end_sessions(gone)
        leaving.free_cases(store, organisation)
        return True

    def _read_again(self) -> bool:
        stamp = _stamp(self._file)
        if stamp == self._seen:
            return False
        self._seen = stamp
        document = read_organisation(self._file)
        if document.model is None or document.faults:
            log.error("organisation file not taken: %s faults", len(document.faults))
            return False
        if document.model.pack != self._from_file.pack:
            log.error("organisation file not taken: another pack needs a restart")
            return False
        self._from_file = document.model
        return True

    def _absent(self) -> list[Absence]:
        with self._engine.connect() as connection:
            return Presence(connection, self._clock).absent()


def _stamp(file: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(file)
    except OSError:  # being replaced just now; the next look finds it
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
