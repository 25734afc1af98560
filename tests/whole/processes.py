"""Heard as people start it: `heard up` in a home of its own, with the dialogue it brings up."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML

from connectors.signin import Links
from records.engine import make_engine, sqlite_url
from records.keyring import KeyRing
from records.store import prove_key
from records.vault import Vault

ROOT = Path(__file__).resolve().parents[2]
DEMONSTRATION = "children_and_families"
# Clocks of seconds, so that a ladder is climbed while a test waits.
HURRIED = {
    "emergency": {"acknowledge_within_seconds": 3},
    "urgent": {"acknowledge_within_seconds": 3},
    "standard": {"acknowledge_within_seconds": 3},
    "draft_escalates_after_seconds": 4,
    "hold_for_conflict_question_seconds": 3,
}
# The first start may train the model; a machine may be busy with other things.
START_SECONDS = 300.0
DEADLINE_SECONDS = 60.0
LOOK_SECONDS = 0.05
PRINTED_LINK = re.compile(r"^  (?P<name>.+?) +http://\S+/sign-in/(?P<link>\S+)$", re.MULTILINE)

T = TypeVar("T")


def until(find: Callable[[], T | None], what: str, seconds: float = DEADLINE_SECONDS) -> T:
    """What `find` finds, looked for until it is there. Fails with `what` when it never is."""
    deadline = time.monotonic() + seconds
    while True:
        found = find()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(LOOK_SECONDS)


def organisation_file(
    folder: Path, clocks: Mapping[str, Any] | None = None, pack: str = DEMONSTRATION
) -> Path:
    """A copy of a demonstration organisation, with clocks of its own where they are given."""
    yaml = YAML(typ="safe")
    content = yaml.load(ROOT / "organisations" / f"{pack}.yml")
    path = folder / "organisation.yml"
    with path.open("w", encoding="utf-8") as file:
        yaml.dump({**content, **({"clocks": dict(clocks)} if clocks else {})}, file)
    return path


class Heard:
    """One home, and the processes that run on it. It can be killed and started again."""

    def __init__(
        self, folder: Path, clocks: Mapping[str, Any] | None = None, pack: str = DEMONSTRATION
    ) -> None:
        self.pack = pack
        self.home = folder / "home"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.printed = folder / "printed.log"
        self.printed.touch()
        self.environment = {
            **os.environ,
            "HEARD_HOME": str(self.home),
            "HEARD_ORGANISATION": str(organisation_file(folder, clocks, pack)),
            "TMPDIR": str(self.temporary),
        }
        self.address = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._printed_before = 0

    # ---- starting and ending ----

    def start(self) -> Heard:
        """Starts it, and returns once it answers."""
        self._printed_before = self.printed.stat().st_size
        with self.printed.open("ab") as output:
            self._process = subprocess.Popen(
                self._command("up", "--port", "0"),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.address = until(self._announced, "heard up says where it is", START_SECONDS)
        return self

    def stop(self) -> int:
        """Ends it as Ctrl-C or a service manager would; returns its exit code."""
        assert self._process is not None, "it was never started"
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=DEADLINE_SECONDS)

    def kill_service(self) -> None:
        """kill -9 of the service alone; the dialogue is left to notice by itself."""
        dialogue = self.dialogue
        os.kill(self.service, signal.SIGKILL)
        self._process.wait()
        until(lambda: not lives(dialogue), "the dialogue ends after its parent")

    def kill_everything(self) -> None:
        """kill -9 of service and dialogue at once, as when the power goes."""
        os.killpg(self.service, signal.SIGKILL)
        self._process.wait()

    def kill_dialogue(self) -> int:
        """kill -9 of the dialogue alone; returns the process id that is no more."""
        killed = self.dialogue
        os.kill(killed, signal.SIGKILL)
        return killed

    def clear_away(self) -> None:
        """Ends whatever is left of it."""
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def service(self) -> int:
        """The service's process id, which is its group's too."""
        assert self._process is not None, "it was never started"
        return self._process.pid

    @property
    def dialogue(self) -> int:
        """The process id of the dialogue that runs now."""
        return until(lambda: _child(self.service, "bot.main"), "a dialogue runs")

    def _announced(self) -> str | None:
        assert self._process is not None
        assert self._process.poll() is None, f"heard up ended:\n{self.said()}"
        if "Stop with Ctrl-C." not in self.said():
            return None
        announced: dict[str, Any] = json.loads((self.home / "running.json").read_text())
        return str(announced["address"])

    # ---- what it says ----

    def said(self) -> str:
        """What the last `heard up` printed."""
        with self.printed.open("rb") as file:
            file.seek(self._printed_before)
            return file.read().decode()

    def logs(self, lines: int = 40) -> str:
        """The end of everything it wrote for people who look after it."""
        files = [self.printed, *sorted(self.home.glob("logs/*.log*"))]
        written = (PRINTED_LINK.sub("", file.read_text()) for file in files)
        ends = ("\n".join(text.splitlines()[-lines:]) for text in written)
        return "\n".join(f"-- {file.name}\n{end}" for file, end in zip(files, ends, strict=True))

    # ---- coming in ----

    def printed_link(self, name: str) -> str:
        """The address of the sign-in link that `heard up` printed for somebody, by their name."""
        links = {found["name"]: found["link"] for found in PRINTED_LINK.finditer(self.said())}
        return f"{self.address}/sign-in/{links[name]}"

    def link(self, person: str) -> str:
        """One more link, by person id, made as `heard chat` makes its own: with the key file."""
        file = self.home / "keys" / "organisation.key"
        vault = Vault(KeyRing.open(file, may_make=False, environment={}))
        engine = make_engine(sqlite_url(self.home / "heard.db"))
        prove_key(engine, vault)
        engine.dispose()
        return Links(vault.derive("sign-in")).make(person)

    # ---- the command line ----

    def command(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """One command, run to its end."""
        return subprocess.run(
            self._command(*arguments),
            cwd=ROOT,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

    def command_json(self, *arguments: str) -> Any:
        """What a command that succeeds prints with --json."""
        done = self.command(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def piped(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A command that is talked to while it runs. It ends when there is no more to say, and
        whatever it started ends with it."""
        with subprocess.Popen(
            self._command(*arguments),
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                _end(process)

    def record(self, reference: str, person: str = "reporter") -> dict[str, Any]:
        """A record as somebody reads it on the command line."""
        arguments = ("records", "show", reference, "--as", person, "--reason", "A test reads it.")
        record: dict[str, Any] = self.command_json(*arguments)
        return record

    def verify(self) -> int:
        """How many entries the chain has; fails when it is broken."""
        return int(self.command_json("records", "verify")["entries"])

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "run", *arguments]

    # ---- what can go wrong around it ----

    @contextlib.contextmanager
    def frozen_dialogue(self) -> Iterator[None]:
        """The dialogue hangs: it takes what it is sent, and answers nothing."""
        frozen = self.dialogue
        os.kill(frozen, signal.SIGSTOP)
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(frozen, signal.SIGCONT)

    @contextlib.contextmanager
    def locked_database(self) -> Iterator[None]:
        """Somebody else is writing to the database, and does not finish."""
        with self.database() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def full_disk(self) -> Iterator[None]:
        """Neither process can write a byte to any file: what a full disk does to them."""
        pids = (self.service, self.dialogue)
        before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
        for pid, (_, hard) in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            for pid, limits in before.items():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    @contextlib.contextmanager
    def failing_actions(self) -> Iterator[None]:
        """A record cannot be opened, while messages can be kept: the action of a turn fails."""
        self._rename("counters", "counters_away")
        try:
            yield
        finally:
            self._rename("counters_away", "counters")

    def _rename(self, table: str, name: str) -> None:
        with self.database() as connection:
            connection.execute(f"ALTER TABLE {table} RENAME TO {name}")

    @contextlib.contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The database file, opened from outside."""
        path = self.home / "heard.db"
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.isolation_level = None
            yield connection


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(timeout=DEADLINE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise


def _child(parent: int, called: str) -> int | None:
    """A living child process whose command line holds `called`."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            its_parent, dead = _family(folder)
            if its_parent == parent and not dead and called in (folder / "cmdline").read_text():
                return int(folder.name)
    return None


def _family(process: Path) -> tuple[int, bool]:
    """A process's parent, and whether it is dead and only not yet counted out."""
    state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
    return int(parent), state == "Z"


def lives(pid: int) -> bool:
    """Whether a process runs (or is stopped, but not dead)."""
    try:
        return not _family(Path("/proc") / str(pid))[1]
    except OSError:
        return False


def texts(record: dict[str, Any], kind: str) -> list[str]:
    """The texts of one kind of line, in order."""
    return [entry["text"] for entry in record["entries"] if entry["kind"] == kind]


def topics(record: dict[str, Any]) -> list[str]:
    """What the lines are about, in order, where they say so."""
    return [entry["topic"] for entry in record["entries"] if entry["topic"]]
