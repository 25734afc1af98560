"""Information got out: recorded whatever is decided about it, and somebody decides in time.

Source: policy-rules H31, H32, H33, X16, X17, K11, K12; the law table's breach_notice.
"""

from __future__ import annotations

from collections.abc import Iterator

from casework import duties, escalate
from casework.escalate import Told
from casework.facts import NewEntry
from casework.guided import Ask, Guided
from casework.house import House
from casework.ports import Work
from casework.vocabulary import EntryKind, Topic, Urgency
from casework.words import clock_words
from policy.breaches import BreachPlan, breach_plan
from policy.pack import Pack


def ask_of(house: House, question: str, *, waits: bool = False) -> Ask:
    """A question by its id."""
    return Ask.of(question, house.pack.breach.questions[question], waits=waits)


def plan_of(house: House, case: Guided) -> BreachPlan:
    """What follows. The regulator's clock runs from when it became known here."""
    return breach_plan(house.pack, house.law, case.head.opened_at, case.values())


def question(house: House, work: Work, case: Guided) -> Ask | None:
    """What is asked now."""
    asks = plan_of(house, case).asks
    return ask_of(house, asks) if asks else None


def conclude(house: House, work: Work, case: Guided, source_key: str) -> Told | None:
    """Whoever decides hears of it with the first answer; at the end the plan is written down."""
    if not case.values():
        return None
    # Not urgent, so that the pack's own ladder for a breach counts: whoever decides hears first.
    told = escalate.start(house, work, case.head, Urgency.STANDARD)
    plan = plan_of(house, case)
    if plan.regulator_by is not None:
        for role in plan.decides:
            duties.for_role(
                work, house, case.head, duties.Own.BREACH_DECISION, role, plan.regulator_by
            )
    if question(house, work, case) is None and case.last(Topic.PLAN) is None:
        entry = NewEntry(
            kind=EntryKind.ACTION_TAKEN,
            topic=Topic.PLAN,
            text="\n".join(_lines(house.pack, plan, work)),
            by="heard",
            told_at=work.now(),
            source_key=source_key,
        )
        work.records.append(case.head.id, entry)
    return told


def _lines(pack: Pack, plan: BreachPlan, work: Work) -> Iterator[str]:
    yield f"Decides: {', '.join(pack.roles[role].title for role in plan.decides)}"
    if plan.regulator_by is not None:
        yield f"Regulator, if it has to be told: by {clock_words(plan.regulator_by, work.now())}"
    yield f"Tell the people it is about: {'yes, without delay' if plan.tell_people else 'no'}"
    yield f"Clauses: {', '.join(plan.rules)}"
