"""The assistant pane, and the way from a channel into private."""

from __future__ import annotations

from typing import Any

from tests.unit.slack import payloads
from tests.unit.slack.conftest import Workspace, buttons, everything_sent, texts

MARK = "numbat4410"
THREAD = "1772546400.500001"


def opened(user: str = "U0REPORTER", channel: str = payloads.IM) -> dict[str, Any]:
    """Somebody opened the pane."""
    pane = {"user_id": user, "context": {}, "channel_id": channel, "thread_ts": THREAD}
    return {"type": "assistant_thread_started", "assistant_thread": pane, "event_ts": THREAD}


async def test_the_pane_greets_once_in_its_own_thread_and_suggests_what_to_say(
    workspace: Workspace,
) -> None:
    for _ in range(3):
        assert (await workspace.event(opened())).status_code == 200
    await workspace.slack.until("assistant.threads.setSuggestedPrompts", 3)
    await workspace.slack.until_posted(1)
    await workspace.settled()
    (greeting,) = workspace.slack.posted
    assert (greeting["channel"], greeting["thread_ts"]) == (payloads.IM, THREAD)
    (prompts, *_) = await workspace.slack.until("assistant.threads.setSuggestedPrompts")
    assert (prompts["channel_id"], prompts["thread_ts"]) == (payloads.IM, THREAD)
    assert [one["title"] for one in prompts["prompts"]] == list(buttons(greeting))[:4]


async def test_what_is_written_in_the_pane_stays_in_its_conversation_and_shows_a_status(
    workspace: Workspace,
) -> None:
    await workspace.event(opened())
    await workspace.says("hello", thread_ts=THREAD)
    await workspace.settled()
    assert len(workspace.conversations()) == 1
    (status,) = await workspace.slack.until("assistant.threads.setStatus")
    assert status == {
        "channel_id": payloads.IM,
        "thread_ts": THREAD,
        "status": "is reading the policy…",
    }


async def test_a_status_that_slack_refuses_harms_nothing(workspace: Workspace) -> None:
    workspace.slack.misbehave("assistant.threads.setStatus", "missing_scope")
    workspace.slack.misbehave("assistant.threads.setSuggestedPrompts", 500)
    await workspace.event(opened())
    await workspace.says("hello", thread_ts=THREAD)
    await workspace.settled()
    assert [str(m.text) for m in workspace.kept()] == ["hello"]


async def test_the_pane_of_a_stranger_says_whom_to_ring(workspace: Workspace) -> None:
    await workspace.event(opened("U0GUEST", "D0GUEST"))
    (said,) = await workspace.slack.until_posted(1)
    assert (said["channel"], said["thread_ts"]) == ("D0GUEST", THREAD)
    assert "01632 960123" in texts(said)[0]


async def test_the_button_under_a_mention_begins_in_private_once(workspace: Workspace) -> None:
    mention = {
        "type": "app_mention", "user": "U0REPORTER", "channel": "C0GENERAL",
        "text": f"<@U0BOT> jess said {MARK}", "ts": payloads.next_ts(),
    }  # fmt: skip
    await workspace.event(mention)
    (said,) = await workspace.slack.until("chat.postEphemeral")
    offer = buttons(said)["Talk in private"]
    press = payloads.press(
        offer["value"], THREAD, channel="C0GENERAL", action_id=offer["action_id"]
    )
    for _ in range(3):
        assert (await workspace.interacts(press)).status_code == 200
    await workspace.slack.until_posted(2)
    await workspace.settled()
    opening, greeting = workspace.slack.posted
    assert {opening["channel"], greeting["channel"]} == {"D-U0REPORTER"}
    assert greeting["thread_ts"] == opening["ts"]
    assert MARK not in everything_sent(workspace.slack)
    assert workspace.kept() == []


async def test_slack_has_its_answer_while_the_dialogue_hangs(workspace: Workspace) -> None:
    """Kept and acknowledged; the answer comes when it comes."""
    workspace.dialogue.open.clear()
    assert (await workspace.event(payloads.message("hello"))).status_code == 200
    assert [str(m.text) for m in workspace.kept()] == ["hello"]
    workspace.dialogue.open.set()
    await workspace.settled()
