"""The one place that decides who may see a record.

Whoever is complained about, or reports to them where the pack says so, sees neither the record
nor that it exists (casework/escalate.py writes them down as conflicted).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casework.facts import RecordHead
from casework.organisation import Organisation

# These look after every record of the organisation, unless they are in conflict.
SAFEGUARDING_ROLES = frozenset({"dsl", "deputy_dsl"})


@dataclass(frozen=True)
class Circumstances:
    """What decides: who is left out, who was ever asked to act, and whether anybody was.

    Until a case has gone up nobody but the reporter knows of it: it is not clear yet whom it
    concerns, and that may be the very person who would look.
    """

    left_out: frozenset[str]
    asked: frozenset[str]
    has_gone_up: bool


def may_see(
    organisation: Organisation, person_id: str, head: RecordHead, given: Circumstances
) -> bool:
    """Whether this person may know that the record exists, and open it with a reason."""
    if person_id == head.reporter:
        return True
    if person_id in given.left_out or not given.has_gone_up:
        return False
    if person_id in given.asked:
        return True
    roles = _roles(organisation, person_id)
    is_manager = organisation.line_manager_of(head.reporter) == person_id
    return is_manager or not SAFEGUARDING_ROLES.isdisjoint(roles)


def has_desk(organisation: Organisation, person_id: str) -> bool:
    """Whether the case desk is any of this person's business."""
    acting = SAFEGUARDING_ROLES | {"line_manager", "on_call", "trustee"}
    return not acting.isdisjoint(_roles(organisation, person_id))


def _roles(organisation: Organisation, person_id: str) -> Iterable[str]:
    """None for somebody who has left."""
    return next((one.roles for one in organisation.people if one.id == person_id), ())
