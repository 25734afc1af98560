"""Step 4 of 7: policy. Who is told in which order, and the times that run."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from policy.document import Model, refusal
from policy.pack.names import Id

URGENCIES = ("emergency", "urgent", "standard")
# The kinds of record, as casework/vocabulary.py names them.
Kind = Literal["disclosure", "concern", "decision", "official_request", "breach"]
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


class OfKind(Model):
    """The ladders of one kind of record, where they are not those of all the others."""

    emergency: Rungs | None = None
    urgent: Rungs | None = None
    standard: Rungs | None = None

    def of(self, urgency: str) -> tuple[Rung, ...] | None:
        """The rungs for this urgency; None where they are the usual ones."""
        own = {"emergency": self.emergency, "urgent": self.urgent, "standard": self.standard}
        return own[urgency]


class Ladders(Model):
    """Who is told in which order, by urgency, and by kind of record where that differs."""

    emergency: Rungs
    urgent: Rungs
    standard: Rungs
    by_kind: dict[Kind, OfKind] = Field(default_factory=dict)

    def of(self, urgency: str, kind: str | None = None) -> tuple[Rung, ...]:
        """The rungs for this urgency, first to last.

        Raises:
            KeyError: there is no such urgency.
        """
        usual = {"emergency": self.emergency, "urgent": self.urgent, "standard": self.standard}
        own = self.by_kind[kind].of(urgency) if kind in self.by_kind else None
        return own or usual[urgency]

    def all(self) -> Iterator[tuple[tuple[str, ...], tuple[Rung, ...]]]:
        """Every ladder with its place in the pack."""
        for urgency in URGENCIES:
            yield ("ladders", urgency), self.of(urgency)
        for kind, ladders in self.by_kind.items():
            for urgency in URGENCIES:
                rungs = ladders.of(urgency)
                if rungs:
                    yield ("ladders", "by_kind", kind, urgency), rungs


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
