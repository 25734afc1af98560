"""Exact words in Slack: by a window, or typed where the organisation allows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.vocabulary import EntryKind
from connectors.slack import times
from tests.unit.slack import payloads
from tests.unit.slack.conftest import (
    Workspace,
    capturing,
    everything_sent,
    texts,
    view_of,
    window,
)

MARK = "numbat4410"


def inputs(view: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


async def test_the_button_opens_a_window_in_which_what_i_asked_stands_apart(
    workspace: Workspace,
) -> None:
    _, view = await window(workspace)
    assert inputs(view) == ["words:1", "question_asked:1"]
    lengths = [b["element"]["max_length"] for b in view["blocks"] if b["type"] == "input"]
    assert lengths == [3000, 3000]
    assert len(view["title"]["text"]) <= 24
    assert len(view["private_metadata"]) <= 3000


async def test_another_part_can_be_added_and_what_is_written_stays(workspace: Workspace) -> None:
    thread, view = await window(workspace)
    add = payloads.press(
        "words", thread, action_id="heard.add", view={"id": "V1", "hash": "1.x", **view_of(view)}
    )
    add.pop("message")
    assert (await workspace.interacts(add)).status_code == 200
    (updated,) = await workspace.slack.until("views.update")
    assert (updated["view_id"], updated["hash"]) == ("V1", "1.x")
    assert inputs(updated["view"]) == ["words:1", "words:2", "question_asked:1"]


async def test_what_is_sent_in_is_kept_before_the_window_closes_and_never_in_slack(
    workspace: Workspace,
) -> None:
    _, view = await window(workspace)
    said = f"  he comes in <my> room & i say “no” {MARK}\n"
    values = {"words:1": said, "words:2": "😭 x", "question_asked:1": "what happened?"}
    answer = await workspace.interacts(payloads.submission(view_of(view), values))
    assert (answer.status_code, answer.text) == (200, "")
    assert [str(m.text) for m in workspace.kept()][-3:] == [said, "😭 x", "what happened?"]
    await workspace.settled()
    (talk,) = workspace.conversations()
    assert workspace.home.texts(talk.id, EntryKind.WORDS) == [said, "😭 x"]
    assert workspace.home.texts(talk.id, EntryKind.QUESTION_ASKED) == ["what happened?"]
    assert MARK not in everything_sent(workspace.slack)
    kept = [t for m in workspace.slack.called("chat.postMessage") for t in texts(m)]
    assert sum("exactly as you wrote it" in text for text in kept) == 3


async def test_a_window_sent_in_twice_is_kept_once(workspace: Workspace) -> None:
    _, view = await window(workspace)
    body = payloads.submission(view_of(view), {"words:1": "once"})
    for _ in range(3):
        assert (await workspace.interacts(body)).status_code == 200
    await workspace.settled()
    (talk,) = workspace.conversations()
    assert workspace.home.texts(talk.id, EntryKind.WORDS) == ["once"]


async def test_an_empty_window_stays_open_and_says_so(workspace: Workspace) -> None:
    _, view = await window(workspace)
    answer = await workspace.interacts(payloads.submission(view_of(view), {"words:1": "  "}))
    assert answer.json()["response_action"] == "errors"
    assert list(answer.json()["errors"]) == ["words:1"]


async def test_a_window_that_cannot_be_kept_stays_open(workspace: Workspace) -> None:
    _, view = await window(workspace)
    body = payloads.submission(view_of(view), {"words:1": "not lost"})
    workspace.home.rename("inbox", "inbox_away")
    assert (await workspace.interacts(body)).status_code == 500
    workspace.home.rename("inbox_away", "inbox")
    assert (await workspace.interacts(body)).status_code == 200
    await workspace.settled()
    (talk,) = workspace.conversations()
    assert workspace.home.texts(talk.id, EntryKind.WORDS) == ["not lost"]


@pytest.mark.parametrize(
    "forge",
    [
        {"private_metadata": "{}"},
        {"private_metadata": "x"},
        {"private_metadata": '{"conversation": "of nobody", "strand": "words", "parts": 1}'},
    ],
)
async def test_a_window_that_heard_did_not_open_is_refused(
    workspace: Workspace, forge: dict[str, str]
) -> None:
    _, view = await window(workspace)
    body = payloads.submission({**view_of(view), **forge}, {"words:1": "forged"})
    assert (await workspace.interacts(body)).status_code == 401


async def test_somebody_elses_window_is_refused(workspace: Workspace) -> None:
    _, view = await window(workspace)
    body = payloads.submission(view_of(view), {"words:1": "forged"}, user="U0VOLUNTEER")
    assert (await workspace.interacts(body)).status_code == 401
    assert "forged" not in [str(m.text) for m in workspace.kept()]


async def test_a_typed_line_is_kept_as_typed_and_its_writer_is_asked_to_delete_it(
    workspace: Workspace,
) -> None:
    talk, _ = await capturing(workspace, text="he said &lt;shut up&gt; &amp; left")
    assert workspace.home.texts(talk, EntryKind.WORDS) == ["he said <shut up> & left"]
    last = workspace.slack.called("chat.postMessage")[-1]
    assert "please delete your message" in texts(last)[0]
    assert "shut up" not in everything_sent(workspace.slack)


async def test_a_line_that_comes_an_hour_late_stands_in_the_same_record_with_its_own_time(
    workspace: Workspace,
) -> None:
    """Slack's time says when it was written; the next one came in long before it."""
    talk, ts = await capturing(workspace, text="he hit me")
    (thread,) = {m["thread_ts"] for m in workspace.slack.called("chat.postMessage")}
    late = payloads.message("and again", ts=f"{ts.partition('.')[0]}.900000", thread_ts=thread)
    workspace.home.clock.now += timedelta(hours=1)
    for n in range(3):
        assert (await workspace.event(late, event_id=f"EvLate{n}")).status_code == 200
        await workspace.settled()
    assert workspace.home.texts(talk, EntryKind.WORDS) == ["he hit me", "and again"]
    line = workspace.home.entries(talk)[-1]
    assert line.told_at == times.at(late["ts"])
    assert len(workspace.conversations()) == 1


