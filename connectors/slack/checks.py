"""Whether a request came from Slack, for this app in this workspace. Pure; before Bolt sees it.

Bolt's own check crashes on a malformed timestamp and on a signature that is not ASCII, and logs
the body of what it refuses (reliability.md S4), so nothing doubtful gets that far.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from connectors.slack.api import Identity
from connectors.slack.errors import Forged

OLDEST_SECONDS = 300
TIMESTAMP = re.compile(r"[0-9]{1,12}")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def check_signature(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Raises Forged for whatever Slack did not sign, or signed at another time than now."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not TIMESTAMP.fullmatch(timestamp):
        raise Forged("timestamp")
    if not SIGNATURE.fullmatch(signature):
        raise Forged("signature")
    if abs(now - int(timestamp)) > OLDEST_SECONDS:
        raise Forged("time")
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature):
        raise Forged("signature")


def read_body(body: bytes) -> dict[str, Any]:
    """An event, a command or an interaction as one object. Raises Forged for any other shape."""
    try:
        text = body.decode("utf-8")
        if text.lstrip().startswith("{"):
            return _object(text)
        fields = {name: values[0] for name, values in parse_qs(text, True, True).items()}
    except (ValueError, RecursionError):
        raise Forged("body") from None
    return _object(fields["payload"]) if "payload" in fields else dict(fields)


def _object(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Forged("body") from None
    if not isinstance(given, dict):
        raise Forged("body")
    return given


def check_home(identity: Identity, body: Mapping[str, Any]) -> None:
    """Raises Forged for another workspace's or another app's request."""
    team = body.get("team_id")
    if isinstance(body.get("team"), dict):
        team = body["team"].get("id")
    if team != identity.team:
        raise Forged("team")
    app = body.get("api_app_id")
    if identity.app is not None and app != identity.app:
        raise Forged("app")
