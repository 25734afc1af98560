"""Names and times as people read them: UK time, never a date that is today's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from casework.organisation import UK, Organisation


def clock_words(at: datetime, now: datetime) -> str:
    """ "14:05" today, "14:05 on Tuesday 4 March" on any other day."""
    local = at.astimezone(UK)
    if local.date() == now.astimezone(UK).date():
        return f"{local:%H:%M}"
    return f"{local:%H:%M} on {local:%A} {local.day} {local:%B}"


def day_words(at: datetime, now: datetime) -> str:
    """ "today", or "Tuesday 4 March"; with its year when that is another."""
    local, today = at.astimezone(UK), now.astimezone(UK)
    if local.date() == today.date():
        return "today"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local:%A} {local.day} {local:%B}{year}"


def name_of(organisation: Organisation, person: str) -> str:
    """Their name; the id of somebody who has left the directory, so that nothing stops."""
    try:
        return organisation.person(person).name
    except KeyError:
        return person


def names_of(organisation: Organisation, people: Iterable[str]) -> str:
    """ "the Line Manager, the Duty DSL and the Deputy DSL"; empty for nobody."""
    return _listed([f"the {name_of(organisation, person)}" for person in people], "and")


def to_ring(organisation: Organisation, people: Iterable[str]) -> str:
    """Whom to ask, with numbers: "the Line Manager (07700 900103) or the Duty DSL"."""
    found = [organisation.person(person) for person in people]
    numbered = (f"the {one.name}" + (f" ({one.phone})" if one.phone else "") for one in found)
    return _listed(list(numbered), "or")


def _listed(names: list[str], joined_by: str) -> str:
    *others, last = names or [""]
    return f"{', '.join(others)} {joined_by} {last}" if others else last