async def test_a_deletion_is_noted_and_deletes_nothing(workspace: Workspace) -> None:
    talk, ts = await capturing(workspace, text="he hit me")
    gone = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": payloads.IM,
        "channel_type": "im",
        "ts": "1772546600.000100",
        "event_ts": "1772546600.000100",
        "deleted_ts": ts,
        "previous_message": {"type": "message", "user": "U0REPORTER", "ts": ts, "text": "x"},
    }
    for _ in range(2):
        assert (await workspace.event(gone)).status_code == 200
    entries = workspace.home.entries(talk)
    (line,) = [e for e in entries if e.kind is EntryKind.WORDS]
    (note,) = [e for e in entries if e.relation == "deleted"]
    assert (note.links_to, str(line.text)) == (line.seq, "he hit me")


def record_this(text: str, **more: Any) -> dict[str, Any]:
    """The shortcut, used on a message in a channel."""
    ts = "1772546400.000900"
    message = {"type": "message", "user": "U0X", "ts": ts, "text": text, **more}
    return {
        "type": "message_action",
        "callback_id": "heard.record",
        "team": {"id": "T0HEARD"},
        "user": {"id": "U0REPORTER"},
        "api_app_id": "A0HEARD",
        "trigger_id": "1.2.3",
        "channel": {"id": "C0GENERAL", "name": "general"},
        "message_ts": ts,
        "message": message,
    }


async def test_a_message_in_a_channel_is_taken_over_word_for_word(workspace: Workspace) -> None:
    for _ in range(3):  # the last time its thread has begun
        assert (await workspace.interacts(record_this("a &amp; b"))).status_code == 200
        await workspace.settled()
    (talk,) = workspace.conversations()
    assert workspace.home.texts(talk.id, EntryKind.WORDS) == ["a & b"]
    assert {m["channel"] for m in workspace.slack.called("chat.postMessage")} == {"D-U0REPORTER"}
    assert workspace.home.said(talk.id).count("utter_message_taken_over") == 1


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"text": "", "files": [{"id": "F1"}]}, "utter_no_files"),
        ({"text": "x" * 100_001}, "utter_too_long_here"),
    ],
)
async def test_a_message_that_cannot_be_taken_over_is_refused_in_words(
    workspace: Workspace, message: dict[str, Any], said: str
) -> None:
    for _ in range(2):
        assert (await workspace.interacts(record_this(**message))).status_code == 200
        await workspace.settled()
    (talk,) = workspace.conversations()
    assert workspace.kept() == []
    assert workspace.home.said(talk.id) == [said]
