"""Nothing that somebody typed mentions, links or marks up anything in Slack (reliability.md S9)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.slack.forms import read_back
from tests.unit.slack.conftest import Workspace

MARKS = [
    "<!channel>", "<!here>", "<!everyone>", "<!channel|x>", "<<!channel>>", "<!subteam^S0DSL>",
    "<!subteam^S0DSL|@dsl>", "<!date^1772546400^{date}|x>", "<@U0DSL>", "<@U0DSL|dsl>",
    "<#C0GENERAL>", "<#C0GENERAL|general>", "<https://evil.example>",
    "<https://evil.example|Open record>", "<mailto:a@evil.example|x>", "<tel:999|Call 999>",
    "<javascript:alert(1)|x>", "https://evil.example/x", "@channel", "@here", "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;", "&#60;!channel&#62;", "*bold*", "_sloped_", "~struck~", "`code`",
    "```\ncode\n```", "> quoted", ":skull:", "\u202e<!channel>", "<\u200b!channel>",
]  # fmt: skip
PAYLOADS = [around.format(mark) for mark in MARKS for around in ("{}", "she said {} to me")]
A_MESSAGE = 12


def every_text(given: Any) -> Iterator[dict[str, Any]]:
    """Every text object of a message or window."""
    if isinstance(given, dict):
        if given.get("type") in ("plain_text", "mrkdwn"):
            yield given
        given = list(given.values())
    for inside in given if isinstance(given, list) else ():
        yield from every_text(inside)


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), A_MESSAGE))
async def test_what_somebody_typed_is_plain_text_wherever_a_reply_holds_it(
    workspace: Workspace, start: int
) -> None:
    typed = PAYLOADS[start : start + A_MESSAGE]
    reply = {"response": "utter_help", "metadata": {"links": ["emergency"]}}
    replies = [
        {**reply, "text": text, "buttons": [{"title": text, "payload": "/affirm"}]}
        for text in typed
    ]
    workspace.dialogue.answer("say it", replies=replies, asks=None, intent={"name": "thanks"})
    await workspace.says("say it")
    (sent,) = await workspace.posted(1)
    said = list(every_text(sent["blocks"]))
    assert {one["text"] for one in said if one["type"] == "plain_text"} >= set(typed)
    assert all(one.get("emoji") is False for one in said if one["type"] == "plain_text")
    # The numbers to ring are Heard's own, and the only text that Slack reads as markup.
    assert {one["text"] for one in said if one["type"] == "mrkdwn"} == {"<tel:999|Call 999>"}
    assert sent["text"] == "Heard has written to you."
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)


async def test_the_record_that_is_read_back_is_plain_text(workspace: Workspace) -> None:
    lines = [{"title": "What they said", "text": text} for text in PAYLOADS]
    view = read_back(workspace.channel.room, lines)
    assert {one["type"] for one in every_text(view)} == {"plain_text"}
    assert json.dumps(view).count("mrkdwn") == 0
