"""The manifest in docs/slack.md asks for what Heard uses, and for nothing else."""

from __future__ import annotations

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
