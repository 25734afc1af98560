"""Who hears of a case, and who must not: starting, releasing, leaving out, acknowledging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from casework.errors import UnknownRecord
from casework.facts import Escalation, EscalationStatus, NewEntry, RecordHead
from casework.house import House
from casework.organisation import Person
from casework.ports import Work
from casework.vocabulary import (
    DANGER_NOW,
    INVOLVES_US,
    STRANDS,
    WHICH_OF_US,
    EntryKind,
    RecordKind,
    Topic,
    Urgency,
    utc_now,
)
from casework.words import clock_words, name_of, names_of
from coach import Known

# Lines in which the reporter may name somebody.
SPOKEN = (*STRANDS, EntryKind.AMENDMENT, EntryKind.NOTE)


@dataclass(frozen=True)
class Told:
    """Who has been asked to act, in words ("the Line Manager and the Duty DSL"; "" for nobody).

    `is_news` is False when they had been asked before. `holder` is whoever has it, by role, and
    `since` since when; "" while nobody has.
    """

    names: str
    reference: str
    status: EscalationStatus
    is_news: bool
    holder: str = ""
    since: str = ""


def start(
    house: House, work: Work, head: RecordHead, urgency: Urgency, *, hold: bool = False
) -> Told:
    """Starts the climb in the caller's transaction, or makes it more urgent.

    With `hold`, the first ping waits a moment for the answer to "is this about somebody who
    works here", so that the person complained about is never the one who is told. Danger never
    waits.
    """
    seconds = house.organisation.hold_seconds(house.pack, urgency) if hold else 0
    before = work.escalations.of_record(head.id)
    climb = work.escalations.start(
        head, urgency, left_out=left_out(house, work, head), hold_seconds=seconds
    )
    if before is None or before.urgency != climb.urgency:
        _note_escalated(work, head, climb)
    return _told(house, climb, before)


def usual_urgency(work: Work, head: RecordHead) -> Urgency:
    """How urgent a record is by itself: what is being told now waits for nobody."""
    danger = [entry.value for entry in work.records.answers(head.id) if entry.topic == DANGER_NOW]
    if head.kind is RecordKind.DISCLOSURE or "unsure" in danger:
        return Urgency.URGENT
    return Urgency.STANDARD


def release(house: House, work: Work, head: RecordHead) -> Told | None:
    """Ends the hold: whoever may know is asked now. None when nothing climbs."""
    before = work.escalations.of_record(head.id)
    climb = work.escalations.release(head.id, left_out=left_out(house, work, head))
    return _told(house, climb, before) if climb else None


def leave_out(house: House, work: Work, head: RecordHead, people: frozenset[str]) -> None:
    """These people never see the record, and are asked no more."""
    # Whoever wrote it keeps it, even if they report to the person they complain about.
    for person in (people | _reporting_to(house, people)) - {head.reporter}:
        work.records.add_conflict(head.id, person)
    work.escalations.leave_out(head.id, left_out(house, work, head))


def left_out(house: House, work: Work, head: RecordHead) -> frozenset[str]:
    """Everybody in conflict; and until it is clear whom it concerns, everybody the words name.

    It is clear once they have said that it is nobody here, or named somebody who is. The
    reporter is never asked to act on their own report.
    """
    conflicted = work.records.conflicted(head.id)
    if conflicted or _concerns_nobody_here(_answers(work, head)):
        return conflicted | {head.reporter}
    noticed = named_in_words(house, work, head)
    return noticed | _reporting_to(house, noticed) | {head.reporter}


def _concerns_nobody_here(said: Mapping[str, str | None]) -> bool:
    """They said so; or they asked about sharing something that is about no harm at all, and a
    colleague whom they name is only part of the story."""
    no_harm = said.get("harm_concern") == "no"
    fear = said.get("can_ask") == "risk" or said.get("recipient_is_danger") == "yes"
    return said.get(INVOLVES_US) == "no" or (no_harm and not fear)


def is_settled(work: Work, head: RecordHead) -> bool:
    """Whether the person has said if it concerns somebody who works here, and who."""
    said = _answers(work, head)
    return WHICH_OF_US in said or said.get(INVOLVES_US) in ("no", "skipped")


def _answers(work: Work, head: RecordHead) -> dict[str, str | None]:
    return {str(entry.topic): entry.value for entry in work.records.answers(head.id)}


def named_in_words(house: House, work: Work, head: RecordHead) -> frozenset[str]:
    """Colleagues whom any line of the record names."""
    lines = (entry for entry in work.records.entries(head.id) if entry.by == head.reporter)
    return named_in(house, head.reporter, *(e.text for e in lines if e.kind in SPOKEN))


def named_in(house: House, reporter: str, *texts: str) -> frozenset[str]:
    """Colleagues whom these texts name, as this reporter calls them."""
    known = known_people(house, reporter)
    found = (mention for text in texts for mention in house.coach.mentions(text, known))
    return frozenset(mention.person_id for mention in found)


def known_people(house: House, reporter: str) -> list[Known]:
    """The directory as the coach needs it: what each person may be called by this reporter."""
    managers = {one.line_manager_of(reporter) for one in (house.organisation, house.everybody)}
    return [
        Known(person.id, _called(house, person, is_my_manager=person.id in managers))
        for person in house.everybody.people
        if person.id != reporter
    ]


def _called(house: House, person: Person, *, is_my_manager: bool) -> tuple[str, ...]:
    """By name, and by the roles they have or take for somebody who is away."""
    today = (one.roles for one in house.organisation.people if one.id == person.id)
    held = dict.fromkeys((*person.roles, *next(today, ())))
    roles = [house.pack.roles[role] for role in held if role in house.pack.roles]
    by_role = [name for role in roles for name in role.also_called]
    mine = ["my manager", "my line manager", "my boss"] if is_my_manager else []
    return tuple(dict.fromkeys((person.name, *person.nicknames, *by_role, *mine)))


def _reporting_to(house: House, people: frozenset[str]) -> frozenset[str]:
    if not house.pack.conflict.reports_to_alleged_are_left_out:
        return frozenset()
    directories = (house.organisation, house.everybody)
    return frozenset().union(*(one.reports_to(p) for one in directories for p in people))


def acknowledge(house: House, work: Work, reference: str, person: str) -> Escalation:
    """One press takes the case.

    Raises:
        AlreadyAcknowledged: Somebody else has it; the sentence says who and since when.
        NotAllowed: This person was not asked.
        UnknownRecord: No such case for this person.
    """
    head = work.records.head_by_reference(reference)
    if person in work.records.conflicted(head.id):
        raise UnknownRecord
    climb = work.escalations.acknowledge(head.id, person)
    entry = NewEntry(
        kind=EntryKind.ACKNOWLEDGEMENT,
        text=f"{house.title(person)} has this.",
        by=person,
        told_at=work.now(),
        source_key=f"acknowledged/{person}/{climb.urgency}",
    )
    work.records.append(head.id, entry)
    return climb


def _note_escalated(work: Work, head: RecordHead, climb: Escalation) -> None:
    entry = NewEntry(
        kind=EntryKind.ACTION_TAKEN,
        topic=Topic.ESCALATED,
        text=f"Raised as {climb.urgency}.",
        by="heard",
        told_at=work.now(),
        source_key=f"escalated/{climb.urgency}",
    )
    work.records.append(head.id, entry)


def _told(house: House, climb: Escalation, before: Escalation | None) -> Told:
    told = Told(
        names=names_of(house.organisation, climb.asked),
        reference=climb.reference,
        status=climb.status,
        is_news=before is None or before.asked != climb.asked,
    )
    if climb.acknowledged_by is None or climb.acknowledged_at is None:
        return told
    holder = name_of(house.organisation, climb.acknowledged_by)
    return replace(told, holder=holder, since=clock_words(climb.acknowledged_at, utc_now()))
