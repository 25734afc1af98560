"""Step 4 of 7: policy. A pack is one organisation's policy as data; this is its shape."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from policy.document import Model
from policy.pack.ladders import Clocks, Ladders
from policy.pack.names import Code, Id, Text
from policy.pack.need_to_know import NeedToKnow
from policy.pack.obligations import Breach, Caller, DatedDuty, OfficialRequest
from policy.pack.retention import Retention
from policy.pack.rules import Decider, OwnerNotice, Reading, Role, Rule
from policy.pack.settings import Conflict, ContactsNeeded, Question, QuestionId
from policy.pack.sharing import OtherGuidance, Sharing, Superseded


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
    need_to_know: NeedToKnow = NeedToKnow()
    required_reading: tuple[Reading, ...]
    contacts_needed: ContactsNeeded
    other_guidance: tuple[OtherGuidance, ...] = ()
    superseded: tuple[Superseded, ...] = ()
    sharing: Sharing
    official_request: OfficialRequest
    caller: Caller
    breach: Breach
    duties: tuple[DatedDuty, ...]

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

    def guidance_for(self, roles: Collection[str]) -> OtherGuidance | None:
        """What somebody in these roles reads instead, when this policy is not written for them."""
        covered = set(roles)
        return next((one for one in self.other_guidance if covered & set(one.roles)), None)

    def reading_for(self, roles: Collection[str]) -> tuple[Reading, ...]:
        """What people in these roles have to have read."""
        held = set(roles)
        return tuple(one for one in self.required_reading if held & set(one.roles))

    def consequences_for(self, roles: Collection[str]) -> tuple[Rule, ...]:
        """What follows for people in these roles when they break confidence without reason."""
        held = set(roles)
        found = [one.rule for one in self.sharing.consequences if held & set(one.roles)]
        return tuple(self.rule(code) for code in dict.fromkeys(found))

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
