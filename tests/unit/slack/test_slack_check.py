"""`heard check --slack` names every fault with its setting and its cure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from connectors.slack.checking import CANARY_SCOPES, SCOPES
from run.cli import app
from run.settings import DEMONSTRATION
from tests.unit.slack.slack_server import APP_TOKEN, SECRET, TOKEN, SlackServer

Check = Callable[[], Awaitable[tuple[int, list[dict[str, Any]]]]]


@pytest.fixture
def check(slack: SlackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """The command over an organisation in which the Duty DSL and a volunteer have Slack."""
    text = DEMONSTRATION.read_text().replace("- id: dsl\n", "- id: dsl\n    slack_id: U0DSL\n")
    text = text.replace("- id: volunteer\n", "- id: volunteer\n    slack_id: U0VOLUNTEER\n")
    file = tmp_path / "organisation.yml"
    file.write_text(text)
    given = {
        "HEARD_HOME": str(tmp_path / "home"),
        "HEARD_ORGANISATION": str(file),
        "HEARD_ADDRESS": "https://heard.example.org",
        "HEARD_SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_APP_TOKEN": APP_TOKEN,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    async def run() -> tuple[int, list[dict[str, Any]]]:
        arguments = ["check", "--slack", "--json"]
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
        found = json.loads(result.stdout) if result.stdout else [{"message": result.stderr}]
        return result.exit_code, found

    return run


async def test_nothing_to_mend_and_nobody_gets_a_message(slack: SlackServer, check: Check) -> None:
    assert await check() == (0, [])
    assert slack.called("chat.postMessage") == []
    assert [call["user"] for call in slack.called("users.info")] == ["U0VOLUNTEER", "U0DSL"]


@pytest.mark.parametrize("scope", [*SCOPES, *CANARY_SCOPES])
async def test_a_missing_scope_is_named(slack: SlackServer, check: Check, scope: str) -> None:
    slack.scopes = [one for one in slack.scopes if one != scope]
    code, (trouble,) = await check()
    assert code == 1
    assert trouble["setting"] == "SLACK_BOT_TOKEN"
    assert scope in trouble["message"]
    assert "install the app" in trouble["cure"]


@pytest.mark.parametrize(
    ("method", "answer", "setting"),
    [
        ("auth.test", "invalid_auth", "SLACK_BOT_TOKEN"),
        ("auth.test", "token_revoked", "SLACK_BOT_TOKEN"),
        ("auth.test", 503, "SLACK_BOT_TOKEN"),
        ("apps.connections.open", "invalid_auth", "SLACK_APP_TOKEN"),
        ("apps.connections.open", 429, "SLACK_APP_TOKEN"),
        ("conversations.open", "user_disabled", "slack_id of volunteer"),
        ("users.info", "user_not_found", "slack_id of volunteer"),
    ],
)
async def test_what_slack_refuses_is_named_with_its_cure(
    slack: SlackServer, check: Check, method: str, answer: int | str, setting: str
) -> None:
    slack.misbehave(method, answer)
    code, (trouble,) = await check()
    assert (code, trouble["setting"]) == (1, setting)
    assert trouble["cure"]


async def test_an_account_that_was_switched_off_is_named(slack: SlackServer, check: Check) -> None:
    slack.users["U0DSL"] = {"deleted": True}
    code, (trouble,) = await check()
    assert (code, trouble["setting"]) == (1, "slack_id of dsl")
    assert "Duty DSL cannot be messaged" in trouble["message"]


async def test_an_organisation_in_which_nobody_has_slack_is_a_fault(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "organisation.yml").write_text(DEMONSTRATION.read_text())
    code, (trouble,) = await check()
    assert (code, trouble["setting"]) == (1, "slack_id")


async def test_whoever_has_no_slack_id_is_named_and_that_is_no_fault(check: Check) -> None:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["check", "--slack"])
    assert (result.exit_code, result.stdout) == (0, "Nothing to mend.\n")
    assert result.stderr.startswith("No slack_id, so not in Slack: Family Worker, Line Manager, ")
    assert "Duty DSL" not in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1", "SLACK_BOT_TOKEN is not a bot token"),
        ("SLACK_APP_TOKEN", "xoxb-1", "SLACK_APP_TOKEN is not an app-level token"),
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set"),
        ("HEARD_ADDRESS", None, "buttons in messages lead to http://127.0.0.1:8080"),
    ],
)
async def test_a_wrong_setting_is_named(
    check: Check, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, said: str
) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    code, (trouble,) = await check()
    assert code == 1
    assert said in trouble["message"]


async def test_without_any_setting_it_says_which_to_set(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name)
    code, (trouble,) = await check()
    assert (code, trouble["setting"]) == (1, "SLACK_BOT_TOKEN")
