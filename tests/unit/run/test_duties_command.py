"""`heard duties`: begun, listed with what is overdue, done only with everything confirmed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest
from click.testing import Result
from typer.testing import CliRunner

from run.cli import app
from run.settings import ROOT
from tests.unit.home import KEY, Home

Command = Callable[..., Result]


@pytest.fixture
def heard(home: Home) -> Command:
    keys = home.folder / "keys"
    keys.mkdir(mode=0o700)
    shutil.copy(home.folder / KEY, keys / KEY)
    organisation = str(ROOT / "organisations" / "home_start_mid_west_suffolk.yml")
    given = {"HEARD_HOME": str(home.folder), "HEARD_ORGANISATION": organisation}
    return lambda *arguments: CliRunner().invoke(app, arguments, env=given)


@pytest.mark.rule("H15")
def test_end_of_support_is_done_once_what_belongs_to_a_concern_was_lifted(heard: Command) -> None:
    (duty,) = json.loads(
        heard("duties", "begin", "end_of_support", "--as", "volunteer", "--json").stdout
    )
    assert duty["rules"] == ["H15"]
    (listed,) = json.loads(heard("duties", "list", "--json").stdout)
    assert (listed["id"], listed["overdue"]) == (duty["id"], False)
    too_soon = heard("duties", "done", duty["id"], "--as", "volunteer")
    assert too_soon.exit_code == 1
    assert duty["first"]["concerns_lifted"] in too_soon.output
    arguments = ("duties", "done", duty["id"], "--as", "volunteer", "--confirm", "concerns_lifted")
    assert heard(*arguments).exit_code == 0
    assert json.loads(heard("duties", "list", "--json").stdout) == []


def test_an_event_that_is_none_is_wrong_use(heard: Command) -> None:
    refused = heard("duties", "begin", "birthday", "--as", "volunteer")
    assert refused.exit_code == 2
    assert "start_of_role" in refused.output
