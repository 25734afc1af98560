"""The auditor's process beside the service (auditor/), started again when it dies."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys

from run.settings import ROOT, Settings

log = logging.getLogger("heard.service")
COMMAND = (sys.executable, "-m", "auditor")
LOOK_SECONDS = 2.0
PAUSE_BEFORE_RESTART_SECONDS = 5.0


class AuditorProcess:
    """Started with the service and stopped with it. One that is run by hand, on another machine,
    goes on when the service does not."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """What it prints goes to auditor.log: references and codes only."""
        path = self._settings.logs / "auditor.log"
        path.touch(mode=0o600)
        with path.open("ab") as output:
            self._process = subprocess.Popen(
                COMMAND,
                cwd=ROOT,
                env=self._settings.for_auditor(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    async def watch(self) -> None:
        """For ever: one that died is started again."""
        while True:
            if self._process is None or self._process.poll() is not None:
                log.error("auditor died, starting it again")
                await asyncio.sleep(PAUSE_BEFORE_RESTART_SECONDS)
                self.start()
            await asyncio.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Ends it, and waits until it has."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=15)
