"""Reading that somebody should ask about. It is never stopped: it is told to a trustee.

Source: reliability.md drill 24; policy-rules M33 (do not look at what you do not need).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import distinct, func, select

from casework.facts import Entry, RecordHead
from casework.vocabulary import EntryKind
from records.notices import Notice, tell, told_since, watchers
from records.permissions import Rules
from records.store import OpenWork
from records.tables import attempts, entries

HOUR = timedelta(hours=1)
MANY_RECORDS = 10
MANY_OUT_OF_HOURS = 4
MANY_REFUSED = 3
# Answers that say who somebody is.
NAMES_IN = frozenset({"subject", "source_of_harm", "present"})


def after_opening(
    work: OpenWork, rules: Rules, person: str, head: RecordHead, content: Iterable[Entry]
) -> None:
    """Looks at what this person has just opened, in the transaction of the opening."""
    opened = _opened_in_last_hour(work, person)
    if opened >= MANY_RECORDS:
        _once_an_hour(work, rules, Notice.MANY_RECORDS, person, opened)
    if opened >= MANY_OUT_OF_HOURS and not rules.organisation.slot(work.now()).in_hours:
        _once_an_hour(work, rules, Notice.OUT_OF_HOURS, person, opened)
    if person != head.reporter and _names_family(rules, person, content):
        # Without the record: whoever is told need not know whose name it is.
        _once_an_hour(work, rules, Notice.OWN_NAME, person, 1)


def after_refusal(work: OpenWork, rules: Rules, person: str) -> None:
    """Looks at how often this person asked for what is not there for them."""
    query = select(func.count()).where(
        attempts.c.person == person, attempts.c.at > work.now() - HOUR
    )
    refused = work.connection.execute(query).scalar_one()
    if refused >= MANY_REFUSED:
        _once_an_hour(work, rules, Notice.REFUSED, person, refused)


def after_leaving(work: OpenWork, rules: Rules, person: str) -> None:
    """Somebody who has left tried to come back in."""
    _once_an_hour(work, rules, Notice.AFTER_LEAVING, person, 1)


def _opened_in_last_hour(work: OpenWork, person: str) -> int:
    query = select(func.count(distinct(entries.c.record_id))).where(
        entries.c.kind == EntryKind.ACCESS,
        entries.c.by == person,
        entries.c.written_at > work.now() - HOUR,
    )
    return int(work.connection.execute(query).scalar_one())


def _once_an_hour(work: OpenWork, rules: Rules, kind: Notice, person: str, count: int) -> None:
    if not told_since(work, kind, person, work.now() - HOUR):
        tell(work, watchers(rules, {person}), kind, person, count=count)


def _names_family(rules: Rules, person: str, content: Iterable[Entry]) -> bool:
    """Whether somebody in the record has the reader's last name.

    People who are named by their role have no last name here.
    """
    name = next(one.name for one in rules.organisation.people if one.id == person)
    titles = {role.title.casefold() for role in rules.pack.roles.values()}
    words = name.split()
    if len(words) < 2 or name.casefold() in titles:
        return False
    last = re.compile(rf"\b{re.escape(words[-1])}\b", re.IGNORECASE)
    return any(last.search(entry.text) for entry in content if entry.topic in NAMES_IN)
