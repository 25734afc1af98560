"""`heard` in the home of a house that has just been used."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from records.proof import VERIFIER
from run.cli import app
from tests.unit.home import KEY, Home

Command = Callable[..., Result]


def command_in(home: Home) -> Command:
    """Runs `heard` with these arguments."""
    keys = home.folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(home.folder / KEY, keys / KEY)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, env={"HEARD_HOME": str(home.folder)})

    return run


def out(result: Result) -> Any:
    """Its JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def verified(file: Path) -> subprocess.CompletedProcess[str]:
    """The stand-alone verifier on an export, in a process that knows nothing of Heard."""
    command = [sys.executable, "-I", str(VERIFIER), str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
