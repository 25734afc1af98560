"""Before somebody gets their own record: each line is looked at for what they must not get.

Another person's data, what could do serious harm, and what is known of a child's abuse may have
to stay out (Data Protection Act 2018, Schedule 2 paragraph 16; Schedule 3). An entitled person
decides line by line; each decision is a line of the record, and the last one counts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from casework.errors import NotAllowed, NotForThisPaper, ReasonMissing, UnknownRecord
from casework.facts import Entry, NewEntry, RecordHead
from casework.vocabulary import EntryKind, Topic
from records import access
from records.conversations import new_id
from records.exports.record import Archive
from records.exports.redaction import holds, places_of
from records.permissions import CONTENT, View
from records.store import OpenWork


class Ground(StrEnum):
    """Why something stays out."""

    THIRD_PARTY = "third_party"
    SERIOUS_HARM = "serious_harm"
    CHILD_ABUSE_DATA = "child_abuse_data"


@dataclass(frozen=True)
class Ruling:
    """What was decided about a line. No ground: all of it is given. `places`: only these parts
    stay out; none: the whole line does."""

    ground: Ground | None = None
    places: tuple[tuple[int, int], ...] = ()

    def as_value(self) -> str:
        """As it is sealed in the record."""
        return json.dumps({"ground": self.ground, "places": self.places})

    @classmethod
    def read(cls, value: str | None) -> Ruling:
        """From the record."""
        content = json.loads(value or "{}")
        ground = content.get("ground")
        places = tuple((start, end) for start, end in content.get("places", ()))
        return cls(Ground(ground) if ground else None, places)


@dataclass(frozen=True)
class Review:
    """What somebody decides about some lines, and why.

    `words`: these phrases stay out, and the rest is given. `advice`: who was asked, which the law
    wants before serious harm is a ground.
    """

    lines: tuple[int, ...]
    why: str
    ground: Ground | None = None
    words: tuple[str, ...] = ()
    advice: str = ""


def may_review(view: View) -> bool:
    """Who sees everything and has to act on it."""
    return view.acts and not view.own_only and view.parts >= CONTENT


def needs_review(entry: Entry) -> bool:
    """Whether a person typed it as part of the account. Reasons for reading, and what Heard wrote
    by itself, are never given word for word, so they need none."""
    if entry.by == "heard" or entry.kind in (EntryKind.ACCESS, EntryKind.ACKNOWLEDGEMENT):
        return False
    return entry.topic not in (
        Topic.FILED,
        Topic.TAKEN_OUT,
        Topic.ACCESS_REVIEW,
        Topic.ACCESS_CHANGED,
    )


def keep_review(archive: Archive, *, person: str, reference: str, review: Review) -> list[Entry]:
    """Writes the decision about each line into the record.

    Raises:
        UnknownRecord: There is none, or none for this person; the two look the same.
        NotAllowed: This person does not see all of it.
        ReasonMissing: Why it was decided so is not said.
        NotForThisPaper: A line that cannot be decided so; it says which, and why.
    """
    if not access.is_reason(review.why):
        raise ReasonMissing
    with archive.store.work() as work:
        found = access.look(work, archive.rules, person, reference)
        if found is not None:
            head, view = found
            if not may_review(view):
                raise NotAllowed
            if review.ground is Ground.SERIOUS_HARM and not review.advice.strip():
                raise NotForThisPaper("Say who was asked about the harm, and what they said.")
            return [_keep(work, head, person, review, line) for line in review.lines]
        access.note_attempt(work, archive.rules, person, reference)
    raise UnknownRecord


def _keep(work: OpenWork, head: RecordHead, person: str, review: Review, line: int) -> Entry:
    return work.records.append(
        head.id,
        NewEntry(
            kind=EntryKind.NOTE,
            topic=Topic.ACCESS_REVIEW,
            text="\n".join(filter(None, (review.why, review.advice))),
            value=_ruling(work, head, review, line).as_value(),
            by=person,
            told_at=work.now(),
            links_to=line,
            relation="reviews",
            source_key=f"access-review/{new_id()}",
        ),
    )


def _ruling(work: OpenWork, head: RecordHead, review: Review, line: int) -> Ruling:
    try:
        entry = work.records.entry(head.id, line)
    except UnknownRecord:
        raise NotForThisPaper(f"There is no line {line}.") from None
    if not needs_review(entry):
        raise NotForThisPaper(f"Line {line} needs no review: it is never given word for word.")
    if review.words and review.ground is None:
        raise NotForThisPaper("Say on which ground these words stay out.")
    if not all(holds(entry.text, phrase) for phrase in review.words):
        raise NotForThisPaper(f"Line {line} does not hold all of these words. Write them as there.")
    return Ruling(review.ground, tuple(places_of(entry.text, review.words)))


def rulings(entries: Sequence[Entry]) -> dict[int, Ruling]:
    """What counts for each line: the last decision about it."""
    return {
        entry.links_to: Ruling.read(entry.value)
        for entry in entries
        if entry.topic == Topic.ACCESS_REVIEW and entry.links_to is not None and not entry.withheld
    }


def open_lines(entries: Collection[Entry], decided: Collection[int]) -> list[int]:
    """The lines that nobody has looked at yet."""
    return [e.seq for e in entries if needs_review(e) and e.seq not in decided and not e.destroyed]
