"""What comes to the door and is not Slack's: 401, counted, nothing kept, nothing logged."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

import pytest

from connectors.slack.door import PATH
from tests.unit.slack import payloads
from tests.unit.slack.conftest import HEARD, Workspace
from tests.unit.slack.slack_server import TEAM

MARK = "quokka7261"
BODY = payloads.event(payloads.message(f"jess said {MARK}"))


def without(name: str) -> Callable[[], dict[str, str]]:
    return lambda: {key: value for key, value in payloads.signed(BODY).items() if key != name}


def wrong(**headers: str) -> Callable[[], dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: {**payloads.signed(BODY), **named}


FORGED: dict[str, Callable[[], dict[str, str]]] = {
    "another secret": lambda: payloads.signed(BODY, secret="another"),
    "six minutes old": lambda: payloads.signed(BODY, at=time.time() - 360),
    "six minutes ahead": lambda: payloads.signed(BODY, at=time.time() + 360),
    "no headers": dict,
    "no timestamp": without("X-Slack-Request-Timestamp"),
    "no signature": without("X-Slack-Signature"),
    "letters for a timestamp": wrong(X_Slack_Request_Timestamp="abc"),
    "a float for a timestamp": wrong(X_Slack_Request_Timestamp="1e9"),
    "digits of another script": wrong(X_Slack_Request_Timestamp="١٧٧٢٥٤٦٤٠٠"),
    "a huge timestamp": wrong(X_Slack_Request_Timestamp="9" * 400),
    "a signature that is not ASCII": wrong(X_Slack_Signature="v0=é" + "a" * 60),
    "an empty signature": wrong(X_Slack_Signature=""),
    "another version": wrong(X_Slack_Signature="v1=" + "a" * 64),
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=list(FORGED))
async def test_whatever_slack_did_not_sign_now_is_refused_and_leaves_no_trace(
    workspace: Workspace, caplog: pytest.LogCaptureFixture, headers: Callable[[], dict[str, str]]
) -> None:
    caplog.set_level(logging.DEBUG)
    given = {key: value.encode() for key, value in headers().items()}
    answer = await workspace.http.post(
        PATH, content=BODY.encode(), headers={"Content-Type": "application/json", **given}
    )
    assert answer.status_code == 401
    assert workspace.home.inbox_size() == 0
    assert sum(workspace.channel.refusals.by_reason.values()) == 1
    assert MARK not in caplog.text
    assert MARK not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        '{"type": "event_callback", ',
        "[1, 2]",
        "payload=%7Bnot json",
        "payload=[]",
        '{"type": "event_callback"}',
        json.dumps({"type": "event_callback", "team_id": TEAM, "api_app_id": "A0HEARD"}),
        payloads.event(payloads.message("x"), team_id="T0OTHER"),
        payloads.event(payloads.message("x"), team_id=None),
        payloads.event(payloads.message("x"), api_app_id="A0OTHER"),
        payloads.event({**payloads.message("x"), "ts": "yesterday"}),
        payloads.event({**payloads.message("x"), "ts": None}),
        payloads.form({**payloads.press("danger", "1.000001"), "team": {"id": "T0OTHER"}}),
        payloads.command("hello", team_id="T0OTHER"),
        "{" * 50_000,
    ],
)
async def test_a_signed_body_that_is_not_for_this_workspace_or_has_no_shape_is_refused(
    workspace: Workspace, body: str
) -> None:
    assert (await workspace.send(body)).status_code == 401
    assert workspace.home.inbox_size() == 0
    assert sum(workspace.channel.refusals.by_reason.values()) == 1


async def test_ten_refusals_in_a_minute_are_said_once_and_loudly(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(15):
        await workspace.http.post(PATH, content=b"{}")
    assert workspace.channel.refusals.by_reason.total() == 15
    assert [r.message for r in caplog.records].count("refused_often 10 in a minute") == 1


async def test_the_address_is_proved_to_slack(workspace: Workspace) -> None:
    body = json.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"})
    answer = await workspace.send(body)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1aB"})
    assert workspace.channel.where().endswith(f"has to reach {HEARD}{PATH}")


async def test_a_request_that_is_replayed_fifty_times_changes_nothing_more(
    workspace: Workspace,
) -> None:
    headers = {"Content-Type": "application/json", **payloads.signed(BODY)}
    for _ in range(50):
        answer = await workspace.http.post(PATH, content=BODY.encode(), headers=headers)
        assert answer.status_code == 200
    await workspace.settled()
    assert workspace.home.inbox_size() == 1
    assert len(workspace.slack.called("chat.postMessage")) == 1


async def test_until_slack_has_said_who_heard_is_requests_are_sent_away_to_come_again(
    workspace: Workspace,
) -> None:
    workspace.channel.room.identity = None
    assert (await workspace.send(BODY)).status_code == 503
    assert workspace.home.inbox_size() == 0
