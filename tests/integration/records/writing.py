"""A process that writes line after line and notes each one that was acknowledged."""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from casework.errors import StoreUnavailable
from tests.integration.records.archive import Archive, line

if __name__ == "__main__":
    url, key_file, record_id, acknowledged = sys.argv[1:]
    archive = Archive(url, Path(key_file))
    with open(acknowledged, "a", encoding="utf-8") as notes:
        for n in itertools.count():
            try:
                with archive.store.work() as work:
                    work.records.append(record_id, line(f"written {n}", source_key=f"written {n}"))
                    work.conversations.open(person="reporter", channel="web")  # a new key each time
            except StoreUnavailable:
                continue
            time.sleep(0.002)  # people pause; SQLite has no queue for those who wait
            notes.write(f"written {n}\n")
            notes.flush()
