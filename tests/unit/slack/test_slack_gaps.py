"""Over HTTPS too: what was written while nothing could be kept is fetched afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connectors.slack import watching
from tests.unit.slack import payloads
from tests.unit.slack.conftest import Workspace

IM = "D-U0REPORTER"


@pytest.fixture(autouse=True)
async def quick(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    """A look each moment, and one of them is done: everything has come in up to now."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.05)
    await workspace.channel.watch.look()


def written(count: int) -> list[dict[str, Any]]:
    return [payloads.message(f"line {n}", channel=IM) for n in range(count)]


async def test_twenty_minutes_without_a_database_lose_nothing(workspace: Workspace) -> None:
    """Slack gave up long ago; everything is found, in its order (reliability.md S1)."""
    workspace.home.rename("watches", "watches_away")
    workspace.home.rename("inbox", "inbox_away")
    lines = written(7)
    for one in lines:
        assert (await workspace.event(one)).status_code == 500
    workspace.slack.history[IM] = lines
    workspace.home.clock.now += timedelta(minutes=20)
    workspace.home.rename("inbox_away", "inbox")
    workspace.home.rename("watches_away", "watches")
    await workspace.until_kept(7)
    kept = sorted(workspace.kept(), key=lambda m: m.source_at)
    assert [str(m.text) for m in kept] == [f"line {n}" for n in range(7)]


@pytest.mark.parametrize("way", [503, "internal_error"])
async def test_a_gap_stays_open_until_slack_can_be_read(
    workspace: Workspace, way: int | str
) -> None:
    workspace.slack.misbehave("conversations.history", *[way] * 3)
    workspace.slack.history[IM] = written(3)
    workspace.home.clock.now += timedelta(minutes=20)
    await workspace.until_kept(3)


async def test_a_gap_waits_as_long_as_slack_asks(workspace: Workspace) -> None:
    workspace.slack.retry_after = "1"
    workspace.slack.misbehave("conversations.history", 429, 429)
    workspace.slack.history[IM] = written(3)
    workspace.home.clock.now += timedelta(minutes=20)
    await workspace.until_kept(3)


async def test_no_gap_reads_nothing(workspace: Workspace) -> None:
    looks = len(workspace.slack.called("auth.test"))
    workspace.home.clock.now += timedelta(seconds=50)
    await workspace.slack.until("auth.test", looks + 4)
    assert workspace.slack.called("conversations.history") == []


async def test_somebody_whose_account_is_gone_holds_up_nobody(workspace: Workspace) -> None:
    workspace.slack.misbehave("conversations.open", "user_disabled")
    workspace.slack.history["D-U0VOLUNTEER"] = [
        payloads.message("hello", user="U0VOLUNTEER", channel="D-U0VOLUNTEER")
    ]
    workspace.home.clock.now += timedelta(minutes=20)
    await workspace.slack.until_posted(1)
    assert [str(m.text) for m in workspace.kept("volunteer")] == ["hello"]
