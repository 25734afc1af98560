"""Slack is slow, full, broken or gone: nothing counts as delivered without its ts."""

from __future__ import annotations

import pytest

from connectors.slack import api
from connectors.slack.api import SlackApi
from connectors.slack.errors import SlackSettingsWrong, SlackUnavailable
from connectors.slack.settings import SlackSettings
from tests.unit.slack import payloads
from tests.unit.slack.conftest import HEARD, Workspace, texts
from tests.unit.slack.slack_server import APP_TOKEN, SECRET, TOKEN

WAYS: list[int | str] = [
    429, 500, 503, "no json", "account_inactive", "token_revoked", "channel_not_found",
]  # fmt: skip


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "TIMEOUT_SECONDS", 0.3)


@pytest.mark.parametrize("way", WAYS)
async def test_a_reply_that_slack_did_not_take_is_sent_again(
    workspace: Workspace, way: int | str
) -> None:
    workspace.slack.misbehave("chat.postMessage", way)
    await workspace.says("hello")
    await workspace.settled()
    first, second = workspace.slack.called("chat.postMessage")
    assert texts(first) == texts(second)


async def test_a_reply_that_hangs_is_sent_again(impatient: None, workspace: Workspace) -> None:
    workspace.slack.misbehave("chat.postMessage", "hangs")
    await workspace.says("hello")
    await workspace.settled()
    assert len(workspace.slack.called("chat.postMessage")) == 2


async def test_one_thread_that_cannot_be_answered_holds_up_no_other(workspace: Workspace) -> None:
    workspace.slack.retry_after = "600"
    workspace.slack.misbehave("chat.postMessage", 429)
    await workspace.says("first")
    await workspace.posted(1)
    other = await workspace.says("second")
    assert (await workspace.posted(2))[1]["thread_ts"] == other


@pytest.mark.parametrize("way", [*WAYS, "user_not_found"])
async def test_no_answer_but_ok_counts_as_delivered(workspace: Workspace, way: int | str) -> None:
    workspace.slack.misbehave("chat.postMessage", way)
    with pytest.raises(SlackUnavailable):
        await workspace.channel.room.api.post(payloads.IM, {"text": "x"})


async def test_where_nobody_listens_nothing_counts_as_delivered() -> None:
    nowhere = SlackApi(SlackSettings(TOKEN, SECRET, None, "http://127.0.0.1:9/api/"))
    with pytest.raises(SlackUnavailable) as refused:
        await nowhere.post(payloads.IM, {"text": "x"})
    assert refused.value.code == "no_answer:ClientConnectorError"


async def test_the_pause_that_slack_asks_for_is_known(workspace: Workspace) -> None:
    workspace.slack.retry_after = "42"
    workspace.slack.misbehave("chat.postMessage", 429)
    with pytest.raises(SlackUnavailable) as refused:
        await workspace.channel.room.api.post(payloads.IM, {"text": "x"})
    assert (refused.value.code, refused.value.retry_after) == ("ratelimited", 42.0)


async def test_words_are_kept_while_slack_takes_nothing_and_the_dialogue_is_down(
    workspace: Workspace,
) -> None:
    workspace.slack.misbehave("chat.postMessage", *[500] * 3)
    workspace.dialogue.misbehave("hello", "503", "503", "503")
    await workspace.says("hello")
    (answer, *_) = await workspace.posted(1)
    assert [str(m.text) for m in workspace.kept()] == ["hello"]
    assert "01632 960123" in texts(answer)[0]


@pytest.mark.parametrize("code", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_a_token_that_slack_refuses_stops_the_start_and_says_which(
    workspace: Workspace, code: str
) -> None:
    await workspace.slack.until("auth.test", 2)  # the watch has looked
    workspace.slack.misbehave("auth.test", code)
    with pytest.raises(SlackSettingsWrong, match=r"SLACK_BOT_TOKEN.*docs/slack\.md"):
        await workspace.channel.start(HEARD)


async def test_slack_being_away_does_not_stop_the_start(workspace: Workspace) -> None:
    await workspace.slack.until("auth.test", 2)  # the watch has looked
    workspace.slack.misbehave("auth.test", 503)
    workspace.channel.room.identity = None
    await workspace.channel.start(HEARD)
    assert workspace.channel.room.identity is None
    assert workspace.channel.where().startswith("Slack does not answer.")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_SIGNING_SECRET": SECRET}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "xoxp-1", "SLACK_SIGNING_SECRET": SECRET}, "not a bot token"),
        ({"SLACK_BOT_TOKEN": TOKEN}, "set SLACK_APP_TOKEN; for HTTPS set SLACK_SIGNING_SECRET"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": "xoxb-1"}, "not an app-level token"),
    ],
)
def test_a_wrong_setting_is_named_with_its_cure(given: dict[str, str], said: str) -> None:
    with pytest.raises(SlackSettingsWrong, match=said):
        SlackSettings.read(given)


def test_no_setting_is_no_slack_and_secrets_are_not_shown() -> None:
    assert SlackSettings.read({}) is None
    assert SlackSettings.read({"SLACK_BOT_TOKEN": "  "}) is None
    shown = repr(SlackSettings(TOKEN, SECRET, APP_TOKEN))
    assert not [one for one in (TOKEN, SECRET, APP_TOKEN) if one in shown]
