"""What `heard check --slack` tries, besides Slack itself."""

from __future__ import annotations

import asyncio

from casework.organisation import load_organisation
from connectors.slack.checking import Trouble, check
from run.settings import Settings


def without_slack(settings: Settings) -> str:
    """A line on who has no Slack id, which may be meant so; "" where everybody has one.

    Raises:
        FaultyFile: The organisation file cannot be used.
    """
    people = load_organisation(settings.organisation).people
    names = ", ".join(one.name for one in people if one.slack_id is None)
    if not names:
        return ""
    return f"No slack_id, so not in Slack: {names}.\n"


def check_slack(settings: Settings) -> list[Trouble]:
    """Every fault of the settings, of the app in Slack, and of people's Slack ids.

    Raises:
        FaultyFile: The organisation file cannot be used.
    """
    slack = settings.outgoing.slack
    if slack is None:
        cure = "Set it, and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET, as docs/slack.md says."
        return [Trouble("SLACK_BOT_TOKEN", "It is not set: Heard has no Slack.", cure)]
    found = asyncio.run(check(slack, load_organisation(settings.organisation)))
    if settings.address == Settings.address:
        message = f"It is not set: buttons in messages lead to {settings.address}."
        cure = "Set it to where people find the desk."
        found.append(Trouble("HEARD_ADDRESS", message, cure))
    return found
