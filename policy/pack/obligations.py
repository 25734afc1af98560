"""Step 4 of 7: policy. Official requests, callers, breaches, and duties that have a date."""

from typing import Annotated, Literal

from pydantic import Field

from policy.document import Model
from policy.pack.names import Code, Id, Text
from policy.pack.sharing import Asked, Codes


class OfficialRequest(Model):
    """Police, a court, a local authority or a regulator asks.

    `questions` are asked in this order; `told` are the roles that hear of it at once.
    `statement_from_signed_entries`: the answer is a witness statement made of those only.
    """

    questions: Annotated[dict[Id, Asked], Field(min_length=1)]
    told: tuple[Id, ...]
    told_rules: Codes = ()
    statement_from_signed_entries: bool = False
    statement_rules: Codes = ()
    agency_questions: dict[Id, Asked] = Field(default_factory=dict)


class Caller(Model):
    """Somebody rings and asks: what has to be true before anything is said."""

    checks: Annotated[dict[Id, Asked], Field(min_length=1)]


class Breach(Model):
    """Confidence was broken: who decides about reporting it, and what is always done."""

    questions: Annotated[dict[Id, Asked], Field(min_length=1)]
    decides: Annotated[tuple[Id, ...], Field(min_length=1)]
    decides_rule: Code | None = None
    record_rules: Codes = ()
    tell_people_rules: Codes = ()
    accident_rules: Codes = ()
    complaint_rules: Codes = ()


When = Literal[
    "start_of_role", "first_visit", "end_of_support", "kept_record", "leaving", "policy_changed"
]


class DatedDuty(Model):
    """Something a person is reminded of, asked about, and that is overdue on the desk.

    Due `within_days` of `after`, and again `every_months` where given. `first` are questions that
    have to be answered with yes (or in words, where they ask for words) before `ask` may be.
    `done_by`: who does it for them, where somebody else has to; then both see it.
    `overseen_by`: who directs it, answers the questions that are raised, and may close it.
    """

    id: Id
    title: Text
    rules: Annotated[Codes, Field(min_length=1)]
    roles: Annotated[tuple[Id, ...], Field(min_length=1)]
    after: When
    within_days: Annotated[int, Field(ge=0, le=400)]
    every_months: Annotated[int, Field(gt=0, le=120)] | None = None
    first: dict[Id, Text] = Field(default_factory=dict)
    ask: Text
    done_by: Literal["line_manager"] | None = None
    overseen_by: Annotated[tuple[Id, ...], Field(min_length=1)] = ("line_manager",)
