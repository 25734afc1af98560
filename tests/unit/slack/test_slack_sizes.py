"""Whatever Slack lets people write comes in, in every script; what is larger is not read."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import time
from typing import Any

import pytest

from casework.vocabulary import EntryKind
from connectors.incoming import LARGEST_MESSAGE_BYTES
from connectors.slack.door import MOST_BYTES, PATH
from connectors.slack.forms import MOST_PARTS, Form
from tests.unit.slack import payloads
from tests.unit.slack.conftest import Workspace, everything_sent, view_of, window

# Slack cuts a message there; a field of a window takes no more than the other.
LONGEST_MESSAGE, LONGEST_FIELD = 40_000, 3_000
MARK = "numbat4410"


def as_delivered(text: str, **more: Any) -> dict[str, Any]:
    """A message as Slack sends it: its text, and the same once more in blocks."""
    run = [{"type": "text", "text": text}]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": run}]}
    return payloads.message(text, blocks=[rich], **more)


async def full_window(workspace: Workspace, letter: str) -> dict[str, Any]:
    """A window with every part it can have, each as long as Slack allows, sent in."""
    _, opened = await window(workspace)
    form = await asyncio.to_thread(Form.read, workspace.channel.room, opened, "reporter")
    view = dataclasses.replace(form, parts=MOST_PARTS).view(workspace.channel.room)
    parts = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    text = "x" + letter * (LONGEST_FIELD - 1)
    return payloads.submission(view_of(view), dict.fromkeys(parts, text))


@pytest.mark.parametrize("letter", ["a", '"', "\n", "ŵ", "ب", "😀"])
async def test_the_fullest_window_is_kept_in_every_script(
    workspace: Workspace, letter: str
) -> None:
    sent = await full_window(workspace, letter)
    before = time.monotonic()
    assert (await workspace.interacts(sent)).status_code == 200
    assert time.monotonic() - before < 3  # or Slack would say that it went wrong
    lines = [m for m in workspace.kept() if m.strand is not None]
    assert [m.strand for m in lines].count(EntryKind.WORDS) == MOST_PARTS
    assert {str(m.text) for m in lines} == {"x" + letter * (LONGEST_FIELD - 1)}
    assert len(lines) == MOST_PARTS + 1


@pytest.mark.parametrize("letter", ["a", "ب"])
async def test_the_longest_message_and_its_edit_are_kept(workspace: Workspace, letter: str) -> None:
    first, second = letter * LONGEST_MESSAGE, letter * (LONGEST_MESSAGE - 1) + "!"
    message = as_delivered(first)
    edited = as_delivered(second, ts=message["ts"])
    edited["edited"] = {"user": "U0REPORTER", "ts": payloads.next_ts()}
    change = {
        "type": "message",
        "subtype": "message_changed",
        "channel": payloads.IM,
        "channel_type": "im",
        "message": edited,
        "previous_message": message,
    }
    for one in (message, change):
        assert (await workspace.event(one)).status_code == 200
    await workspace.settled()
    assert [str(m.text) for m in workspace.kept()] == [first, second]


async def test_a_message_longer_than_a_line_may_be_is_said_not_to_be_kept(
    workspace: Workspace,
) -> None:
    """Nobody thinks that it was kept: 40,000 emoji are more bytes than a line of the record."""
    text = MARK + "😀" * (LONGEST_MESSAGE - len(MARK))
    assert len(text.encode()) > LARGEST_MESSAGE_BYTES
    for _ in range(2):
        await workspace.says(text, ts="1772546400.700001")
    await workspace.settled()
    (talk,) = workspace.conversations()
    assert workspace.home.said(talk.id) == ["utter_too_long_here"]
    assert MARK not in everything_sent(workspace.slack)


async def test_ten_thousand_files_are_refused_once_and_the_text_beside_them_is_kept(
    workspace: Workspace,
) -> None:
    files = [{"id": f"F{n}", "name": f"{MARK}.png"} for n in range(10_000)]
    before = time.monotonic()
    await workspace.says("look", subtype="file_share", files=files, attachments=files)
    assert time.monotonic() - before < 3
    await workspace.settled()
    (talk,) = workspace.conversations()
    assert workspace.home.said(talk.id).count("utter_no_files") == 1
    assert [str(m.text) for m in workspace.kept()] == ["look"]


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 5_000_000])
async def test_a_body_that_is_too_large_is_not_read_but_counted_and_answered_in_words(
    workspace: Workspace, caplog: pytest.LogCaptureFixture, size: int
) -> None:
    body = payloads.event(payloads.message(MARK + "x" * size))
    answer = await workspace.send(body)
    assert (answer.status_code, answer.headers["content-type"]) == (
        413,
        "text/plain; charset=utf-8",
    )
    assert answer.text == "Heard takes 2097152 bytes in a request. This one was not read.\n"
    assert workspace.channel.refusals.by_reason == {"size": 1}
    assert ("heard.slack", logging.WARNING, "refused size") in caplog.record_tuples
    assert MARK not in caplog.text
    assert workspace.home.inbox_size() == 0


@pytest.mark.parametrize(
    "deep", ["[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000]
)
async def test_a_deep_body_with_a_good_signature_is_refused(
    workspace: Workspace, deep: str
) -> None:
    body = json.dumps({"type": "event_callback"})[:-1] + f', "event": {deep}}}'
    headers = {"Content-Type": "application/json", **payloads.signed(body)}
    answer = await workspace.http.post(PATH, content=body.encode(), headers=headers)
    assert answer.status_code == 401
    assert workspace.channel.refusals.by_reason.total() == 1
