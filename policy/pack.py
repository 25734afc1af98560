"""Step 4 of 7: policy. A pack is one organisation's policy as data; this is its shape."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from policy.document import Document, Fault, Model, Place, matching, read, refusal

PACKS = Path(__file__).resolve().parent.parent / "data" / "policies"
SUMMARY_WORDS = 25

URGENCIES = ("emergency", "urgent", "standard")
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


def _short(summary: str) -> str:
    words = len(summary.split())
    if words > SUMMARY_WORDS:
        message = f"{words} words are too many to read on a phone."
        raise refusal(message, f"Say it in {SUMMARY_WORDS} words or fewer.")
    return summary


Id = Annotated[
    str,
    AfterValidator(
        matching(
            r"[a-z][a-z0-9_]*",
            "An id has small letters, digits and _ only.",
            "Write it like duty_dsl.",
        )
    ),
]
Code = Annotated[
    str,
    AfterValidator(
        matching(
            r"[A-Z]{1,3}[0-9]{1,3}",
            "A rule's code is capitals and a number.",
            "Write it like C10.",
        )
    ),
]
Text = Annotated[str, Field(min_length=1)]
Summary = Annotated[Text, AfterValidator(_short)]
WEEK_MINUTES = 7 * 24 * 60
Minutes = Annotated[int, Field(gt=0, le=WEEK_MINUTES)]
Seconds = Annotated[int, Field(gt=0, le=WEEK_MINUTES * 60)]


class Rule(Model):
    """One rule of the policy, in our words, with the clause it comes from."""

    code: Code
    clause: Text
    summary: Summary


class OwnerNotice(Rule):
    """Something wrong in the policy's own text: for its owner, never shown to a reporter."""

    cure: Text


class Role(Model):
    """A role: its title on the screen, and what people say when they mean whoever holds it.

    `also_called` is empty where the words point at nobody: "staff" is not a person.
    """

    title: Text
    also_called: tuple[Text, ...] = ()


class Decider(Model):
    """Who decides a matter, and the rule that says so."""

    roles: Annotated[tuple[Id, ...], Field(min_length=1)]
    rule: Code


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


class Clocks(Model):
    """The times that are not a rung's own.

    `hold_for_conflict_question_seconds`: after the capture is closed, how long the first ping
    may wait for the answer to "is it about someone who works here". Danger never waits.
    """

    draft_escalates_after_minutes: Minutes
    hold_for_conflict_question_seconds: Annotated[int, Field(ge=0, le=600)]
    acknowledged_expires_after_minutes: AcknowledgedExpiry


class Conflict(Model):
    """Who besides the person complained about is left out."""

    reports_to_alleged_are_left_out: bool


class Question(Model):
    """A question of the record; with `only_if`, asked only after these answers."""

    id: QuestionId
    only_if: dict[QuestionId, tuple[Text, ...]] = Field(default_factory=dict)


class Retention(Model):
    """When a person is asked to look at a record again. Nothing is deleted by the clock."""

    review_after_months: Annotated[int, Field(gt=0, le=1200)]


class Reading(Model):
    """What people in these roles have to have read, and the rule that says so."""

    title: Text
    rule: Code
    roles: Annotated[tuple[Id, ...], Field(min_length=1)]


class ContactsNeeded(Model):
    """Whom an organisation with this pack must be able to ring: its own people, and services."""

    roles: tuple[Id, ...]
    services: dict[Id, Availability]


