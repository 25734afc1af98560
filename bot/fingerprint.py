"""Says which model belongs to the present words and rules, without importing Rasa."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

# What a model is made of, below the project's folder.
COMPONENTS = "bot/components"
INPUTS = ("config.yml", "domain.yml", "data/nlu", "data/rules", COMPONENTS)
DIGITS = 16


def fingerprint(project: Path, inputs: Sequence[str] = INPUTS) -> str:
    """Returns sixteen hex digits that change when a retrained model could differ."""
    digest = hashlib.sha256(version("rasa").encode())
    for path in _files(project, inputs):
        digest.update(f"\0{path.relative_to(project).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:DIGITS]


def model_path(project: Path, models: Path) -> Path:
    """Returns where the model of the project's present state belongs, trained or not."""
    return models / f"heard-{fingerprint(project)}.tar.gz"


def cache_path(project: Path, models: Path) -> Path:
    """Returns where Rasa may keep trained parts for next time.

    Rasa trains a part anew when its class or its input changed, but does not see a file that our
    components read or a function that they import: so each state of theirs has its own cache.
    """
    return models / ".cache" / fingerprint(project, [COMPONENTS])


def _files(project: Path, inputs: Sequence[str]) -> Iterator[Path]:
    for name in inputs:
        start = project / name
        found = [start] if start.is_file() else sorted(start.rglob("*"))
        yield from (path for path in found if path.is_file() and path.suffix != ".pyc")
