"""What does the policy say about …? The person's own policy, by their role; never an answer
without a clause.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from casework.house import House
from casework.policy_search import Match, PolicySearch
from casework.words import names_of
from coach.encoder import shared


@dataclass(frozen=True)
class Said:
    """The rules that answer, the best first; where there is none, whom to ask ("the Line
    Manager")."""

    matches: tuple[Match, ...]
    ask: str


def ask(house: House, person: str, question: str) -> Said:
    """Looks for a rule in the organisation's pack, as it counts for this person."""
    mine = next(one for one in house.organisation.people if one.id == person)
    found = _search().ask(house.pack, house.organisation.pack, mine.roles, question)
    return Said(found.matches, names_of(house.organisation, _advisers(house, person)))


def _advisers(house: House, person: str) -> tuple[str, ...]:
    """Whom the policy sends people to who are not sure."""
    with house.store.read() as work:
        now = work.now()
    manager = house.organisation.line_manager_of(person)
    found: list[str] = []
    for role in (*house.pack.sharing.advice.roles, "dsl"):
        holds = house.organisation.people_with_role(role, now)
        found += [manager] if role == "line_manager" and manager else list(holds)
    return tuple(one for one in dict.fromkeys(found) if one != person)[:1]


@cache
def _search() -> PolicySearch:
    return PolicySearch.shipped(shared())
