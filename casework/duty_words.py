"""How a duty is put to the person who has it: which sentence of domain.yml, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework import duties
from casework.duties import Own
from casework.facts import Duty
from casework.house import House
from casework.ports import Work
from casework.words import clock_words, day_words, names_of
from policy.duties import duties_for
from policy.pack.obligations import When

SHOWN = 3
# Heard's own, as a list of what has to be done names them.
OWN_TITLES: Mapping[str, str] = {
    Own.DECISION: "Decide about sharing",
    Own.BREACH_DECISION: "Decide if the regulator is told",
    Own.OFFICIAL_REQUEST: "Know that an authority asks",
    Own.TELL_PERSON: "Tell the person",
    Own.ASK_CONSENT: "Ask if they agree",
    Own.QUESTION_RAISED: "Answer a question",
}
# What only the person themselves knows to have happened.
THEIR_EVENTS: tuple[When, ...] = ("first_visit", "end_of_support")

Words = tuple[str, dict[str, str]]


def due(house: House, work: Work, person: str) -> tuple[Words, ...]:
    """What this person has to do, the oldest first; no more than fits a screen."""
    theirs = duties.held_by(house, work, person)
    put = [_put(house, work, duty) for duty in theirs[:SHOWN]]
    rest = len(theirs) - SHOWN
    return (*put, *([("utter_due_more", {"count": str(rest)})] if rest > 0 else []))


def done_for(house: House, work: Work, person: str) -> tuple[Words, ...]:
    """What others have to do for this person, and who they are."""
    return tuple(
        (
            "utter_due_for_you",
            {
                "title": title_of(house, duty),
                "by": due_words(duty, work.now()),
                "doer": names_of(house.organisation, doers),
            },
        )
        for duty in duties.done_for(work, person)[:SHOWN]
        if (doers := sorted(duties.holders(house.organisation, work, duty)))
    )


def events(house: House, person: str) -> tuple[Words, ...]:
    """What this person may say has happened, after which they have something to do."""
    roles = house.organisation.person(person).roles
    return tuple(
        (f"utter_event_{event}", {})
        for event in THEIR_EVENTS
        if duties_for(house.pack, roles, event)
    )


def title_of(house: House, duty: Duty) -> str:
    """What a duty is called: by the pack, by Heard, or as it was called before the pack changed."""
    stated = {one.id: one.title for one in house.pack.duties}
    known = {**OWN_TITLES, **stated}
    return known.get(duty.kind, duty.kind.replace("_", " ").capitalize())


def words_of(house: House, work: Work, duty: Duty) -> dict[str, str]:
    """The words in braces of every sentence about a duty."""
    now = work.now()
    head = work.records.head(duty.record_id) if duty.record_id else None
    whose = f": {house.title(duty.person)}" if duty.person and duty.role else ""
    return {
        "duty": duty.id,
        "title": f"{title_of(house, duty)}{whose}",
        "by": due_words(duty, now),
        "since": clock_words(duty.added_at, now),
        "reference": head.reference if head else "",
    }


def due_words(duty: Duty, now: datetime) -> str:
    """The day by which it is due; the time too, where the law counts hours."""
    if duty.kind == Own.BREACH_DECISION:
        return clock_words(duty.due_at, now)
    return day_words(duty.due_at, now)


def _put(house: House, work: Work, duty: Duty) -> Words:
    words = words_of(house, work, duty)
    if duty.kind in list(Own):
        return f"utter_due_{duty.kind}", words
    late = duty.due_at < work.now()
    return ("utter_due_late" if late else "utter_due_soon"), words
