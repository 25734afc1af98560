"""`heard backup` and `heard restore`: what they print, what they refuse, with which number."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from run.cli import app
from tests.unit.home import KEY, Home

Command = Callable[..., Result]


@pytest.fixture
def heard(home: Home) -> Command:
    """`heard`, in the home of a house that has just been used, or in another."""
    keys = home.folder / "keys"
    keys.mkdir(mode=0o700)
    shutil.copy(home.folder / KEY, keys / KEY)

    def run(*arguments: str, there: Path | None = None) -> Result:
        environment = {"HEARD_HOME": str(there or home.folder)}
        return CliRunner().invoke(app, arguments, env=environment)

    return run


def test_a_backup_is_restored_in_another_home(home: Home, heard: Command, tmp_path: Path) -> None:
    reference = home.head(home.told_case("kept safe")).reference
    made = heard("backup", "--to", str(tmp_path / "backups"))
    assert made.exit_code == 0, made.output
    file = made.stdout.splitlines()[0]
    kept = tmp_path / "kept.jsonl"
    kept.write_text(heard("records", "checkpoint").stdout)
    there = tmp_path / "there"
    without_key = heard("restore", file, there=there)
    assert (without_key.exit_code, "heard keys recover" in without_key.stderr) == (1, True)
    assert not (there / "keys").exists()  # no new key was made
    (there / "keys").mkdir(mode=0o700)
    shutil.copy(home.folder / KEY, there / "keys" / KEY)
    back = heard("restore", file, "--against", str(kept), there=there)
    assert back.exit_code == 0, back.output
    assert "is what was kept outside" in back.stdout
    shown = heard("records", "show", reference, "--as", "dsl", "--reason", "after", there=there)
    assert "kept safe" in shown.stdout
    twice = heard("restore", file, there=there)
    assert (twice.exit_code, "already" in twice.stderr) == (1, True)


@pytest.mark.parametrize("content", [None, b"", b"{}\n", b"\x00\xff"])
def test_what_is_no_backup_is_refused(
    home: Home, heard: Command, tmp_path: Path, content: bytes | None
) -> None:
    heard("backup", "--to", str(tmp_path))
    there = tmp_path / "there"
    (there / "keys").mkdir(parents=True)
    shutil.copy(home.folder / KEY, there / "keys" / KEY)
    file = tmp_path / "some.backup"
    if content is not None:
        file.write_bytes(content)
    refused = heard("restore", str(file), there=there)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.strip()


def test_a_backup_from_before_a_rotation_comes_back_with_the_retired_key(
    home: Home, heard: Command, tmp_path: Path
) -> None:
    reference = home.head(home.told_case("kept safe")).reference
    file = heard("backup", "--to", str(tmp_path / "backups")).stdout.splitlines()[0]
    assert heard("keys", "rotate").exit_code == 0
    there = tmp_path / "there"
    shutil.copytree(home.folder / "keys", there / "keys")
    back = heard("restore", file, there=there)
    assert back.exit_code == 0, back.output
    assert "heard keys rotate" in back.stdout
    assert heard("keys", "rotate", there=there).exit_code == 0
    shown = heard("records", "show", reference, "--as", "dsl", "--reason", "after", there=there)
    assert "kept safe" in shown.stdout
