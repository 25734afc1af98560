"""The organisation as it is today: without whoever has left or is away, with their stand-ins.

The file says who belongs to it; this says who is here. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from casework.organisation import Organisation, Person, Shift


@dataclass(frozen=True)
class Absence:
    """Somebody who has left (`until` None) or is away, and who takes their place meanwhile."""

    id: str
    person: str
    stand_in: str | None
    since: datetime
    until: datetime | None
    by: str


def today(organisation: Organisation, absences: Collection[Absence]) -> Organisation:
    """The organisation with its stand-ins in place. Their roles, rota and reports pass to them."""
    if not absences:
        return organisation
    places = {one.person: one.stand_in for one in absences}
    heirs = {person: _heir(person, places) for person in places}
    here = tuple(
        _person(one, organisation, heirs) for one in organisation.people if one.id not in places
    )
    rota = tuple(shift for one in organisation.rota if (shift := _shift(one, heirs)).people)
    trustee = heirs.get(organisation.data_protection_trustee)
    return organisation.model_copy(
        update={
            "people": here,
            "rota": rota,
            "data_protection_trustee": trustee or organisation.data_protection_trustee,
        }
    )


def _heir(person: str, places: Mapping[str, str | None]) -> str | None:
    """Who takes their place in the end; nobody when the stand-ins stand in for each other."""
    seen = {person}
    heir = places[person]
    while heir is not None and heir in places:
        if heir in seen:
            return None
        seen.add(heir)
        heir = places[heir]
    return heir


def _person(one: Person, organisation: Organisation, heirs: Mapping[str, str | None]) -> Person:
    taken = [gone.roles for gone in organisation.people if heirs.get(gone.id) == one.id]
    manager = one.line_manager
    if manager is not None and manager in heirs:
        heir = heirs[manager]
        # Who stands in for their own manager reports to whom that manager reported to.
        manager = heir if heir != one.id else _managers_manager(organisation, manager, one.id)
    roles = tuple(dict.fromkeys([*one.roles, *(role for roles in taken for role in roles)]))
    return one.model_copy(update={"roles": roles, "line_manager": manager})


def _managers_manager(organisation: Organisation, manager: str, person: str) -> str | None:
    above = organisation.line_manager_of(manager)
    return above if above != person else None


def _shift(shift: Shift, heirs: Mapping[str, str | None]) -> Shift:
    names = [heirs.get(one, one) for one in shift.people]
    people = tuple(dict.fromkeys(one for one in names if one is not None))
    return shift.model_copy(update={"people": people})
