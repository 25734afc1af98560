"""The settings that join Heard to one Slack workspace, as Bolt names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.slack.errors import SlackSettingsWrong

API_URL = "https://slack.com/api/"
NAMES = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
WHERE = "See docs/slack.md."


@dataclass(frozen=True)
class SlackSettings:
    """The token Heard speaks with, the secret that shows that a request is Slack's, and the token
    of Socket Mode, which needs no public address."""

    bot_token: str = field(repr=False)
    signing_secret: str | None = field(repr=False)
    app_token: str | None = field(default=None, repr=False)
    api_url: str = API_URL

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> SlackSettings | None:
        """None where nothing is set: Heard then has no Slack. Raises SlackSettingsWrong."""
        bot, secret, app = (environment.get(name, "").strip() or None for name in NAMES)
        if bot is None and secret is None and app is None:
            return None
        if bot is None:
            raise SlackSettingsWrong(
                "SLACK_BOT_TOKEN is not set, though other settings of Slack are. Copy the Bot User "
                f"OAuth Token of the Slack app, under OAuth & Permissions. {WHERE}"
            )
        if not bot.startswith("xoxb-"):
            raise SlackSettingsWrong(
                "SLACK_BOT_TOKEN is not a bot token. It begins with xoxb-. Copy the Bot User OAuth "
                f"Token of the Slack app, under OAuth & Permissions. {WHERE}"
            )
        if app is not None and not app.startswith("xapp-"):
            raise SlackSettingsWrong(
                "SLACK_APP_TOKEN is not an app-level token. It begins with xapp-. Make one with "
                f"connections:write in the Slack app, under Basic Information. {WHERE}"
            )
        if secret is None and app is None:
            raise SlackSettingsWrong(
                "Slack cannot reach Heard. For Socket Mode set SLACK_APP_TOKEN; for HTTPS set "
                "SLACK_SIGNING_SECRET. Both stand under Basic Information of the Slack app. "
                f"{WHERE}"
            )
        url = environment.get("HEARD_SLACK_API_URL", API_URL)
        return cls(bot, secret, app, url if url.endswith("/") else url + "/")
