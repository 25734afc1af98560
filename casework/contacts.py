"""Whom to ring, for this person and this case: nobody who is left out is ever offered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from casework import escalate, record
from casework.ages import ADULT
from casework.house import House
from casework.ports import Work
from casework.vocabulary import INVOLVES_US

# The names that domain.yml uses in braces and under `links`, and the roles that stand behind
# them, the first that answers first.
ROLES = {
    "on_call": ("on_call", "dsl", "deputy_dsl", "trustee"),
    "safeguarding_lead": ("dsl", "deputy_dsl", "on_call", "trustee"),
    "line_manager": ("line_manager", "dsl", "deputy_dsl", "on_call", "trustee"),
}
EMERGENCY = "emergency"
OUTSIDE = "outside"
# Somebody of the charity who runs none of its work, whatever else they are.
TRUSTEE = "trustee"
CHILD_FIRST = ("children", "adults")
POLICE = "police"
# The police's number in all of the UK when nobody is in danger now; the file may name another.
POLICE_UK = "101"
SERVICES = ("children", "adults", "designated_officer", POLICE)


@dataclass(frozen=True)
class Contact:
    """A name and a number, both as shown."""

    name: str
    phone: str


def contacts(house: House, conversation_id: str) -> dict[str, Contact]:
    """Contacts by the names of `ROLES`, plus emergency and outside; and, where they answer now,
    the services of the organisation's file and an independent trustee."""
    with house.store.read() as work:
        return within(house, work, conversation_id)


def within(house: House, work: Work, conversation_id: str) -> dict[str, Contact]:
    """The same, inside a transaction."""
    talk = work.conversations.get(conversation_id)
    excluded = frozenset({talk.person})
    if talk.record_id is not None:
        excluded |= escalate.left_out(house, work, work.records.head(talk.record_id))
    found = {
        key: _first(house, roles, talk.person, excluded, work.now()) for key, roles in ROLES.items()
    }
    outside = _outside(house, work, talk.record_id)
    trustee = _first(house, (TRUSTEE,), talk.person, excluded, work.now())
    return {
        **{key: contact or outside for key, contact in found.items()},
        EMERGENCY: Contact("999", house.organisation.emergency_numbers[0]),
        OUTSIDE: outside,
        **_answering(house, work.now()),
        **({TRUSTEE: trustee} if trustee else {}),
    }


def _answering(house: House, at: datetime) -> dict[str, Contact]:
    """The services that answer at this hour."""
    numbers = {service: house.organisation.service_number(service, at) for service in SERVICES}
    found = {key: Contact(one.title, one.phone) for key, one in numbers.items() if one}
    return {POLICE: Contact("Police", POLICE_UK)} | found


def _first(
    house: House, roles: Iterable[str], reporter: str, excluded: frozenset[str], at: datetime
) -> Contact | None:
    for role in roles:
        for person_id in _holders(house, role, reporter, at):
            person = house.organisation.person(person_id)
            if person_id not in excluded and person.phone:
                return Contact(person.name, person.phone)
    return None


def _holders(house: House, role: str, reporter: str, at: datetime) -> tuple[str, ...]:
    if role == "line_manager":
        manager = house.organisation.line_manager_of(reporter)
        return (manager,) if manager else ()
    return house.organisation.people_with_role(role, at)


def _outside(house: House, work: Work, record_id: str | None) -> Contact:
    """Who can act outside the organisation: it depends on whom the record is about."""
    for service in _services(work, record_id):
        number = house.organisation.service_number(service, work.now())
        if number is not None:
            return Contact(number.title, number.phone)
    return Contact("emergency services", house.organisation.emergency_numbers[0])


def _services(work: Work, record_id: str | None) -> tuple[str, ...]:
    said = record.known_values(work, record_id) if record_id else {}
    is_adult = said.get(record.CHILD_OR_ADULT) == ADULT
    of_person = ("adults", "children") if is_adult else CHILD_FIRST
    if said.get(INVOLVES_US) == "yes":
        # A concern about somebody in a position of trust goes to the designated officer.
        return ("designated_officer", *of_person)
    return of_person


def as_slots(found: dict[str, Contact]) -> dict[str, str]:
    """For the braces in domain.yml: {on_call}, {on_call_phone}, {outside_name}, …"""
    slots = {key: contact.name for key, contact in found.items()}
    slots |= {f"{key}_phone": contact.phone for key, contact in found.items()}
    return slots | {"outside_name": found[OUTSIDE].name}
