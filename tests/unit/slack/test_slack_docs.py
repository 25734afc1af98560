"""The manifest in docs/slack.md asks for what Heard uses, and for nothing else; and every test that
docs/reliability.md names for a fault of Slack's is there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from connectors.slack.checking import CANARY_SCOPES, SCOPES
from connectors.slack.listeners import events
from run.settings import ROOT
from tests.unit.slack.conftest import Workspace
from tests.unit.slack.slack_server import SCOPES as GIVEN


@pytest.fixture
def manifest() -> Any:
    page = (ROOT / "docs/slack.md").read_text()
    return YAML(typ="safe").load(page.split("```yaml\n")[1].split("```")[0])


def test_every_scope_that_is_checked_is_asked_for_and_no_other(manifest: Any) -> None:
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {*SCOPES, *CANARY_SCOPES}
    assert {*SCOPES, *CANARY_SCOPES} == GIVEN


async def test_every_event_that_is_heard_is_subscribed_to_and_no_other(
    manifest: Any, workspace: Workspace
) -> None:
    heard = set(events(workspace.channel.room, workspace.channel.homes)) - {"message"}
    subscribed = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert subscribed == heard | {"message.im", "message.groups"}


def test_people_can_write_to_it_and_see_its_home(manifest: Any) -> None:
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"] is True
    assert home["messages_tab_read_only_enabled"] is False
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    assert [one["command"] for one in manifest["features"]["slash_commands"]] == ["/heard"]
    (shortcut,) = manifest["features"]["shortcuts"]
    assert shortcut["callback_id"].startswith("heard.")


def test_every_test_that_is_named_for_a_fault_is_there() -> None:
    page = (ROOT / "docs/reliability.md").read_text()
    section = page.split("## Slack, fault by fault")[1].split("\n## ")[0]
    named = set(re.findall(r"`(test_\w+)`", section))
    written = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 60
    assert sorted(name for name in named if f"def {name}(" not in written) == []
