"""A token that Slack refuses: which setting it is, what is wrong, and how to mend it."""

from __future__ import annotations

# What Slack answers to a token that will never do.
REFUSED_TOKENS = {
    "invalid_auth": "is not a token that Slack knows",
    "not_authed": "is not a token that Slack knows",
    "account_inactive": "belongs to an app that was removed from the workspace",
    "token_revoked": "was revoked",
    "token_expired": "has expired",
    "not_allowed_token_type": "is a token of another kind",
    "missing_scope": "lacks the scope connections:write",
}
WHERE = {
    "SLACK_BOT_TOKEN": "install it to the workspace, and copy the Bot User OAuth Token again",
    "SLACK_APP_TOKEN": (
        "under Basic Information, App-Level Tokens, make one with connections:write, copy it"
    ),
}


def token_refused(setting: str, code: str) -> str:
    """What is wrong with a token, and how to mend it."""
    return (
        f"{setting} {REFUSED_TOKENS[code]}. Open the app at api.slack.com/apps, {WHERE[setting]}. "
        "See docs/slack.md."
    )