class Pack(Model):
    """One organisation's policy. `topics` lead from what is being talked about to the rules."""

    name: Id
    title: Text
    version: Text
    review_due: date | None
    roles: dict[Id, Role]
    who_decides: dict[Id, Decider]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    owner_notices: tuple[OwnerNotice, ...] = ()
    topics: dict[Id, tuple[Code, ...]]
    ladders: Ladders
    clocks: Clocks
    conflict: Conflict
    questions: tuple[Question, ...]
    retention: Retention
    required_reading: tuple[Reading, ...]
    contacts_needed: ContactsNeeded

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of what the pack says, the same whatever its comments, quotes and order.

        Only what the file states is counted, so a setting added to this class with a default
        leaves the fingerprints in old records true.
        """
        said = self.model_dump(mode="json", exclude_unset=True)
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def rule(self, code: str) -> Rule:
        """The rule with this code.

        Raises:
            KeyError: the pack has none.
        """
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)

    def clauses(self, topic: str) -> tuple[Rule, ...]:
        """The rules on a topic, the most telling first; none if this policy is silent on it."""
        return tuple(self.rule(code) for code in self.topics.get(topic, ()))

    def topics_of(self, code: str) -> tuple[str, ...]:
        """The topics on which this rule is shown."""
        return tuple(topic for topic, codes in self.topics.items() if code in codes)

    def questions_given(self, answers: Mapping[str, str]) -> tuple[QuestionId, ...]:
        """The questions that belong in the record after these answers (question id -> value)."""
        return tuple(
            question.id
            for question in self.questions
            if all(answers.get(asked) in values for asked, values in question.only_if.items())
        )


def load_pack(source: str | Path) -> Pack:
    """The pack of this name in data/policies, or the pack in this file.

    Raises:
        FaultyFile: it is not there, or something in it is wrong; all of it is said.
    """
    return read_pack(source).sound()


def read_pack(source: str | Path) -> Document[Pack]:
    """The pack with whatever is wrong with it, each with its line. Raises nothing."""
    path = pack_path(source)
    if not path.exists():
        cure = f"Use one of: {', '.join(pack_names())}; or a file that exists."
        missing = Fault(str(path), 1, f"There is no pack `{source}`.", cure)
        return Document[Pack](str(path), {}, faults=(missing,))
    document = read(path, Pack)
    return document.having(_faults(document, document.model)) if document.model else document


def pack_path(source: str | Path) -> Path:
    """Where a pack is: a name (children_and_families) stands for its file in data/policies."""
    is_file = isinstance(source, Path) or source.endswith(".yml")
    return Path(source) if is_file else PACKS / f"{source}.yml"


def pack_names() -> tuple[str, ...]:
    """The packs that ship with Heard."""
    return tuple(sorted(path.stem for path in PACKS.glob("*.yml")))


def _faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    yield from _rule_faults(document, pack)
    yield from _unknown_rules(document, pack)
    yield from _unknown_roles(document, pack)
    yield from _ladder_faults(document, pack)
    yield from _question_faults(document, pack)


def _rule_faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    shown = {code for codes in pack.topics.values() for code in codes}
    seen: set[str] = set()
    for section, rules in (("rules", pack.rules), ("owner_notices", pack.owner_notices)):
        for n, rule in enumerate(rules):
            place = (section, n, "code")
            if rule.code in seen:
                yield document.fault(place, f"{rule.code} stands here twice.", "Keep one.")
            elif section == "rules" and rule.code not in shown:
                cure = "Add it to a topic under `topics`."
                yield document.fault(place, f"{rule.code} is in no topic: nobody sees it.", cure)
            seen.add(rule.code)


def _unknown_rules(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    known = {rule.code for rule in pack.rules}
    named: list[tuple[Place, str]] = []
    for topic, codes in pack.topics.items():
        named += [(("topics", topic, n), code) for n, code in enumerate(codes)]
    for matter, decider in pack.who_decides.items():
        named.append((("who_decides", matter, "rule"), decider.rule))
    for n, reading in enumerate(pack.required_reading):
        named.append((("required_reading", n, "rule"), reading.rule))
    for place, code in named:
        if code not in known:
            cure = "Use the code of a rule under `rules`."
            yield document.fault(place, f"There is no rule {code}.", cure)


def _unknown_roles(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    named: list[tuple[Place, tuple[str, ...]]] = [
        (("contacts_needed",), pack.contacts_needed.roles)
    ]
    for matter, decider in pack.who_decides.items():
        named.append((("who_decides", matter), decider.roles))
    for n, reading in enumerate(pack.required_reading):
        named.append((("required_reading", n), reading.roles))
    for urgency in URGENCIES:
        rungs = pack.ladders.of(urgency)
        named += [(("ladders", urgency, n), rung.roles) for n, rung in enumerate(rungs)]
    for place, roles in named:
        for n, role in enumerate(roles):
            if role not in pack.roles:
                cure = f"Use one of: {', '.join(pack.roles)}."
                yield document.fault((*place, "roles", n), f"There is no role `{role}`.", cure)


def _ladder_faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    for urgency in URGENCIES:
        rungs = pack.ladders.of(urgency)
        if not rungs[-1].outside:
            message = f"The {urgency} ladder ends inside the organisation."
            cure = "Add `outside: true` to its last rung, so the reporter gets numbers to ring."
            yield document.fault(("ladders", urgency, len(rungs) - 1), message, cure)


def _question_faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    earlier: set[str] = set()
    for n, question in enumerate(pack.questions):
        if question.id in earlier:
            message = f"`{question.id}` would be asked twice."
            yield document.fault(("questions", n), message, "Keep one.")
        for asked in question.only_if:
            if asked not in earlier:
                message = f"`{question.id}` waits for `{asked}`, which is not asked before it."
                cure = f"Put `{asked}` above it."
                yield document.fault(("questions", n, "only_if", asked), message, cure)
        earlier.add(question.id)
