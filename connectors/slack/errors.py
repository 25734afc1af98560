"""What may be wrong with Slack's settings, or with what came in by its door."""

from __future__ import annotations

from casework.errors import CallerMistake, TemporarilyUnavailable


class SlackSettingsWrong(CallerMistake):
    """A setting is missing or Slack refuses it. `say` names it and the cure."""

    code = "slack_settings_wrong"


class SlackUnavailable(TemporarilyUnavailable):
    """Slack did not take a call. `code` is Slack's own, or ours for a failure on the way."""

    code = "slack_unavailable"

    def __init__(self, code: str, retry_after: float = 0.0) -> None:
        super().__init__()
        self.code = code
        self.retry_after = retry_after


class Forged(Exception):
    """A request that Slack would not send for this person: answered 401, counted, not kept.

    `say`: what the person is told all the same, where they are somebody of the organisation.
    """

    def __init__(self, why: str, say: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.say = say
