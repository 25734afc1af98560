"""Buttons name themselves; what they do stands in the house."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.slack import payloads
from tests.unit.slack.conftest import Workspace, buttons, texts

QUESTION: dict[str, Any] = {
    "replies": [
        {
            "response": "utter_help",
            "text": "Say <!channel> & *now*",
            "buttons": [
                {"title": "Yes", "payload": "/affirm"},
                {"title": "No", "payload": "/deny"},
                {"title": "Not sure", "payload": "/unsure"},
                {"title": "Skip", "payload": "/skip"},
                {"title": "That's enough", "payload": "/finish"},
            ],
            "metadata": {"kind": "question", "topics": ["limits"], "links": ["emergency"]},
        }
    ],
    "asks": "danger_now",
    "intent": {"name": "disclosure_now"},
}


async def asked(workspace: Workspace, **where: str) -> tuple[str, dict[str, Any]]:
    """A thread in which a question with buttons stands."""
    workspace.dialogue.answer("ask me", **QUESTION)
    before = len(workspace.slack.called("chat.postMessage"))
    thread = await workspace.says("ask me", **where)
    return thread, (await workspace.posted(before + 1))[-1]


async def test_three_buttons_stand_in_a_row_and_the_rest_under_more(workspace: Workspace) -> None:
    _, message = await asked(workspace)
    (row,) = (block for block in message["blocks"] if block["type"] == "actions")
    kinds = [element["type"] for element in row["elements"]]
    assert kinds == ["button", "button", "button", "overflow"]
    assert [o["text"]["text"] for o in row["elements"][3]["options"]] == ["Skip", "That's enough"]
    assert not any("/" in one["value"] for one in buttons(message).values())


async def test_a_button_of_the_window_leaves_room_for_two_others(workspace: Workspace) -> None:
    replies = [{**QUESTION["replies"][0], "response": "utter_capture_words"}]
    workspace.dialogue.answer("write", **{**QUESTION, "replies": replies})
    await workspace.says("write")
    (message,) = await workspace.posted(1)
    (row,) = (block for block in message["blocks"] if block["type"] == "actions")
    titles = [element["text"]["text"] for element in row["elements"][:3]]
    assert titles == ["Write it down", "Yes", "No"]
    rest = [one["text"]["text"] for one in row["elements"][3]["options"]]
    assert rest == ["Not sure", "Skip", "That's enough"]


async def test_what_may_hold_somebodys_words_is_plain_text_and_not_in_the_preview(
    workspace: Workspace,
) -> None:
    _, message = await asked(workspace)
    (section,) = (block for block in message["blocks"] if block["type"] == "section")
    assert section["text"]["type"] == "plain_text"
    assert section["text"]["text"] == "Say <!channel> & *now*"
    assert "now" not in message["text"]
    marked = [
        element["text"]
        for block in message["blocks"]
        if block["type"] == "context"
        for element in block["elements"]
        if element["type"] == "mrkdwn"
    ]
    assert marked == ["<tel:999|Call 999>"]


async def test_the_clause_stands_in_small_type(workspace: Workspace) -> None:
    _, message = await asked(workspace)
    lines = [b["elements"][0]["text"] for b in message["blocks"] if b["type"] == "context"]
    rule = workspace.home.house.pack.clauses("limits")[0]
    assert any(rule.code in line and rule.clause in line for line in lines)


async def test_a_press_sends_what_the_button_does_and_is_kept_once(workspace: Workspace) -> None:
    thread, message = await asked(workspace)
    press = payloads.press(buttons(message)["No"]["value"], thread)
    for _ in range(3):
        assert (await workspace.interacts(press)).status_code == 200
    await workspace.settled()
    assert workspace.dialogue.texts == ["ask me", "/deny"]
    assert [str(m.text) for m in workspace.kept()] == ["ask me", "No"]


async def test_a_choice_under_more_is_a_press(workspace: Workspace) -> None:
    thread, message = await asked(workspace)
    press = payloads.press("", thread)
    chosen = buttons(message)["Skip"]
    press["actions"][0] = {
        "type": "overflow",
        "action_id": chosen["action_id"],
        "action_ts": payloads.next_ts(),
        "selected_option": {"value": chosen["value"], "text": chosen["text"]},
    }
    assert (await workspace.interacts(press)).status_code == 200
    await workspace.settled()
    assert workspace.dialogue.texts[-1] == "/skip"


@pytest.mark.parametrize(
    "forge",
    [
        {"value": "/affirm"},
        {"value": "999999.0"},
        {"value": "1.999"},
        {"value": "x" * 3000},
        {"thread": "1772546400.999999"},
        {"user": "U0VOLUNTEER"},
        {"user": "U0GUEST"},
        {"channel": "D0ANOTHER"},
        {"action_id": "heard.other"},
        {"action_ts": "soon"},
    ],
    ids=str,
)
async def test_a_button_that_was_not_shown_to_this_person_here_is_refused(
    workspace: Workspace, forge: dict[str, str]
) -> None:
    thread, message = await asked(workspace)
    given = {"value": buttons(message)["No"]["value"], "thread": thread, **forge}
    press = payloads.press(given.pop("value"), given.pop("thread"), **given)
    assert (await workspace.interacts(press)).status_code == 401
    await workspace.settled()
    assert workspace.dialogue.texts == ["ask me"]
    assert workspace.channel.refusals.by_reason.total() == 1


async def test_a_button_of_another_thread_of_the_same_person_is_refused(
    workspace: Workspace,
) -> None:
    _, message = await asked(workspace)
    other = await workspace.says("something else")
    await workspace.settled()
    press = payloads.press(buttons(message)["No"]["value"], other)
    assert (await workspace.interacts(press)).status_code == 401


async def test_a_typed_slash_is_no_command(workspace: Workspace) -> None:
    await workspace.says("/restart")
    await workspace.settled()
    assert workspace.dialogue.texts == ["note: /restart"]


async def test_heard_begins_in_private_and_keeps_what_was_typed_behind_it(
    workspace: Workspace,
) -> None:
    body = payloads.command("jess said wallaby")
    answers = [await workspace.send(body) for _ in range(3)]
    assert {a.status_code for a in answers} == {200}
    assert answers[0].json()["response_type"] == "ephemeral"
    assert "wallaby" not in answers[0].text
    await workspace.settled()
    opening, answer = workspace.slack.called("chat.postMessage")
    assert opening["channel"] == answer["channel"] == "D-U0REPORTER"
    assert answer["thread_ts"]
    assert [str(m.text) for m in workspace.kept()] == ["jess said wallaby"]


async def test_heard_alone_greets_once(workspace: Workspace) -> None:
    body = payloads.command()
    for _ in range(3):
        assert (await workspace.send(body)).status_code == 200
        await workspace.settled()
    _, greeting = workspace.slack.called("chat.postMessage")
    assert texts(greeting) == ["I'm here. What do you need?"]
    assert len(buttons(greeting)) == 10
