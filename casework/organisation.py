"""The organisation: its people, who is on duty, whom to ring. Read from organisation.yml.

Source: design.md section 5. Nothing here knows any organisation's name.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from casework.written_forms import ClockTime, Email, Phone, SlackId
from policy.document import Document, Fault, Model, Place, read, refusal
from policy.pack import Id, Pack, Retention, Rung, Seconds, Text, Window

UK = ZoneInfo("Europe/London")  # all four jurisdictions keep this time
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)

# Roles that are Heard's own, whatever the policy: who looks after keys, people and health, and
# who checks the process. Neither reads content (records/permissions.py).
HEARD_ROLES: tuple[Id, ...] = ("administrator", "auditor")


class Person(Model):
    """Somebody in the directory. `line_manager` is a person's id."""

    id: Id
    name: Text
    roles: Annotated[tuple[Id, ...], Field(min_length=1)]
    line_manager: Id | None = None
    nicknames: tuple[Text, ...] = ()
    slack_id: SlackId | None = None
    teams_id: Text | None = None
    email: Email | None = None
    phone: Phone | None = None

    @property
    def has_route(self) -> bool:
        """Whether any message can reach them."""
        return any((self.slack_id, self.email, self.phone))


class Hours(Model):
    """Office hours, in UK time. All other time, and every day in `closed_on`, is out of hours."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    opens: ClockTime
    closes: ClockTime
    closed_on: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.opens >= self.closes:
            message = "The office closes before it opens."
            raise refusal(message, "Put the earlier time at `opens`.")
        return self


class Slot(NamedTuple):
    """A part of the week as the rota divides it: a day, inside or outside office hours.

    A night belongs to two days: until midnight to the first, from midnight to the second.
    """

    day: Day
    in_hours: bool


class Shift(Model):
    """Who holds a role when. A role with no shift at all is held at any time."""

    role: Id
    people: Annotated[tuple[Id, ...], Field(min_length=1)]
    when: Literal["in_hours", "out_of_hours", "always"]
    days: Annotated[tuple[Day, ...], Field(min_length=1)] = DAYS

    def covers(self, slot: Slot) -> bool:
        """Whether the shift holds in this part of the week."""
        part = "in_hours" if slot.in_hours else "out_of_hours"
        return slot.day in self.days and self.when in (part, "always")


class Duty(NamedTuple):
    """One day of the rota, inside or outside office hours."""

    day: date
    in_hours: bool


@dataclass(frozen=True)
class Swap:
    """`stand_in` has agreed to take `person`'s duty in this role on this day."""

    role: str
    duty: Duty
    person: str
    stand_in: str

    def covers(self, role: str, duty: Duty) -> bool:
        """Whether it holds for this role on this day."""
        return (self.role, self.duty) == (role, duty)


class Service(Model):
    """A service of the local authority, and its numbers inside and outside office hours."""

    title: Text
    in_hours: Phone
    out_of_hours: Phone | None = None


class ServiceNumber(NamedTuple):
    """A number to ring at some moment."""

    title: str
    phone: str


class ClockOverrides(Model):
    """This organisation's own times where they differ from its pack's."""

    emergency: Window | None = None
    urgent: Window | None = None
    standard: Window | None = None
    first_step_within_seconds: Seconds | None = None
    draft_escalates_after_seconds: Seconds | None = None
    hold_for_conflict_question_seconds: Annotated[int, Field(ge=0, le=600)] | None = None

    def of(self, urgency: str) -> Window | None:
        """The time to answer in at every rung for this urgency, if the pack's is not kept."""
        return {
            "emergency": self.emergency,
            "urgent": self.urgent,
            "standard": self.standard,
        }[urgency]


class Anchors(Model):
    """Where signed checkpoints of the records are kept, outside the database (docs/records.md)."""

    files: tuple[Text, ...] = ()
    git_clones: tuple[Text, ...] = ()
    mailboxes: tuple[Email, ...] = ()


