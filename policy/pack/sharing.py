"""Step 4 of 7: policy. Should I share this: the gate, the flowchart, how, and telling the person.

The gate in front (is anyone being harmed?) is not drawn by a pack: no pack can leave it out or
put anything before it. A pack gives its clauses and words.
"""

from typing import Annotated, Literal

from pydantic import Field

from policy.document import Model
from policy.pack.names import Code, Id, Text

# Where a way through the flowchart may end.
SHARE = "share"
DO_NOT_SHARE = "do_not_share"
SEEK_ADVICE = "seek_advice"
WAIT_FOR_CONSENT = "wait_for_consent"
HARM = "harm"
ENDS = (SHARE, DO_NOT_SHARE, SEEK_ADVICE, WAIT_FOR_CONSENT, HARM)

Ground = Literal["consent", "not_identifiable", "not_confidential", "need_to_know", "other_reason"]
Party = Literal["person", "advocate", "representative", "host"]
Codes = tuple[Code, ...]


class Asked(Model):
    """A question, in the words it is asked in, and the rules it comes from."""

    ask: Text
    rules: Codes = ()


class Approval(Model):
    """Whose yes is needed first, and the rule that says so."""

    roles: Annotated[tuple[Id, ...], Field(min_length=1)]
    rule: Code


class Node(Asked):
    """A question of the flowchart: each answer leads to another node or to one of `ENDS`.

    `ground` is what a way to `share` from here rests on; `approval` is needed before it.
    Who is not sure is sent to somebody who is, unless the node says otherwise.
    """

    yes: Id
    no: Id
    unsure: Id = SEEK_ADVICE
    ground: Ground | None = None
    approval: Approval | None = None
    consent_of: Literal["person", "host"] | None = None

    def after(self, answer: str) -> str:
        """Where an answer leads; an answer that is neither yes nor no counts as not sure."""
        return {"yes": self.yes, "no": self.no}.get(answer, self.unsure)


class Flowchart(Model):
    """When to share. `heading` is the heading of the policy's own chart, None without one.

    `missing_under` names the rule of a heading under which the policy's own chart is missing.
    """

    drawn_from: Text
    missing_under: Code | None = None
    start: Id
    nodes: dict[Id, Node]


class HarmGate(Model):
    """The questions in front of every flowchart, with this policy's clauses.

    `raise_rules` are shown when the concern is raised, `exception_rules` when sharing happens
    without consent because of it.
    """

    harm_concern: Asked
    recipient_is_danger: Asked
    recipient_protects: Asked
    raise_rules: Codes = ()
    exception_rules: Codes = ()


class How(Model):
    """How to share. `secure_route_is_needed`: without a secure route it does not go at all."""

    how_much: Asked
    fact_from_opinion: Asked
    right_recipient: Asked
    secure_route: Asked
    secure_route_is_needed: bool = False


class Telling(Model):
    """When the person is told that something was shared.

    `always`: the policy knows no exception, so not telling needs a recorded yes from `deviation`.
    `unless`: further questions; a yes to one of them means that the person is not told.
    `first`: told before it is shared, where that is possible.
    """

    always: bool
    first: bool = False
    whom: Annotated[tuple[Party, ...], Field(min_length=1)]
    rules: Codes = ()
    deviation: Annotated[tuple[Id, ...], Field(min_length=1)]
    telling_raises_risk: Asked
    unless: dict[Id, Asked] = Field(default_factory=dict)


class ConsentFrom(Model):
    """Who can say yes, about whom."""

    about: Literal["person", "host"]
    party: Party
    rule: Code | None = None


class Trigger(Model):
    """What lets this policy share without consent, in its own words for it."""

    id: Id
    rule: Code


class Advice(Model):
    """Whom to ask when unsure; `without_naming` is the rule for leaving the name out."""

    roles: Annotated[tuple[Id, ...], Field(min_length=1)]
    rules: Codes = ()
    without_naming: Code | None = None


class Afterwards(Model):
    """The rules behind what is done after a decision. What is done is the same everywhere."""

    record_decision: Codes = ()
    discuss_with_requester: Codes = ()
    record_advice: Codes = ()
    consult: Codes = ()
    emergency: Codes = ()


class Consequence(Model):
    """What follows an unjustified breach, for these roles."""

    roles: Annotated[tuple[Id, ...], Field(min_length=1)]
    rule: Code


class Refusal(Model):
    """Something Heard says no to, and the rule behind it."""

    id: Id
    rule: Code


class Superseded(Model):
    """A rule that prints the wording of an entry of the law table, though another counts now.

    `point` is the number of the rule in the newer text that took its place.
    """

    rule: Code
    wording_of: Id
    point: Annotated[int, Field(gt=0)] | None = None


class OtherGuidance(Model):
    """People whom this policy does not cover, and what they read instead."""

    roles: Annotated[tuple[Id, ...], Field(min_length=1)]
    title: Text
    rule: Code


class Sharing(Model):
    """Everything about sharing with somebody."""

    harm_gate: HarmGate
    triggers: tuple[Trigger, ...]
    consent_from: Annotated[tuple[ConsentFrom, ...], Field(min_length=1)]
    flowchart: Flowchart
    how: How
    telling: Telling
    advice: Advice
    afterwards: Afterwards = Afterwards()
    consequences: tuple[Consequence, ...] = ()
    refusals: tuple[Refusal, ...] = ()
