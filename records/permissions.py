"""The one place that decides who sees what of a record. Pure: it reads nothing by itself.

Whoever is complained about, whoever reports to them where the pack says so, and anybody named as
in conflict see neither the record nor that it exists (casework/escalate.py writes them down).
docs/permissions.md says the same as a table; tests/unit/records/need_to_know.yml holds it to that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from casework.facts import Entry, RecordHead, Secret
from casework.organisation import Organisation
from casework.vocabulary import EntryKind, RecordKind, Topic
from policy.pack import Pack

# These look after every record of the organisation, unless they are in conflict.
SAFEGUARDING_ROLES = frozenset({"dsl", "deputy_dsl"})
# These see that the process was followed, and no content, unless they are asked to act.
OVERSEEING_ROLES = frozenset({"trustee", "dp_trustee", "auditor"})
# Why others opened a record is text; it is read by those who answer for access to records.
READING_REASONS = frozenset({"dp_trustee", "auditor"})
# The one role that depends on who reports.
LINE_MANAGER = "line_manager"
ACTING_ROLES = SAFEGUARDING_ROLES | {LINE_MANAGER, "on_call", "trustee"}


class Part(StrEnum):
    """What a record is made of, to those who need only some of it."""

    WORDS = "words"  # what was said, asked, seen and answered, and why it was decided so
    IDENTITY = "identity"  # whom it is about, and who else is named
    OPINION = "opinion"  # what somebody thinks, and later notes
    PROCESS = "process"  # what was done, when and by whom


CONTENT = frozenset({Part.WORDS, Part.IDENTITY, Part.OPINION})
EVERYTHING = CONTENT | {Part.PROCESS}
# Answers that say who somebody is, or where to find them.
NAMING_QUESTIONS = frozenset(
    {"subject", "which_of_us", "source_of_harm", "present", "others_at_risk", "family_contacted"}
)


class Rules(Protocol):
    """What decides besides the record: House and Built both are one."""

    @property
    def organisation(self) -> Organisation: ...

    @property
    def pack(self) -> Pack: ...


@dataclass(frozen=True)
class Circumstances:
    """What decides about one record.

    Until a case has gone up nobody but the reporter knows of it: it is not clear yet whom it
    concerns, and that may be the very person who would look. `decided` is what the last decision
    about a person's access gave them; nothing, when it was taken away. `about_reporter`: whoever
    wrote it was named in it later. `deciding`: people and roles whose decision it waits for.
    """

    left_out: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    has_gone_up: bool = False
    about_reporter: bool = False
    deciding: frozenset[str] = frozenset()
    decided: Mapping[str, frozenset[Part]] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """What one person sees of one record.

    `acts`: it is theirs to look after. `own_only`: of its content, what they wrote themselves.
    `reasons`: why others opened it.
    """

    parts: frozenset[Part]
    acts: bool = False
    own_only: bool = False
    reasons: bool = False

    def __or__(self, other: View) -> View:
        return View(
            self.parts | other.parts,
            acts=self.acts or other.acts,
            own_only=self.own_only and other.own_only,
            reasons=self.reasons or other.reasons,
        )


_ALL = View(EVERYTHING, acts=True, reasons=True)

# What breaking the glass shows: all of it, once, and nothing to do in it.
BREAKING = View(EVERYTHING)
# Who may have to look in an emergency at what is not theirs.
BREAKING_ROLES = frozenset({"on_call", "line_manager", "trustee"})


def view_of(rules: Rules, person: str, head: RecordHead, given: Circumstances) -> View | None:
    """What this person sees of the record; None when there is no such record for them."""
    if not is_here(rules.organisation, person):
        return None
    if person == head.reporter:
        # Named in their own report, they keep their words and learn nothing of who handles it.
        parts = CONTENT if given.about_reporter else EVERYTHING
        return View(parts, own_only=True)
    if person in given.left_out or not given.has_gone_up:
        return None
    if person in given.decided:
        parts = given.decided[person]
        return View(parts, acts=not parts.isdisjoint(CONTENT), reasons=True) if parts else None
    views = list(_by_office(rules, person, head, given))
    if not views:
        return None
    seen = views[0]
    for view in views[1:]:
        seen |= view
    return seen


def _by_office(rules: Rules, person: str, head: RecordHead, given: Circumstances) -> Iterable[View]:
    organisation, roles = rules.organisation, roles_of(rules.organisation, person)
    manages = organisation.line_manager_of(head.reporter) == person
    if not SAFEGUARDING_ROLES.isdisjoint(roles):
        yield _ALL
    let = rules.pack.need_to_know.line_manager
    if manages and head.kind in let.kinds:
        parts = frozenset(map(Part, let.parts)) | {Part.PROCESS}
        yield View(parts, acts=True, reasons=True)
    elif person in given.asked or given.deciding & {person, *roles}:
        # Whoever is asked to act can look: a ping about what is not there would go unanswered.
        yield _ALL
    if head.kind is RecordKind.BREACH and roles & _deciding(rules.pack):
        yield _ALL
    if head.kind is RecordKind.OFFICIAL_REQUEST and roles & _informed(rules.pack):
        yield View(frozenset({Part.PROCESS}))
    if roles & OVERSEEING_ROLES:
        yield View(frozenset({Part.PROCESS}), reasons=bool(roles & READING_REASONS))


def _deciding(pack: Pack) -> set[str]:
    """Who decides about a breach. A line manager is one of their own people only."""
    return set(pack.breach.decides) - {LINE_MANAGER}


def _informed(pack: Pack) -> set[str]:
    """Who is told that an authority asked for information."""
    return set(pack.official_request.told) - {LINE_MANAGER}


def may_break_glass(rules: Rules, person: str, head: RecordHead, given: Circumstances) -> bool:
    """Whether this person may open, in an emergency, a record that is not theirs to see.

    Never somebody in conflict, nor somebody from whom it was taken.
    """
    if person in given.left_out or person == head.reporter or not given.has_gone_up:
        return False
    if given.decided.get(person) == frozenset():
        return False
    return not BREAKING_ROLES.isdisjoint(roles_of(rules.organisation, person))


def independent(rules: Rules, person: str, head: RecordHead, given: Circumstances) -> list[str]:
    """Who is told when `person` breaks the glass: who looks after records, then who watches."""
    people = [
        one.id
        for one in rules.organisation.people
        if one.id not in {person, head.reporter, *given.left_out}
    ]
    order = ("dsl", "dp_trustee", "deputy_dsl", "trustee")
    found = [one for role in order for one in people if role in roles_of(rules.organisation, one)]
    return list(dict.fromkeys(found))


def is_here(organisation: Organisation, person: str) -> bool:
    """Whether the organisation's file knows this person (today)."""
    return any(one.id == person for one in organisation.people)


