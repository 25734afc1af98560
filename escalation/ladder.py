"""A ladder, frozen with its case, and who stands on it at a moment. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from casework.organisation import Organisation
from policy.pack import Pack, Rung

Ladder = tuple[Rung, ...]
FrozenLadder = list[dict[str, Any]]

# Who is asked besides the last rung when the whole ladder has run out.
# Source: reliability.md 3c, "undeliverable at every level".
INDEPENDENT = Rung(roles=("trustee",), acknowledge_within_minutes=60)
LONGEST_WAIT = timedelta(hours=1)
# The one role that depends on who reports.
LINE_MANAGER = "line_manager"


class Turn(NamedTuple):
    """Whose turn it is: the rung's number from 0, and the people (nobody: nobody is there)."""

    rung: int
    people: tuple[str, ...]


def freeze(pack: Pack, organisation: Organisation, urgency: str, kind: str) -> Ladder:
    """The ladder of this urgency and kind as it stands now."""
    return organisation.ladder(pack, urgency, kind)


def to_json(ladder: Ladder) -> FrozenLadder:
    """The ladder as it is kept with the case, whatever the pack says tomorrow.

    Each rung is {"roles": [role id], "seconds": time to answer, "outside": bool}: a shape of its
    own, so that an open case outlives every change of the pack's shape.
    """
    return [
        {
            "roles": list(rung.roles),
            "seconds": int(rung.acknowledge_within.total_seconds()),
            "outside": rung.outside,
        }
        for rung in ladder
    ]


def from_json(frozen: Iterable[Mapping[str, Any]]) -> Ladder:
    """The rungs of a kept ladder, first to last."""
    return tuple(
        Rung(
            roles=tuple(rung["roles"]),
            acknowledge_within_seconds=rung["seconds"],
            outside=rung["outside"],
        )
        for rung in frozen
    )


@dataclass(frozen=True)
class Reach:
    """Who can be asked about one case at one moment."""

    organisation: Organisation
    reporter: str
    at: datetime
    left_out: Collection[str]

    def people(self, rung: Rung) -> tuple[str, ...]:
        """Who is asked at this rung; empty when there is nobody."""
        if not any(person.id == self.reporter for person in self.organisation.people):
            # A reporter who has left the directory has no line manager there; the rest is asked.
            others = tuple(role for role in rung.roles if role != LINE_MANAGER)
            rung = rung.model_copy(update={"roles": others})
        return self.organisation.rung_people(
            rung, reporter=self.reporter, at=self.at, left_out=self.left_out
        )

    def first(self, ladder: Ladder, start: int) -> Turn | None:
        """The first rung from `start` on that has anybody; None when none has."""
        turns = (Turn(n, self.people(ladder[n])) for n in range(start, len(ladder)))
        return next((turn for turn in turns if turn.people), None)

    def last(self, ladder: Ladder) -> Turn:
        """When every rung has run out: the last rung that has anybody, and a trustee."""
        turns = (Turn(n, self.people(ladder[n])) for n in reversed(range(len(ladder))))
        rung, people = next((turn for turn in turns if turn.people), Turn(len(ladder) - 1, ()))
        return Turn(rung, tuple(dict.fromkeys((*people, *self.people(INDEPENDENT)))))


def wait(rung: Rung, repeats: int) -> timedelta:
    """How long a rung has to answer. Each repeat of it doubles the wait, up to an hour; a rung
    whose own time is longer keeps that."""
    own = rung.acknowledge_within
    return max(own, min(own * (1 << min(repeats, 16)), LONGEST_WAIT))


def tells_outside(ladder: Ladder, rung: int) -> bool:
    """Whether the reporter is given the numbers outside the organisation at this rung."""
    return ladder[rung].outside or rung == len(ladder) - 1


def may_take(ladder: Ladder, organisation: Organisation, *, reporter: str, person: str) -> bool:
    """Whether this person stands on the ladder, on duty or not.

    A line manager does so for their own people only: another team's has no need to know.
    """
    roles = {role for rung in ladder for role in rung.roles}
    entries = {entry.id: entry for entry in organisation.people}
    if LINE_MANAGER in roles and reporter in entries and entries[reporter].line_manager == person:
        return True
    return person in entries and bool(set(entries[person].roles) & roles - {LINE_MANAGER})
