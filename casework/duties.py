"""Duties with a date: due, asked, answered, and done only when all of it is true.

Which there are for people, and what has to be true first, stands in the pack. Those about a record
are Heard's own: somebody decides, reads, answers or tells by then. How they are answered is
casework/duty_guide.py's.
Source: policy-rules C13, H15, H17, H18, K13, K14, M12, M45, X18, X19, X20; M36, H24, H31, K10.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from casework.errors import NotAllowed, StillMissing, UnknownRecord
from casework.facts import Duty, RecordHead
from casework.house import House
from casework.organisation import UK, Organisation
from casework.ports import Work
from policy.duties import due_on, duties_for, still_missing
from policy.pack.obligations import DatedDuty, When

END_OF_DAY = time(23, 59)
# What is due by then is put before the person; what comes later can wait.
AHEAD = timedelta(days=14)
LINE_MANAGER = "line_manager"
# Everybody's duties are the business of these.
OVERSEE_ALL = frozenset({"dsl", "dp_trustee", "auditor", "administrator"})


class Own(StrEnum):
    """Duties of Heard's own, each about a record."""

    DECISION = "decision"
    BREACH_DECISION = "breach_decision"
    OFFICIAL_REQUEST = "official_request"
    TELL_PERSON = "tell_person"
    ASK_CONSENT = "ask_consent"
    QUESTION_RAISED = "question_raised"


# Somebody waits for these, or the law does: whoever has them is asked again until they are done.
WAITED_FOR = frozenset(
    {Own.DECISION, Own.BREACH_DECISION, Own.OFFICIAL_REQUEST, Own.QUESTION_RAISED}
)

# What the reporter themselves said they would do, about a record of theirs.
OF_REPORTER = frozenset({Own.TELL_PERSON, Own.ASK_CONSENT})


def begin(
    house: House, work: Work, person: str, after: When, since: date, occasion: str = ""
) -> list[Duty]:
    """Something has happened after which this person has duties: they are put on the calendar.

    The same once more adds nothing. `occasion` sets apart what can happen twice on a day, such as
    two first visits.
    """
    roles = house.organisation.person(person).roles
    return [
        _add(work, duty, person, due_on(duty, since, None), occasion)
        for duty in duties_for(house.pack, roles, after)
    ]


def for_role(
    work: Work, house: House, head: RecordHead, kind: Own, role: str, due_at: datetime
) -> Duty:
    """Something about a record that whoever holds a role has to do; "line_manager" is the
    reporter's own. There is one of a kind and role; a decision may be waited for again."""
    manager = house.organisation.line_manager_of(head.reporter) if role == LINE_MANAGER else None
    standing = work.duties.of_record(head.id)
    for duty in standing:
        over = kind is Own.DECISION and duty.done_at is not None
        if duty.kind == kind and role in duty.key.split("/") and not over:
            return duty
    times = sum(duty.kind == kind for duty in standing)
    key = f"{kind}/{head.id}/{role}/{times}"
    if role == LINE_MANAGER and manager is None:
        role = "dsl"
    return work.duties.add(
        kind,
        key,
        due_at,
        person=manager,
        role=None if manager else role,
        record_id=head.id,
    )


def answer(
    house: House, work: Work, duty_id: str, person: str, confirmed: Collection[str]
) -> Duty | None:
    """Done, as this person says. Returns the next one where it comes again.

    Raises:
        NotAllowed: It is somebody else's.
        StillMissing: Something has to be true first; `parts` says what.
    """
    duty = work.duties.get(duty_id)
    if person not in holders(house.organisation, work, duty):
        raise NotAllowed
    dated = of_kind(house, duty.kind)
    missing = still_missing(dated, confirmed)
    if missing:
        raise StillMissing(dated.first[part] for part in missing)
    return settle(house, work, duty, person)


def settle(house: House, work: Work, duty: Duty, person: str) -> Duty | None:
    """It was done. Returns the next one where it comes again; the second press adds nothing."""
    done = work.duties.done(duty.id, person)
    again = comes_again(house, done)
    if again is None or duty.person is None:
        return None
    return _add(work, of_kind(house, duty.kind), duty.person, again.astimezone(UK).date())


def comes_again(house: House, done: Duty) -> datetime | None:
    """By when it has to be done once more; None for what is done once and for all."""
    dated = _stated(house).get(done.kind)
    if dated is None or done.done_at is None:
        return None
    day = done.done_at.astimezone(UK).date()
    again = due_on(dated, day, day)
    return _by_the_end_of(again) if again else None


