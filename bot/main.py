"""Starts the dialogue: `python -m bot.main --model models/heard-....tar.gz --port 5005`.

Listens on loopback only, in the folder that holds endpoints.yml and credentials.yml, with what
SETTINGS names in its environment. Ends when the process that started it ends. Exits 2 on wrong
use, 1 when the model or the port cannot be used.
"""

from __future__ import annotations

import os

PARENT = os.getppid()  # read first: the parent may die while we import the rest

import argparse
import base64
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot import lean, logs

if TYPE_CHECKING:
    from sanic import Sanic

LOOPBACK = "127.0.0.1"
KEY_BYTES = 32

SETTINGS = {
    "HEARD_DIALOGUE_TOKEN": "the token that the service sends with each turn",
    "HEARD_ACTION_URL": "the address of the service's actions",
    "HEARD_ACTION_TOKEN": "the token that this process sends with each action",
    "HEARD_DATABASE_URL": "the address of the database that keeps the trackers",
    "HEARD_TRACKER_KEY": "the key that seals the trackers: 32 bytes in base64",
}

# Read once by Rasa and TensorFlow, when they are imported.
BEFORE_IMPORT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TICKET_LOCK_LIFETIME": "300",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}

log = logging.getLogger("heard.dialogue")


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks what it was given, loads the model, serves until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bot.main", allow_abbrev=False)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args(arguments)  # Rasa's --debug, which logs every word, is refused
    fault = fault_in(os.environ) or _fault_in_model(chosen.model)
    if fault:
        print(fault, file=sys.stderr)
        return 2
    try:
        bound = _bound(chosen.port)
    except OSError as error:
        print(f"Port {chosen.port} cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return _serve(chosen.model, bound)


def fault_in(environment: Mapping[str, str]) -> str | None:
    """Says what is missing in the settings and how to cure it, or None."""
    for name, meaning in SETTINGS.items():
        if not environment.get(name):
            return f"{name} is not set: {meaning}. `heard up` sets it; set it to start by hand."
    try:
        key = base64.b64decode(environment["HEARD_TRACKER_KEY"], validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        return "HEARD_TRACKER_KEY is not 32 bytes in base64. `openssl rand -base64 32` makes one."
    return None


def _fault_in_model(model: Path) -> str | None:
    if model.is_file():
        return None
    return f"No model at {model}. `python -m bot.train` makes one and prints where it is."


def _bound(port: int) -> socket.socket:
    """Takes the port before the model loads; it answers only once there is something to say."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((LOOPBACK, port))
    return bound


def _end_with_parent() -> None:
    """Watches for a parent killed with -9, which could not stop this process."""
    while os.getppid() == PARENT:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _serve(model: Path, bound: socket.socket) -> int:
    logs.quiet()
    try:
        app = _app_with(model)
    except Exception as error:  # the edge: whatever a broken model or setting raises ends here
        log.exception("cannot start")
        print(f"The model cannot be used: {type(error).__name__}. Train it anew.", file=sys.stderr)
        return 1
    log.info("ready on port %s with %s", bound.getsockname()[1], model.name)
    app.run(sock=bound, access_log=False, motd=False)
    return 0


def _app_with(model: Path) -> Sanic:
    os.environ.update(BEFORE_IMPORT)
    lean.leave_out_what_serving_never_runs(lean.components_of(model))
    lean.leave_out_channels()
    from bot.server import app_for, load_agent

    app = app_for(load_agent(model))
    logs.remove_foreign_handlers()
    return app


if __name__ == "__main__":
    sys.exit(main())
