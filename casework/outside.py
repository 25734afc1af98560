"""What the reporter does when nobody here answers: whom to ring outside, and what to say there.

It depends on who is at risk and on who is complained about. Each instruction is a response of
domain.yml; its name and number are in the contacts (contacts.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from casework import record
from casework.ages import ADULT, CHILD
from casework.contacts import Contact
from casework.ports import Work
from casework.vocabulary import INVOLVES_US

# Nobody answered to the end, or nobody may be asked at all.
LAST_RESORTS = ("utter_nobody_call", "utter_told_nobody_left")


def instructions(
    response: str, work: Work, record_id: str | None, contacts: Mapping[str, Contact]
) -> tuple[str, ...]:
    """The responses that follow this one, whom to ring first before the others; only those that
    answer at this hour. None unless it is a last resort."""
    if response not in LAST_RESORTS:
        return ()
    said = record.known_values(work, record_id) if record_id else {}
    wanted = _wanted(said.get(record.CHILD_OR_ADULT), said.get(INVOLVES_US))
    return tuple(name for name, contact in wanted if contact in contacts)


def _wanted(at_risk: str | None, about_us: str | None) -> list[tuple[str, str]]:
    """(response, contact) pairs. Whoever has not said which is given both."""
    found: list[tuple[str, str]] = []
    if about_us == "yes" and at_risk != ADULT:
        found.append(("utter_ring_designated_officer", "designated_officer"))
    if at_risk != ADULT:
        found.append(("utter_ring_children", "children"))
    if at_risk != CHILD:
        about = "utter_ring_adults_about_us" if about_us == "yes" else "utter_ring_adults"
        found.append((about, "adults"))
    if about_us == "yes" and at_risk == ADULT:
        # They are for people who work with children: only if the person does that too.
        found.append(("utter_ring_designated_officer_too", "designated_officer"))
    return [*found, ("utter_ring_police", "police"), ("utter_ring_trustee", "trustee")]
