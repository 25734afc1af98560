"""Step 4 of 7: policy. Who is told in which order, and the times that run."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from policy.document import Model, refusal
from policy.pack.names import Id

URGENCIES = ("emergency", "urgent", "standard")
WEEK_MINUTES = 7 * 24 * 60
Minutes = Annotated[int, Field(gt=0, le=WEEK_MINUTES)]
Seconds = Annotated[int, Field(gt=0, le=WEEK_MINUTES * 60)]


class Window(Model):
    """How long somebody has to answer: in minutes, or in seconds for drills and tests."""

    acknowledge_within_minutes: Minutes | None = None
    acknowledge_within_seconds: Seconds | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.acknowledge_within_minutes is None) == (self.acknowledge_within_seconds is None):
            message = "It needs one time to answer in, and only one."
            raise refusal(message, "Write `acknowledge_within_minutes: 5`.")
        return self

    @property
    def acknowledge_within(self) -> timedelta:
        """The time somebody has before the next rung is told."""
        return timedelta(
            minutes=self.acknowledge_within_minutes or 0,
            seconds=self.acknowledge_within_seconds or 0,
        )


class Rung(Window):
    """One step of a ladder: the roles told together.

    `outside` marks the rung at which the reporter is also given the numbers outside the
    organisation.
    """

    roles: Annotated[tuple[Id, ...], Field(min_length=1)]
    outside: bool = False


Rungs = Annotated[tuple[Rung, ...], Field(min_length=1)]


class Ladders(Model):
    """Who is told in which order, by urgency."""

    emergency: Rungs
    urgent: Rungs
    standard: Rungs

    def of(self, urgency: str) -> tuple[Rung, ...]:
        """The rungs for this urgency, first to last.

        Raises:
            KeyError: there is no such urgency.
        """
        return {
            "emergency": self.emergency,
            "urgent": self.urgent,
            "standard": self.standard,
        }[urgency]


class AcknowledgedExpiry(Model):
    """How long somebody may hold a case without a first protective step, in minutes."""

    emergency: Minutes
    urgent: Minutes
    standard: Minutes

    def of(self, urgency: str) -> timedelta:
        """The time for this urgency. Raises KeyError: there is no such urgency."""
        minutes = {
            "emergency": self.emergency,
            "urgent": self.urgent,
            "standard": self.standard,
        }
        return timedelta(minutes=minutes[urgency])


class Clocks(Model):
    """The times that are not a rung's own.

    `hold_for_conflict_question_seconds`: after the capture is closed, how long the first ping
    may wait for the answer to "is it about someone who works here". Danger never waits.
    """

    draft_escalates_after_minutes: Minutes
    hold_for_conflict_question_seconds: Annotated[int, Field(ge=0, le=600)]
    acknowledged_expires_after_minutes: AcknowledgedExpiry
