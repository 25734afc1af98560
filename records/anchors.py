"""Places outside the database where checkpoints are kept, and what they say of the database.

A place knows its newest checkpoint. If the database does not have it, the database is an older
copy or was written anew: that is an alarm, and nothing is added there.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from casework.errors import ChainBroken, FileUnusable, HeardError
from casework.ports import Clock
from records import checkpoints
from records.checkpoints import Checkpoint, Signer
from records.engine import as_unavailable, snapshot

GIT_FILE = "heard-checkpoints.jsonl"
GIT_SECONDS = 30


class Place(Protocol):
    """Somewhere that those who look after the database cannot write."""

    def kept(self) -> list[Checkpoint]:
        """What was put there, oldest first. Raises FileUnusable when it cannot be read."""

    def put(self, fresh: Sequence[Checkpoint]) -> None:
        """Adds these. Raises FileUnusable when they cannot be put there."""


class KeptInFile:
    """A file, best on another machine that lets Heard add to it and not change it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def kept(self) -> list[Checkpoint]:
        """Nothing before the first time."""
        with suppress(FileNotFoundError):
            if self._path.stat().st_size:
                return read_anchors(self._path)
        return []

    def put(self, fresh: Sequence[Checkpoint]) -> None:
        """On the disk when it returns. A line that was cut off by a full disk is left behind,
        and the next one begins on a line of its own."""
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)
            with os.fdopen(handle, "r+b") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(size - 1, 0))
                begins = b"" if file.read(1) in (b"", b"\n") else b"\n"
                file.seek(0, os.SEEK_END)
                file.write(begins + b"".join(one.line.encode() + b"\n" for one in fresh))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FileUnusable(f"{self._path} cannot be written: {error.strerror}.") from error


class KeptInGit:
    """A clone whose remote the organisation does not own alone: each addition is pushed."""

    def __init__(self, clone: Path) -> None:
        self._clone = clone
        self._file = KeptInFile(clone / GIT_FILE)

    def kept(self) -> list[Checkpoint]:
        """What stands in the clone."""
        return self._file.kept()

    def put(self, fresh: Sequence[Checkpoint]) -> None:
        """Commits and pushes; what could not be pushed goes with the next."""
        self._file.put(fresh)
        self._git("add", GIT_FILE)
        self._git("commit", "--quiet", "--message", f"Checkpoint {fresh[-1].number}")
        self._git("push", "--quiet")

    def _git(self, *arguments: str) -> None:
        command = ["git", "-C", str(self._clone), *arguments]
        quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}  # it never waits for a password
        try:
            subprocess.run(command, env=quiet, check=True, capture_output=True, timeout=GIT_SECONDS)
        except (OSError, subprocess.SubprocessError) as error:
            raise FileUnusable(f"git {arguments[0]} did not work in {self._clone}.") from error


class Mailed:
    """A mailbox of somebody outside, such as a trustee.

    What was mailed is also listed here, so that each goes out once. The list is on this machine
    and proves nothing by itself: whoever doubts brings the mail (`verify --against`).
    """

    def __init__(self, send: Callable[[Sequence[Checkpoint]], None], listed: Path) -> None:
        """`send` raises FileUnusable when the mail was not taken."""
        self._send = send
        self._listed = listed
        self._list = KeptInFile(listed)

    def kept(self) -> list[Checkpoint]:
        """What was mailed, as far as this machine knows."""
        return self._list.kept()

    def put(self, fresh: Sequence[Checkpoint]) -> None:
        """One mail with all of them. A crash before the list is written mails them twice."""
        self._send(fresh)
        self._listed.parent.mkdir(mode=0o700, exist_ok=True)
        self._list.put(fresh)


def keep(engine: Engine, signer: Signer, clock: Clock, places: Iterable[Place]) -> list[HeardError]:
    """Makes a checkpoint when something was written, and puts what is new into every place.

    Returns what went wrong: one place that fails keeps no other from being filled.

    Raises:
        ChainBroken: The chain does not verify, so nothing is signed and nothing is put anywhere.
    """
    checkpoints.make(engine, signer, clock)
    wrong: list[HeardError] = []
    for place in places:
        try:
            _fill(engine, place)
        except (ChainBroken, FileUnusable) as error:
            wrong.append(error)
    return wrong


def _fill(engine: Engine, place: Place) -> None:
    with as_unavailable(), snapshot(engine).connect() as connection:
        ours = {one.number: one for one in checkpoints.every(connection)}
    lost = {number for one in ours.values() for number in one.lost}
    kept = [one for one in place.kept() if one.number not in lost]
    for one in kept:
        if one.number not in ours or ours[one.number].body != one.body:
            raise ChainBroken(
                f"Checkpoint {one.number} of {one.content['at']} is kept outside, up to entry "
                f"{one.position}, and is not here: this is an older copy, or was written anew."
            )
    newest = max((one.number for one in kept), default=0)
    fresh = [one for number, one in sorted(ours.items()) if number > newest]
    if fresh:
        place.put(fresh)


def read_anchors(path: Path | None) -> list[Checkpoint]:
    """The checkpoints in a file that was kept outside; other lines of it are passed over.

    Raises:
        FileUnusable: It cannot be read, or holds none.
    """
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        whole = [line.strip() for line in lines if line.rstrip().endswith('"}')]
        found = [Checkpoint.read(line) for line in whole if '"signature"' in line]
    except (OSError, ValueError) as error:
        raise FileUnusable(f"{path} cannot be read as checkpoints.") from error
    if not found:
        raise FileUnusable(f"{path} holds no checkpoint.")
    return found
