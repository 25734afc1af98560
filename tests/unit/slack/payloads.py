"""What Slack sends, in the shapes that it documents, and its signature."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

from tests.unit.slack.slack_server import APP, SECRET, TEAM

IM = "D0REPORTER"
_numbers = itertools.count(1)


def next_ts(second: int = 1_772_546_400) -> str:
    """A ts that no other message has."""
    return f"{second}.{next(_numbers):06d}"


def signed(body: str, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The two headers of a request that Slack signed."""
    timestamp = str(int(time.time() if at is None else at))
    base = f"v0:{timestamp}:{body}".encode()
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={signature}"}


def event(inner: dict[str, Any], **outer: Any) -> str:
    """The Events API's envelope."""
    number = next(_numbers)
    return json.dumps(
        {
            "token": "not-used",
            "team_id": TEAM,
            "api_app_id": APP,
            "type": "event_callback",
            "event_id": f"Ev{number:08d}",
            "event_time": 1_772_546_400,
            "event": inner,
            "authorizations": [
                {"enterprise_id": None, "team_id": TEAM, "user_id": "U0BOT", "is_bot": True}
            ],
            **outer,
        }
    )


def message(
    text: str, *, user: str = "U0REPORTER", channel: str = IM, **more: Any
) -> dict[str, Any]:
    """A message in a direct conversation."""
    ts = more.pop("ts", None) or next_ts()
    return {
        "type": "message",
        "user": user,
        "text": text,
        "ts": ts,
        "channel": channel,
        "channel_type": "im",
        "event_ts": ts,
        "client_msg_id": f"c-{ts}",
        "team": TEAM,
        **more,
    }


def changed(ts: str, text: str, *, edited: str, **more: Any) -> dict[str, Any]:
    """A message of a direct conversation, edited since."""
    before = {"type": "message", "user": "U0REPORTER", "ts": ts, "text": "before"}
    after = {**before, "text": text, "edited": {"user": "U0REPORTER", "ts": edited}, **more}
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": IM,
        "channel_type": "im",
        "ts": edited,
        "event_ts": edited,
        "message": after,
        "previous_message": before,
    }


def form(payload: dict[str, Any]) -> str:
    """How interactions come: JSON in a form."""
    return urlencode({"payload": json.dumps(payload)})


def press(value: str, thread: str, **more: Any) -> dict[str, Any]:
    """A pressed button of a message in a thread."""
    user, channel = more.pop("user", "U0REPORTER"), more.pop("channel", IM)
    ts = next_ts()
    action = {
        "type": "button",
        "action_id": more.pop("action_id", "heard.press.0"),
        "block_id": "b1",
        "value": value,
        "action_ts": more.pop("action_ts", ts),
        "text": {"type": "plain_text", "text": "?"},
    }
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "heard"},
        "user": {"id": user, "username": "x", "team_id": TEAM},
        "api_app_id": APP,
        "trigger_id": f"1.2.{ts}",
        "container": {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel,
            "thread_ts": thread,
            "is_ephemeral": False,
        },
        "channel": {"id": channel, "name": "directmessage"},
        "message": {"type": "message", "ts": ts, "thread_ts": thread, "bot_id": "B0HEARD"},
        "actions": [action],
        **more,
    }


def submission(view: dict[str, Any], values: dict[str, str], **more: Any) -> dict[str, Any]:
    """A window that was sent in, with what stood in each part."""
    state = {
        block: {"text": {"type": "plain_text_input", "value": text}}
        for block, text in values.items()
    }
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "heard"},
        "user": {"id": more.pop("user", "U0REPORTER"), "team_id": TEAM},
        "api_app_id": APP,
        "trigger_id": f"1.2.{next_ts()}",
        "view": {
            "id": more.pop("view_id", "V0WINDOW"),
            "team_id": TEAM,
            "hash": "1.abc",
            "state": {"values": state},
            **view,
        },
        **more,
    }


def command(text: str = "", *, user: str = "U0REPORTER", **more: str) -> str:
    """A slash command."""
    fields = {
        "token": "not-used",
        "team_id": TEAM,
        "api_app_id": APP,
        "channel_id": "C0GENERAL",
        "user_id": user,
        "command": "/heard",
        "text": text,
        "response_url": "https://hooks.slack.com/commands/1",
        "trigger_id": f"1.2.{next_ts()}",
        **more,
    }
    return urlencode(fields)
