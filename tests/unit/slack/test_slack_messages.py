"""What somebody writes in a direct conversation: kept before Slack has its answer, once."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.slack import payloads
from tests.unit.slack.conftest import Workspace, buttons, everything_sent, texts


async def test_a_message_is_kept_and_answered_in_its_thread(workspace: Workspace) -> None:
    ts = await workspace.says("hello there")
    (answer,) = await workspace.posted(1)
    assert [str(m.text) for m in workspace.kept()] == ["hello there"]
    assert (answer["channel"], answer["thread_ts"]) == (payloads.IM, ts)
    assert answer["unfurl_links"] is False
    assert texts(answer) == ["I'm here if you need me."]
    assert answer["text"] == "Heard has written to you."


async def test_eleven_copies_with_other_event_ids_are_one_message_and_one_reply(
    workspace: Workspace,
) -> None:
    message = payloads.message("only once")
    answers = await asyncio.gather(
        *(workspace.event(message, event_id=f"Ev{n}") for n in range(7)),
        *(
            workspace.send(
                payloads.event(message),
                **{"X-Slack-Retry-Num": str(n), "X-Slack-Retry-Reason": "http_timeout"},
            )
            for n in range(4)
        ),
    )
    assert {answer.status_code for answer in answers} == {200}
    await workspace.settled()
    assert len(workspace.kept()) == 1
    assert len(workspace.slack.called("chat.postMessage")) == 1


async def test_a_retry_of_what_was_never_kept_is_kept(workspace: Workspace) -> None:
    body = payloads.event(payloads.message("second try"))
    headers = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_error"}
    assert (await workspace.send(body, **headers)).status_code == 200
    assert [str(m.text) for m in workspace.kept()] == ["second try"]


async def test_messages_that_come_late_and_out_of_order_stand_in_the_order_of_slack(
    workspace: Workspace,
) -> None:
    first = await workspace.says("one", ts="1772546400.000100")
    for ts, text in (("1772546400.000300", "three"), ("1772546400.000200", "two")):
        await workspace.says(text, ts=ts, thread_ts=first)
    assert [str(m.text) for m in workspace.kept()] == ["one", "two", "three"]


async def test_two_threads_of_one_person_are_two_conversations(workspace: Workspace) -> None:
    first, second = await workspace.says("the one"), await workspace.says("the other")
    await workspace.says("more of the one", thread_ts=first)
    await workspace.settled()
    assert len(workspace.conversations()) == 2
    by_talk = {
        talk.id: [str(m.text) for m in workspace.kept() if m.conversation_id == talk.id]
        for talk in workspace.conversations()
    }
    assert sorted(by_talk.values()) == [["the one", "more of the one"], ["the other"]]
    assert {m["thread_ts"] for m in workspace.slack.called("chat.postMessage")} == {first, second}


async def test_a_message_that_cannot_be_kept_is_answered_so_that_slack_sends_it_again(
    workspace: Workspace,
) -> None:
    body = payloads.event(payloads.message("not lost"))
    workspace.home.rename("inbox", "inbox_away")
    assert (await workspace.send(body)).status_code == 500
    workspace.home.rename("inbox_away", "inbox")
    assert (await workspace.send(body)).status_code == 200
    assert [str(m.text) for m in workspace.kept()] == ["not lost"]


async def test_a_stranger_is_told_whom_to_ring_and_nothing_of_theirs_is_kept(
    workspace: Workspace,
) -> None:
    await workspace.says("my stepdad", user="U0GUEST", channel="D0GUEST")
    (answer,) = await workspace.posted(1)
    assert "01632 960123" in texts(answer)[0]
    assert workspace.home.inbox_size() == 0


@pytest.mark.parametrize(
    "event",
    [
        payloads.message("from a bot", bot_id="B0OTHER"),
        payloads.message("joined", subtype="channel_join"),
        payloads.message("in a channel", channel="C0GENERAL", channel_type="channel"),
        payloads.message("in a group", channel="G0GROUP", channel_type="mpim"),
    ],
)
async def test_what_is_not_written_to_heard_in_private_is_not_kept(
    workspace: Workspace, event: dict[str, object]
) -> None:
    assert (await workspace.event(event)).status_code == 200
    assert workspace.home.inbox_size() == 0
    assert workspace.slack.called("chat.postMessage") == []


async def test_a_file_is_refused_kindly_and_the_text_beside_it_is_kept(
    workspace: Workspace,
) -> None:
    for message in (
        payloads.message("look at this", subtype="file_share", files=[{"id": "F1"}]),
        payloads.message("", subtype="file_share", files=[{"id": "F2"}]),
    ):
        for _ in range(3):  # copies are refused once
            assert (await workspace.event(message)).status_code == 200
    await workspace.settled()
    said = [text for m in workspace.slack.called("chat.postMessage") for text in texts(m)]
    assert sum("can't take files" in text for text in said) == 2
    assert [str(m.text) for m in workspace.kept()] == ["look at this"]


async def test_a_mention_in_a_channel_is_answered_without_a_word_of_it(
    workspace: Workspace,
) -> None:
    await workspace.event(
        {
            "type": "app_mention",
            "user": "U0REPORTER",
            "text": "<@U0BOT> jess told me quokka",
            "ts": payloads.next_ts(),
            "channel": "C0GENERAL",
            "event_ts": payloads.next_ts(),
        }
    )
    (answer,) = await workspace.slack.until("chat.postEphemeral")
    assert (answer["channel"], answer["user"]) == ("C0GENERAL", "U0REPORTER")
    assert list(buttons(answer)) == ["Talk in private"]
    assert "quokka" not in everything_sent(workspace.slack)
    assert workspace.home.inbox_size() == 0
