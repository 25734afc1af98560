"""`heard keys`: a lost key comes back from its trustees, and a wrong one is never put in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from click.testing import Result
from typer.testing import CliRunner

from run.cli import app
from tests.unit.home import KEY, Home

Command = Callable[..., Result]


@pytest.fixture
def heard(home: Home) -> Command:
    """`heard`, in the home of a house that has just been used."""
    keys = home.folder / "keys"
    keys.mkdir(mode=0o700)
    shutil.copy(home.folder / KEY, keys / KEY)

    def run(*arguments: str, given: str = "") -> Result:
        environment = {"HEARD_HOME": str(home.folder)}
        return CliRunner().invoke(app, arguments, input=given, env=environment)

    return run


def shares(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [line for line in result.stdout.splitlines() if len(line.split()) == 33]


def test_two_trustees_bring_back_a_key_that_was_lost(home: Home, heard: Command) -> None:
    reference = home.head(home.told_case("kept safe")).reference
    made = shares(heard("keys", "split"))
    assert len(made) == 3
    standing = heard("keys", "recover", given="\n".join(made[:2]))
    assert (standing.exit_code, "stands already" in standing.stderr) == (1, True)
    file = home.folder / "keys" / KEY
    file.unlink()
    lost = heard("records", "list", "--as", "dsl")
    assert (lost.exit_code, "heard keys recover" in lost.stderr) == (1, True)
    assert not file.exists()  # nobody made a new one
    alone = heard("keys", "recover", given=made[0])
    assert (alone.exit_code, file.exists()) == (1, False)
    back = heard("keys", "recover", given=f"{made[2]}\n{made[0]}\n\n")
    assert back.exit_code == 0, back.output
    assert file.stat().st_mode & 0o777 == 0o600
    shown = heard("records", "show", reference, "--as", "dsl", "--reason", "after the fire")
    assert "kept safe" in shown.stdout


def test_shares_of_another_key_are_refused_and_nothing_is_written(
    home: Home, heard: Command
) -> None:
    made = shares(heard("keys", "split"))
    rotated = heard("keys", "rotate")
    assert rotated.exit_code == 0, rotated.output
    assert "heard backup" in rotated.stdout
    file = home.folder / "keys" / KEY
    file.unlink()
    old = heard("keys", "recover", given="\n".join(made))
    assert (old.exit_code, file.exists()) == (1, False)
    assert "Nothing was written" in old.stderr


def test_a_rotation_leaves_every_record_readable(home: Home, heard: Command) -> None:
    reference = home.head(home.told_case("kept safe")).reference
    assert heard("keys", "rotate").exit_code == 0
    assert heard("records", "verify").exit_code == 0
    shown = heard("records", "show", reference, "--as", "dsl", "--reason", "to see")
    assert "kept safe" in shown.stdout


def test_no_key_stands_in_what_is_printed(home: Home, heard: Command) -> None:
    key = (home.folder / "keys" / KEY).read_text().strip()
    said = [heard("keys", *more).output for more in (("split",), ("rotate",), ("recover",))]
    assert key not in "".join(said)