class Organisation(Model):
    """One organisation. People are handed round by id; `person` opens an id."""

    name: Text
    jurisdiction: Literal["england", "wales", "scotland", "northern_ireland"]
    pack: Text
    people: Annotated[tuple[Person, ...], Field(min_length=1)]
    hours: Hours
    rota: tuple[Shift, ...]
    data_protection_trustee: Id
    emergency_numbers: Annotated[tuple[Phone, ...], Field(min_length=1)]
    local_authority: dict[Id, Service]
    clocks: ClockOverrides = ClockOverrides()
    capture_mode: Literal["form", "form_or_typing"] = "form"
    retention: Retention | None = None
    anchors: Anchors = Anchors()
    # Agreed by both and kept in the store, not in the file (escalation/rota.py).
    swaps: Annotated[tuple[Swap, ...], Field(exclude=True, max_length=0)] = ()

    def person(self, person_id: str) -> Person:
        """The directory entry.

        Raises:
            KeyError: nobody has this id.
        """
        for person in self.people:
            if person.id == person_id:
                return person
        raise KeyError(person_id)

    def line_manager_of(self, person_id: str) -> str | None:
        """Their line manager's id; None without one, and for somebody who has left."""
        return next((one.line_manager for one in self.people if one.id == person_id), None)

    def reports_to(self, person_id: str) -> frozenset[str]:
        """Those whose line manager this is (their own reports, not their reports' reports)."""
        return frozenset(person.id for person in self.people if person.line_manager == person_id)

    def slot(self, at: datetime) -> Slot:
        """The part of the week that `at` falls in. Raises ValueError for a naive time."""
        local = _in_uk(at)
        day = DAYS[local.weekday()]
        open_today = day in self.hours.days and local.date() not in self.hours.closed_on
        in_hours = self.hours.opens <= local.time() < self.hours.closes
        return Slot(day, open_today and in_hours)

    def local_time(self, at: datetime) -> str:
        """The time as people here say it. Raises ValueError for a naive time."""
        local = _in_uk(at)
        return f"{local:%H:%M} on {local.day} {local:%B %Y}"

    def people_with_role(self, role: str, at: datetime) -> tuple[str, ...]:
        """Who holds the role and is on duty at `at`, in the order of the file. Where two have
        agreed to swap, the one stands in for the other."""
        swapped = {
            swap.person: swap.stand_in for swap in self.swaps if swap.covers(role, self.duty_at(at))
        }
        holders = tuple(person.id for person in self.people if role in person.roles)
        on_duty = (holder for holder in holders if self._on_duty(holder, role, at))
        return tuple(dict.fromkeys(swapped.get(holder, holder) for holder in on_duty))

    def duty_at(self, at: datetime) -> Duty:
        """The day and the part of it that `at` falls in."""
        return Duty(_in_uk(at).date(), self.slot(at).in_hours)

    def rung_people(
        self, rung: Rung, *, reporter: str, at: datetime, left_out: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Who is asked at this rung: each once, never the reporter nor anybody left out.

        Empty when nobody is: the next rung is then due at once.
        """
        held = [person for role in rung.roles for person in self._holders(role, reporter, at)]
        return tuple(p for p in dict.fromkeys(held) if p != reporter and p not in left_out)

    def ladder(self, pack: Pack, urgency: str, kind: str | None = None) -> tuple[Rung, ...]:
        """The pack's rungs for this urgency and kind, with this organisation's own times."""
        rungs, window = pack.ladders.of(urgency, kind), self.clocks.of(urgency)
        if window is None:
            return rungs
        return tuple(rung.model_copy(update=dict(window)) for rung in rungs)

    def first_step_within(self, pack: Pack, urgency: str) -> timedelta:
        """How long somebody may have a case before the first protective step."""
        own = self.clocks.first_step_within_seconds
        if own is not None:
            return timedelta(seconds=own)
        return pack.clocks.acknowledged_expires_after_minutes.of(urgency)

    def draft_escalates_after(self, pack: Pack) -> timedelta:
        """How long a draft with harm in it may lie before it escalates by itself."""
        seconds = self.clocks.draft_escalates_after_seconds
        if seconds is not None:
            return timedelta(seconds=seconds)
        return timedelta(minutes=pack.clocks.draft_escalates_after_minutes)

    def hold_seconds(self, pack: Pack, urgency: str) -> int:
        """How long the first ping may wait for the conflict question: not at all in danger."""
        if urgency == "emergency":
            return 0
        own = self.clocks.hold_for_conflict_question_seconds
        return pack.clocks.hold_for_conflict_question_seconds if own is None else own

    def service_number(self, service: str, at: datetime) -> ServiceNumber | None:
        """Whom to ring outside the organisation at `at`; None when nobody answers then."""
        found = self.local_authority.get(service)
        if found is None:
            return None
        phone = found.in_hours if self.slot(at).in_hours else found.out_of_hours
        return ServiceNumber(found.title, phone) if phone else None

    def _on_duty(self, person_id: str, role: str, at: datetime) -> bool:
        shifts = [shift for shift in self.rota if shift.role == role]
        slot = self.slot(at)
        return not shifts or any(s.covers(slot) and person_id in s.people for s in shifts)

    def _holders(self, role: str, reporter: str, at: datetime) -> tuple[str, ...]:
        if role != "line_manager":
            return self.people_with_role(role, at)
        manager = self.line_manager_of(reporter)
        return (manager,) if manager and self._on_duty(manager, role, at) else ()


def _in_uk(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time without a time zone")
    return at.astimezone(UK)


def load_organisation(path: Path) -> Organisation:
    """The organisation in this file. Its pack is not read.

    Raises:
        FaultyFile: the file cannot be read, or something in it is wrong; all of it is said.
    """
    return read_organisation(path).sound()


def read_organisation(path: Path) -> Document[Organisation]:
    """The organisation with whatever is wrong with it, each with its line. Raises nothing."""
    document = read(path, Organisation)
    if document.model is None:
        return document
    organisation = document.model
    if organisation.pack.endswith(".yml"):
        # A pack of the organisation's own is named as it lies beside this file.
        organisation = organisation.model_copy(
            update={"pack": str(path.parent / organisation.pack)}
        )
    return replace(document, model=organisation).having(_faults(document, organisation))


def _faults(document: Document[Organisation], organisation: Organisation) -> Iterator[Fault]:
    yield from _shared_faults(document, organisation)
    yield from _unknown_people(document, organisation)
    yield from _shift_faults(document, organisation)
    yield from _circles(document, organisation)


def _shared_faults(document: Document[Organisation], organisation: Organisation) -> Iterator[Fault]:
    """An id or a letter box that two people have: neither could be left out alone."""
    for key in ("id", "slack_id", "teams_id", "email"):
        seen: dict[str, str] = {}
        for n, person in enumerate(organisation.people):
            value: str | None = getattr(person, key)
            if value is None:
                continue
            if value.casefold() in seen:
                message = f"{person.name} and {seen[value.casefold()]} have the same `{key}`."
                yield document.fault(("people", n, key), message, "Give each their own.")
            seen[value.casefold()] = person.name


def _unknown_people(
    document: Document[Organisation], organisation: Organisation
) -> Iterator[Fault]:
    known = {person.id for person in organisation.people}
    named: list[tuple[Place, str]] = [
        (("data_protection_trustee",), organisation.data_protection_trustee)
    ]
    for n, person in enumerate(organisation.people):
        named += [(("people", n, "line_manager"), person.line_manager or person.id)]
    for n, shift in enumerate(organisation.rota):
        named += [(("rota", n, "people", m), one) for m, one in enumerate(shift.people)]
    for place, person_id in named:
        if person_id not in known:
            cure = f"Use one of: {', '.join(sorted(known))}."
            yield document.fault(place, f"There is no person `{person_id}`.", cure)


def _shift_faults(document: Document[Organisation], organisation: Organisation) -> Iterator[Fault]:
    roles = {person.id: person.roles for person in organisation.people}
    for n, shift in enumerate(organisation.rota):
        for m, person in enumerate(shift.people):
            if shift.role not in roles.get(person, (shift.role,)):
                message = f"`{person}` is on the rota as {shift.role} without that role."
                cure = f"Add {shift.role} to their roles, or put somebody else on."
                yield document.fault(("rota", n, "people", m), message, cure)


def _circles(document: Document[Organisation], organisation: Organisation) -> Iterator[Fault]:
    """Line managers who report to themselves in the end."""
    managers = {person.id: person.line_manager for person in organisation.people}
    told: set[str] = set()
    for n, person in enumerate(organisation.people):
        chain, manager = [person.id], person.line_manager
        while manager and manager not in chain:
            chain.append(manager)
            manager = managers.get(manager)
        if manager == person.id and person.id not in told:
            told.update(chain)
            message = f"These report to each other in a circle: {', '.join(chain)}."
            cure = "Give one of them a line manager outside the circle, or none."
            yield document.fault(("people", n, "line_manager"), message, cure)
