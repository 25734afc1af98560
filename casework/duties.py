"""Duties with a date: due, asked, answered, and done only when all of it is true.

Which there are, for whom, and what has to be true first, stands in the pack.
Source: policy-rules C13, H15, H17, H18, K13, K14, M12, M45, X18, X19, X20.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from casework.errors import NotAllowed, StillMissing
from casework.facts import Duty
from casework.house import House
from casework.organisation import UK
from casework.ports import Work
from policy.duties import due_on, duties_for, still_missing
from policy.pack.obligations import DatedDuty, When

END_OF_DAY = time(23, 59)


def begin(house: House, work: Work, person: str, after: When, since: date) -> list[Duty]:
    """Something has happened after which this person has duties: they are put on the calendar.

    The same once more adds nothing.
    """
    roles = house.organisation.person(person).roles
    return [
        _add(work, duty, person, due_on(duty, since, None))
        for duty in duties_for(house.pack, roles, after)
    ]


def answer(
    house: House, work: Work, duty_id: str, person: str, confirmed: Collection[str]
) -> Duty | None:
    """Done, as this person says. Returns the next one where it comes again.

    Raises:
        NotAllowed: It is somebody else's.
        StillMissing: Something has to be true first; `parts` says what.
    """
    duty = work.duties.get(duty_id)
    if duty.person != person:
        raise NotAllowed
    dated = of_kind(house, duty.kind)
    missing = still_missing(dated, confirmed)
    if missing:
        raise StillMissing(dated.first[part] for part in missing)
    done = work.duties.done(duty.id, person)
    assert done.done_at is not None
    day = done.done_at.astimezone(UK).date()
    again = due_on(dated, day, day)
    return _add(work, dated, person, again) if again else None


def overdue(work: Work) -> list[Duty]:
    """What should have been done by now, the oldest first."""
    return work.duties.due(work.now())


def of_kind(house: House, kind: str) -> DatedDuty:
    """The duty as the pack states it. Raises KeyError."""
    return {duty.id: duty for duty in house.pack.duties}[kind]


def _add(work: Work, duty: DatedDuty, person: str, due: date | None) -> Duty:
    assert due is not None  # nothing was done before
    at = datetime.combine(due, END_OF_DAY, UK)
    return work.duties.add(duty.id, f"{duty.id}/{person}/{due}", at, person=person)
