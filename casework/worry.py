"""Worried by something told in confidence: harm first, then whom to ask, and what came of it.

Nobody has to be named to get advice. Where anyone may be harmed it cannot stay with one person: it
goes up as a concern does, past whoever it is about.
Source: policy-rules X10, C8, C11, C12, C14, M20, M24, M34.
"""

from __future__ import annotations

from casework import escalate, sharing
from casework.escalate import Told
from casework.facts import NewEntry, RecordHead
from casework.guided import Ask, Guided
from casework.house import House
from casework.ports import Work
from casework.sharing import ADVICE_OUTCOME
from casework.vocabulary import EntryKind, Topic, Urgency
from casework.words import names_of

HARM = "harm_concern"


def ask_of(house: House, question: str, *, waits: bool = False) -> Ask:
    """A question by its id: they are asked in sharing too."""
    return sharing.ask_of(house, question, waits=waits)


def may_be_harm(case: Guided) -> bool:
    """A doubt is enough: whoever decides is not the person who heard of it."""
    return case.values().get(HARM) in ("yes", "unsure")


def question(house: House, work: Work, case: Guided) -> Ask | None:
    """What is asked now."""
    said = case.values()
    if HARM not in said:
        return ask_of(house, HARM)
    if ask := sharing.whom_it_concerns(case):
        return ask
    if not may_be_harm(case) and ADVICE_OUTCOME not in said:
        return ask_of(house, ADVICE_OUTCOME, waits=True)
    return None


def advisers(house: House, work: Work, head: RecordHead) -> tuple[str, ...]:
    """Whom the policy sends people to who are not sure, but for whoever it is about."""
    return sharing.advisers(house, work, head, house.pack.sharing.advice.roles)


def conclude(house: House, work: Work, case: Guided, source_key: str) -> Told | None:
    """Harm goes up in the transaction of the answer. Otherwise the advice that is given is kept;
    what came of it follows as an answer."""
    if may_be_harm(case):
        hold = not escalate.is_settled(work, case.head)
        return escalate.start(house, work, case.head, Urgency.URGENT, hold=hold)
    waits = question(house, work, case)
    if waits is not None and waits.waits and case.last(Topic.PLAN) is None:
        people = advisers(house, work, case.head)
        entry = NewEntry(
            kind=EntryKind.ACTION_TAKEN,
            topic=Topic.PLAN,
            text=f"Sent for advice, named or not, to: {names_of(house.organisation, people)}."
            f"\nClauses: {', '.join(rules(house))}",
            by="heard",
            told_at=work.now(),
            source_key=source_key,
        )
        work.records.append(case.head.id, entry)
    return None


def rules(house: House) -> tuple[str, ...]:
    """The clauses behind asking for advice, with or without a name."""
    advice = house.pack.sharing.advice
    named = [rule.code for rule in house.pack.clauses("worries")]
    without = [advice.without_naming] if advice.without_naming else []
    return tuple(dict.fromkeys((*named, *advice.rules, *without)))
