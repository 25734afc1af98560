"""Step 4 of 7: policy. The rules of a policy in our words, and the roles it speaks of."""

from typing import Annotated, Literal

from pydantic import Field

from policy.document import Model
from policy.pack.names import Code, Id, Summary, Text

# What Heard does with a rule: says it, asks about it, makes it so, reminds of it, or says no.
Carried = Literal["shown", "asked", "enforced", "timed", "refused"]


class Rule(Model):
    """One rule of the policy, in our words, with the clause it comes from.

    `addressed_to` names roles where the policy speaks to some people only; empty means everybody.
    """

    code: Code
    clause: Text
    carried: Annotated[tuple[Carried, ...], Field(min_length=1)]
    summary: Summary
    addressed_to: tuple[Id, ...] = ()


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


class Reading(Model):
    """What people in these roles have to have read, and the rule that says so."""

    title: Text
    rule: Code
    roles: Annotated[tuple[Id, ...], Field(min_length=1)]
