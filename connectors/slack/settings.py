"""The settings that join Heard to one Slack workspace, as Bolt names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.slack.errors import SlackSettingsWrong

API_URL = "https://slack.com/api/"
NAMES = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
WHERE = "See docs/slack.md."


@dataclass(frozen=True)
class SlackSettings:
    """The token Heard speaks with, and the secret that shows that a request is Slack's."""

    bot_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    api_url: str = API_URL

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> SlackSettings | None:
        """None where nothing is set: Heard then has no Slack. Raises SlackSettingsWrong."""
        bot, secret = (environment.get(name, "").strip() or None for name in NAMES)
        if bot is None and secret is None:
            return None
        if bot is None:
            raise SlackSettingsWrong(
                "SLACK_BOT_TOKEN is not set, though SLACK_SIGNING_SECRET is. Copy the Bot User "
                f"OAuth Token of the Slack app, under OAuth & Permissions. {WHERE}"
            )
        if not bot.startswith("xoxb-"):
            raise SlackSettingsWrong(
                "SLACK_BOT_TOKEN is not a bot token. It begins with xoxb-. Copy the Bot User OAuth "
                f"Token of the Slack app, under OAuth & Permissions. {WHERE}"
            )
        if secret is None:
            raise SlackSettingsWrong(
                "Slack cannot reach Heard: set SLACK_SIGNING_SECRET. Copy it from the Slack app, "
                f"under Basic Information. {WHERE}"
            )
        url = environment.get("HEARD_SLACK_API_URL", API_URL)
        return cls(bot, secret, url if url.endswith("/") else url + "/")