def roles_of(organisation: Organisation, person: str) -> frozenset[str]:
    """None for somebody who has left."""
    found = next((one.roles for one in organisation.people if one.id == person), ())
    return frozenset(found)


def has_desk(rules: Rules, person: str) -> bool:
    """Whether the case desk is any of this person's business."""
    theirs = ACTING_ROLES | OVERSEEING_ROLES | _deciding(rules.pack) | _informed(rules.pack)
    return not theirs.isdisjoint(roles_of(rules.organisation, person))


def oversees(organisation: Organisation, person: str) -> bool:
    """Whether this person watches the process rather than acts in it."""
    return not OVERSEEING_ROLES.isdisjoint(roles_of(organisation, person))


def part_of(entry: Entry, entries: Mapping[int, Entry]) -> Part:
    """Which part of the record a line belongs to; a change belongs where its first text does."""
    first = entries.get(entry.links_to or 0)
    if entry.kind is EntryKind.AMENDMENT and first is not None:
        return part_of(first, entries)
    if entry.kind is EntryKind.ANSWER:
        return Part.IDENTITY if entry.topic in NAMING_QUESTIONS else Part.WORDS
    if entry.kind is EntryKind.NOTE:
        return _part_of_note(entry)
    return _PART_OF_KIND[entry.kind]


_PART_OF_KIND = {
    EntryKind.WORDS: Part.WORDS,
    EntryKind.QUESTION_ASKED: Part.WORDS,
    EntryKind.OBSERVATION: Part.WORDS,
    EntryKind.AMENDMENT: Part.WORDS,
    EntryKind.DECISION: Part.WORDS,
    EntryKind.OPINION: Part.OPINION,
    EntryKind.ACTION_TAKEN: Part.PROCESS,
    EntryKind.TOLD: Part.PROCESS,
    EntryKind.ACKNOWLEDGEMENT: Part.PROCESS,
    EntryKind.ACCESS: Part.PROCESS,
}


def _part_of_note(entry: Entry) -> Part:
    if entry.topic == Topic.FIRST_MESSAGE:
        return Part.WORDS
    return Part.PROCESS if entry.topic else Part.OPINION


def seen_entries(view: View, person: str, entries: Collection[Entry]) -> tuple[Entry, ...]:
    """The record as this person sees it: lines whole, lines without their text, or not at all."""
    by_seq = {entry.seq: entry for entry in entries}
    shown = (_seen(view, person, entry, part_of(entry, by_seq)) for entry in entries)
    return tuple(entry for entry in shown if entry is not None)


def _seen(view: View, person: str, entry: Entry, part: Part) -> Entry | None:
    if view.own_only:
        return _seen_by_reporter(view, person, entry)
    if entry.kind is EntryKind.ACCESS:
        return entry if view.reasons else _withheld(entry)
    only_process = view.parts == {Part.PROCESS}
    return entry if part in view.parts and not only_process else _withheld(entry)


def _seen_by_reporter(view: View, person: str, entry: Entry) -> Entry | None:
    """Their own lines, and the receipt: who has it, who was told, who opened it and when."""
    if entry.by == person:
        return entry
    if Part.PROCESS not in view.parts:
        return None
    if entry.kind is EntryKind.ACCESS:
        return _withheld(entry)
    return entry if entry.by == "heard" or entry.kind is EntryKind.ACKNOWLEDGEMENT else None


def _withheld(entry: Entry) -> Entry:
    return replace(entry, text=Secret(""), value=None, withheld=True)
