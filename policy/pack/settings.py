"""Step 4 of 7: policy. What a record asks, how long it is kept, whom one must be able to ring."""

from typing import Literal

from pydantic import Field

from policy.document import Model
from policy.pack.names import Id, Text

Availability = Literal["office_hours", "round_the_clock"]
# What a record may hold. Source: recording-guidance.md, 3a.
QuestionId = Literal[
    "involves_us",
    "which_of_us",
    "subject",
    "child_or_adult",
    "told_limits",
    "limits_reaction",
    "where_told",
    "happened_when",
    "present",
    "first_hand",
    "demeanour",
    "injuries",
    "source_of_harm",
    "others_at_risk",
    "family_contacted",
    "wishes",
    "consent",
    "capacity",
    "action_so_far",
    "safe_now",
]


class Conflict(Model):
    """Who besides the person complained about is left out."""

    reports_to_alleged_are_left_out: bool


class Question(Model):
    """A question of the record; with `only_if`, asked only after these answers."""

    id: QuestionId
    only_if: dict[QuestionId, tuple[Text, ...]] = Field(default_factory=dict)


class ContactsNeeded(Model):
    """Whom an organisation with this pack must be able to ring: its own people, and services."""

    roles: tuple[Id, ...]
    services: dict[Id, Availability]
