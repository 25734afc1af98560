"""`heard check --slack`: everything that can be known before the first message goes wrong."""

from __future__ import annotations

from dataclasses import dataclass

from casework.organisation import Organisation, Person
from connectors.slack.api import SWITCHED_OFF, SlackApi
from connectors.slack.errors import SlackUnavailable
from connectors.slack.settings import SlackSettings
from connectors.slack.tokens import REFUSED_TOKENS, token_refused

# What each scope is for, so that nobody leaves one out to be careful.
SCOPES = {
    "app_mentions:read": "to answer a mention with an offer to talk in private",
    "assistant:write": "for the assistant pane",
    "chat:write": "to answer, and to ping managers",
    "commands": "for /heard and for Record this safely",
    "im:history": "to be sent what is written to it, and to fetch what it missed",
    "im:write": "to write to somebody first",
    "users:read": "to see whose account was switched off",
}
CANARY_SCOPES = {
    "groups:history": "to hear its own canary (Socket Mode)",
    "groups:read": "to find the canary's channel (Socket Mode)",
    "groups:write": "to make the canary's channel (Socket Mode)",
}
CURES = {
    SWITCHED_OFF: "Switch it on again, or take `slack_id` out: other routes are used then.",
    "user_not_found": "Copy the member ID again from their Slack profile.",
    "is_a_bot": "Copy the member ID of the person, not of an app.",
}


@dataclass(frozen=True)
class Trouble:
    """What is wrong with which setting, or with which person's `slack_id`, and the cure."""

    setting: str
    message: str
    cure: str


async def check(settings: SlackSettings, organisation: Organisation) -> list[Trouble]:
    """Everything wrong, settings first. Sends nobody a message."""
    api = SlackApi(settings)
    try:
        given = await api.scopes()
    except SlackUnavailable as error:
        return [_refused("SLACK_BOT_TOKEN", error)]
    found = [
        Trouble(
            "SLACK_BOT_TOKEN",
            f"It lacks the scope {scope}: {purpose}.",
            "Add it under OAuth & Permissions, and install the app to the workspace again.",
        )
        for scope, purpose in (SCOPES | (CANARY_SCOPES if settings.app_token else {})).items()
        if scope not in given
    ]
    if settings.app_token is not None:
        try:
            await api.socket(settings.app_token)
        except SlackUnavailable as error:
            found.append(_refused("SLACK_APP_TOKEN", error))
    if all(person.slack_id is None for person in organisation.people):
        message = "Nobody has one: nobody can write to Heard in Slack, and nobody is asked there."
        found.append(Trouble("slack_id", message, "Give people theirs, as docs/slack.md says."))
    for person in organisation.people:
        found += await _reach(api, person)
    return found


async def _reach(api: SlackApi, person: Person) -> list[Trouble]:
    if person.slack_id is None:
        return []
    try:
        await api.account(person.slack_id)
        await api.direct(person.slack_id)
    except SlackUnavailable as error:
        cure = CURES.get(error.code, "Try again; docs/slack.md says what Heard needs.")
        return [
            Trouble(
                f"slack_id of {person.id}",
                f"{person.name} cannot be messaged ({error.code}).",
                cure,
            )
        ]
    return []


def _refused(setting: str, error: SlackUnavailable) -> Trouble:
    if error.code in REFUSED_TOKENS:
        message, _, cure = token_refused(setting, error.code).partition(". ")
        return Trouble(setting, f"{message}.", cure)
    cure = "Let Heard reach Slack (HEARD_SLACK_API_URL, where it is set), and try again."
    return Trouble(setting, f"Slack did not answer ({error.code}).", cure)