def settle_about(work: Work, record_id: str, kind: Own, person: str) -> None:
    """Whatever of this kind is open about a record was done."""
    for duty in work.duties.of_record(record_id):
        if duty.kind == kind and duty.done_at is None:
            work.duties.done(duty.id, person)


def held_by(house: House, work: Work, person: str) -> tuple[Duty, ...]:
    """What this person has to do soon, or should have done; the oldest first."""
    return tuple(
        duty
        for duty in work.duties.due(work.now() + AHEAD)
        if person in holders(house.organisation, work, duty)
    )


def held(house: House, work: Work, duty_id: str, person: str) -> Duty:
    """One that this person has to do. Raises UnknownRecord: there is none, or none for them."""
    duty = work.duties.get(duty_id)
    if person not in holders(house.organisation, work, duty):
        raise UnknownRecord
    return duty


def holders(organisation: Organisation, work: Work, duty: Duty) -> frozenset[str]:
    """Who has to do it now. Whoever must not hear of the record does not hear of a duty about it;
    where that leaves nobody, it is for those who look after every record."""
    if duty.person and duty.role:
        theirs = _standing_over(organisation, work, duty.person, (duty.role,))
    elif duty.person:
        theirs = (duty.person,)
    else:
        theirs = organisation.people_with_role(duty.role or "", work.now())
    if duty.record_id is None:
        return frozenset(theirs)
    climb = work.escalations.of_record(duty.record_id)
    out = work.records.conflicted(duty.record_id) | (climb.left_out if climb else frozenset())
    if duty.kind in OF_REPORTER:  # the reporter is never asked to act otherwise
        out -= {work.records.head(duty.record_id).reporter}
    found = frozenset(theirs) - out
    if found or duty.kind in OF_REPORTER:
        return found
    safeguarding = (organisation.people_with_role(r, work.now()) for r in ("dsl", "deputy_dsl"))
    return next((left for held in safeguarding if (left := frozenset(held) - out)), frozenset())


def done_for(work: Work, person: str) -> tuple[Duty, ...]:
    """What somebody else has to do for this person soon, or should have done."""
    due = work.duties.due(work.now() + AHEAD)
    return tuple(duty for duty in due if duty.person == person and duty.role)


def overseers(house: House, work: Work, duty: Duty) -> frozenset[str]:
    """Who directs it, answers questions about it and may close it: the pack says which roles.
    Nobody oversees what is about a record, or their own."""
    dated = _stated(house).get(duty.kind)
    if dated is None or duty.person is None:
        return frozenset()
    return frozenset(directors(house, work, duty.person, dated.overseen_by))


def directors(house: House, work: Work, person: str, roles: Collection[str]) -> tuple[str, ...]:
    """Who holds these roles for this person; where nobody does, the safeguarding lead."""
    return _standing_over(house.organisation, work, person, tuple(roles))


def _standing_over(
    organisation: Organisation, work: Work, person: str, roles: tuple[str, ...]
) -> tuple[str, ...]:
    for asked in (roles, ("dsl", "deputy_dsl")):
        found = [one for role in asked for one in _holding(organisation, work, person, role)]
        others = tuple(one for one in dict.fromkeys(found) if one != person)
        if others:
            return others
    return ()


def _holding(organisation: Organisation, work: Work, person: str, role: str) -> tuple[str, ...]:
    if role == LINE_MANAGER:
        manager = organisation.line_manager_of(person)
        return (manager,) if manager else ()
    return organisation.people_with_role(role, work.now())


def overdue(work: Work) -> list[Duty]:
    """What should have been done by now, the oldest first."""
    return work.duties.due(work.now())


def of_kind(house: House, kind: str) -> DatedDuty:
    """The duty as the pack states it. Raises KeyError."""
    return _stated(house)[kind]


def _stated(house: House) -> dict[str, DatedDuty]:
    return {duty.id: duty for duty in house.pack.duties}


def _add(work: Work, duty: DatedDuty, person: str, due: date | None, occasion: str = "") -> Duty:
    assert due is not None  # nothing was done before
    key = "/".join(filter(None, (duty.id, person, str(due), occasion)))
    return work.duties.add(duty.id, key, _by_the_end_of(due), person=person, role=duty.done_by)


def _by_the_end_of(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY, UK)
