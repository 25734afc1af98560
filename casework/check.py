"""Whether an organisation's file and its pack can carry a case: all that a file can tell.

Source: design.md section 5; reliability.md P1 and P2.
"""

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

from casework.organisation import DAYS, HEARD_ROLES, Organisation, Slot, read_organisation
from policy.document import Document, Fault
from policy.pack import URGENCIES, Pack, pack_names, pack_path, read_pack


def check(organisation_path: Path, *, today: date) -> list[Fault]:
    """Everything wrong with the organisation's file and its pack, file by file, in line order.

    Where the shape of a file is wrong, what depends on its meaning is checked once that is cured.
    """
    document = read_organisation(organisation_path)
    if document.model is None:
        return list(document.faults)
    organisation = document.model
    document = document.having(_own_faults(document, organisation))
    if not pack_path(organisation.pack).exists():
        return [*document.having([_no_pack(document, organisation)]).faults]
    pack_document = read_pack(organisation.pack)
    if pack_document.model is None:
        return [*document.faults, *pack_document.faults]
    pack = pack_document.model
    document = document.having(_faults_by_pack(document, organisation, pack))
    pack_document = pack_document.having(_overdue(pack_document, pack, today))
    return [*document.faults, *pack_document.faults]


def _own_faults(document: Document[Organisation], organisation: Organisation) -> Iterator[Fault]:
    yield from _no_route(document, organisation)
    yield from _emergency_number(document, organisation)


def _faults_by_pack(
    document: Document[Organisation], organisation: Organisation, pack: Pack
) -> Iterator[Fault]:
    yield from _unknown_roles(document, organisation, pack)
    yield from _missing_contacts(document, organisation, pack)
    yield from _missing_services(document, organisation, pack)
    yield from _empty_rungs(document, organisation, pack)
    yield from _rota_gaps(document, organisation, pack)
    yield from _double_bookings(document, organisation, pack)


def _no_pack(document: Document[Organisation], organisation: Organisation) -> Fault:
    cure = f"Use one of: {', '.join(pack_names())}; or name a file beside this one."
    return document.fault(("pack",), f"There is no pack `{organisation.pack}`.", cure)


def _overdue(document: Document[Pack], pack: Pack, today: date) -> Iterator[Fault]:
    if pack.review_due and pack.review_due < today:
        message = f"This policy was due for review on {pack.review_due}."
        cure = "Have it reviewed, then write the next date here."
        yield document.fault(("review_due",), message, cure)


def _no_route(document: Document[Organisation], organisation: Organisation) -> Iterator[Fault]:
    for n, person in enumerate(organisation.people):
        if not person.has_route:
            cure = "Add an e-mail address, a telephone number, or a Slack id."
            yield document.fault(("people", n), f"Nothing can reach {person.name}.", cure)


def _emergency_number(
    document: Document[Organisation], organisation: Organisation
) -> Iterator[Fault]:
    if not {"999", "112"} & set(organisation.emergency_numbers):
        message = "There is no number for life-threatening danger."
        yield document.fault(("emergency_numbers",), message, 'Add "999".')


def _unknown_roles(
    document: Document[Organisation], organisation: Organisation, pack: Pack
) -> Iterator[Fault]:
    known = {**pack.roles, **dict.fromkeys(HEARD_ROLES)}
    cure = f"Use one of: {', '.join(known)}."
    for n, person in enumerate(organisation.people):
        for m, role in enumerate(person.roles):
            if role not in known:
                place = ("people", n, "roles", m)
                yield document.fault(place, f"The pack has no role `{role}`.", cure)
    for n, shift in enumerate(organisation.rota):
        if shift.role not in pack.roles:
            yield document.fault(("rota", n, "role"), f"The pack has no role `{shift.role}`.", cure)


