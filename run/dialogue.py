"""The dialogue process: trained when stale, started, watched, started again when it dies."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from connectors.dialogue import Dialogue
from records.vault import Vault
from run.settings import ROOT, Settings

log = logging.getLogger("heard.dialogue")
PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
MODELS = ROOT / "models"
READY_SECONDS = 90.0
LOOK_SECONDS = 0.2
PAUSE_BEFORE_RESTART_SECONDS = 1.0


class DialogueMissing(Exception):
    """The dialogue's environment is not installed, or its data cannot be trained."""


@dataclass(frozen=True)
class Seam:
    """The two tokens and addresses that service and dialogue share. New at every start."""

    port: int
    action_port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    action_token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def address(self) -> str:
        """Where the dialogue answers."""
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def train_if_stale(say: Callable[[str], None]) -> Path:
    """The model of the present data. Training is shown as it goes.

    Raises:
        DialogueMissing: Not installed, or the data is at fault (Rasa has said where).
    """
    if not PYTHON.exists():
        raise DialogueMissing("The dialogue is not installed. Run: make install")
    found = _bot("bot.train", "--print-fingerprint", capture=True)
    model = MODELS / f"heard-{found.strip()}.tar.gz"
    if not model.exists():
        say("Training the language model (about a minute, only when its data has changed).")
        _bot("bot.train", "--out", str(MODELS), capture=False)
    return model


def _bot(*arguments: str, capture: bool) -> str:
    run = subprocess.run(
        [str(PYTHON), "-m", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if capture else None,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise DialogueMissing("The dialogue's data could not be trained; see above.")
    return run.stdout


class DialogueProcess:
    """Rasa, alone, on loopback."""

    def __init__(self, settings: Settings, vault: Vault, model: Path, seam: Seam) -> None:
        self._settings = settings
        self._model = model
        self._seam = seam
        self._key = base64.b64encode(vault.derive("tracker")).decode()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def start(self) -> None:
        """Starts it. What it prints goes to dialogue.log, which holds ids only."""
        environment = {
            **os.environ,
            "HEARD_DIALOGUE_TOKEN": self._seam.token,
            "HEARD_ACTION_URL": f"http://127.0.0.1:{self._seam.action_port}/webhook",
            "HEARD_ACTION_TOKEN": self._seam.action_token,
            "HEARD_DATABASE_URL": self._settings.database_url,
            "HEARD_TRACKER_KEY": self._key,
        }
        path = self._settings.logs / "dialogue.log"
        path.touch(mode=0o600)
        with path.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    str(PYTHON),
                    "-m",
                    "bot.main",
                    "--model",
                    str(self._model),
                    "--port",
                    str(self._seam.port),
                ],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    async def until_ready(self, dialogue: Dialogue) -> bool:
        """True when it answers and keeps its trackers; False when it died or took too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_SECONDS):
                while self._runs():
                    if await dialogue.is_up():
                        return True
                    await asyncio.sleep(LOOK_SECONDS)
        return False

    async def watch(self) -> None:
        """For ever: a dialogue that died is started again. What it was asked meanwhile waits in
        the inbox."""
        while not self._stopping:
            if not self._runs():
                log.error("dialogue died, starting it again")
                await asyncio.sleep(PAUSE_BEFORE_RESTART_SECONDS)
                self.start()
            await asyncio.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Ends it."""
        self._stopping = True
        if self._process is None or not self._runs():
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None