def _missing_contacts(
    document: Document[Organisation], organisation: Organisation, pack: Pack
) -> Iterator[Fault]:
    for role in pack.contacts_needed.roles:
        holders = [person for person in organisation.people if role in person.roles]
        title = pack.roles[role].title if role in pack.roles else role
        if not holders:
            cure = f"Add {role} to somebody's roles."
            yield document.fault(("people",), f"Nobody is {title}.", cure)
    for n, person in enumerate(organisation.people):
        if set(person.roles) & set(pack.contacts_needed.roles) and not person.phone:
            message = f"{person.name} may have to be rung, and has no number."
            yield document.fault(("people", n), message, "Add `phone:`.")


def _missing_services(
    document: Document[Organisation], organisation: Organisation, pack: Pack
) -> Iterator[Fault]:
    for name, availability in pack.contacts_needed.services.items():
        service = organisation.local_authority.get(name)
        place = ("local_authority", name)
        if service is None:
            cure = f"Add `{name}:` with a title and its numbers."
            yield document.fault(place, f"The local authority's `{name}` is missing.", cure)
        elif availability == "round_the_clock" and service.out_of_hours is None:
            message = f"{service.title} has no number out of hours."
            yield document.fault(place, message, "Add `out_of_hours:`.")


def _empty_rungs(
    document: Document[Organisation], organisation: Organisation, pack: Pack
) -> Iterator[Fault]:
    """Rungs on which nobody could ever be asked, whoever reports and whenever."""
    held = {role for person in organisation.people for role in person.roles}
    if any(person.line_manager for person in organisation.people):
        held.add("line_manager")
    else:
        held.discard("line_manager")
    for urgency in URGENCIES:
        for n, rung in enumerate(organisation.ladder(pack, urgency), start=1):
            if not held & set(rung.roles):
                message = f"Rung {n} of the {urgency} ladder asks nobody."
                cure = f"Give somebody one of these roles: {', '.join(rung.roles)}."
                yield document.fault(("people",), message, cure)


def _rota_gaps(
    document: Document[Organisation], organisation: Organisation, pack: Pack
) -> Iterator[Fault]:
    """Parts of the week for which the rota names nobody on a ladder, before its last resort."""
    for urgency in URGENCIES:
        rungs = [rung for rung in pack.ladders.of(urgency) if not rung.outside]
        roles = {role for rung in rungs for role in rung.roles}
        shifts = [shift for shift in organisation.rota if shift.role in roles]
        for slot in _week(organisation):
            if not any(shift.covers(slot) for shift in shifts):
                hours = "in office hours" if slot.in_hours else "out of hours"
                message = f"Nobody on the {urgency} ladder is on the rota: {slot.day}, {hours}."
                cure = f"Add a shift for one of: {', '.join(sorted(roles))}."
                yield document.fault(("rota",), message, cure)


def _double_bookings(
    document: Document[Organisation], organisation: Organisation, pack: Pack
) -> Iterator[Fault]:
    """Somebody who holds two roles of a ladder at once: when they can't, two rungs are empty."""
    asked = {role for _, rungs in pack.ladders.all() for rung in rungs for role in rung.roles}
    said: set[tuple[str, int]] = set()
    for slot in _week(organisation):
        holding: dict[str, str] = {}
        for n, shift in enumerate(organisation.rota):
            if not shift.covers(slot) or shift.role not in asked:
                continue
            for m, person in enumerate(shift.people):
                other = holding.setdefault(person, shift.role)
                if other != shift.role and (person, n) not in said:
                    said.add((person, n))
                    message = f"`{person}` is on as {other} and as {shift.role} on {slot.day}."
                    cure = "Put somebody else on for one of them."
                    yield document.fault(("rota", n, "people", m), message, cure)


def _week(organisation: Organisation) -> Iterator[Slot]:
    """Every part of a week: each day out of hours, and each working day in office hours."""
    for day, in_hours in product(DAYS, (True, False)):
        if not in_hours or day in organisation.hours.days:
            yield Slot(day, in_hours)
