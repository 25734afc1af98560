"""Somebody official asks: nothing is said before it is checked, and those who must hear, do.

Source: policy-rules H11, H22, H24, M40, M41, C18, X12.
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
from policy.requests import RequestPlan, caller_check, request_plan

CAME_HOW = "came_how"
OFFICIAL_BODY = "official_body"
RANG = "rang"


def ask_of(house: House, question: str, *, waits: bool = False) -> Ask:
    """A question by its id."""
    pack = house.pack
    request = pack.official_request
    known = {**pack.caller.checks, **request.questions, **request.agency_questions}
    if question in known:
        return Ask.of(question, known[question], waits=waits)
    return Ask(question, rules=request.told_rules)


def plan_of(house: House, case: Guided) -> RequestPlan:
    """What the policy makes of what is known so far."""
    said = case.values()
    return request_plan(house.pack, said, agency=said.get(OFFICIAL_BODY) != "yes")


def question(house: House, work: Work, case: Guided) -> Ask | None:
    """What is asked now. A caller is checked first; a check that failed is waited for."""
    said = case.values()
    if CAME_HOW not in said:
        return ask_of(house, CAME_HOW)
    if said[CAME_HOW] == RANG:
        check = caller_check(house.pack, said)
        if check.failed is not None:
            return ask_of(house, check.failed, waits=True)
        if check.asks is not None:
            return ask_of(house, check.asks)
    if OFFICIAL_BODY not in said:
        return ask_of(house, OFFICIAL_BODY)
    plan = plan_of(house, case)
    return ask_of(house, plan.asks) if plan.asks else None


def conclude(house: House, work: Work, case: Guided, source_key: str) -> Told | None:
    """Those who must hear of it do, as soon as it is known what is asked; at the end the plan is
    written down. Returns who was told now."""
    said = case.values()
    told = None
    if "what_is_asked" in said:
        told = escalate.start(house, work, case.head, Urgency.STANDARD)
        for role in house.pack.official_request.told:
            duties.for_role(work, house, case.head, duties.Own.OFFICIAL_REQUEST, role, work.now())
    if question(house, work, case) is None and case.last(Topic.PLAN) is None:
        entry = NewEntry(
            kind=EntryKind.ACTION_TAKEN,
            topic=Topic.PLAN,
            text="\n".join(_lines(plan_of(house, case))),
            by="heard",
            told_at=work.now(),
            source_key=source_key,
        )
        work.records.append(case.head.id, entry)
    return told


def _lines(plan: RequestPlan) -> Iterator[str]:
    if plan.refused_at:
        yield f"Not given: {plan.refused_at.replace('_', ' ')}"
    yield f"Told: {', '.join(plan.told)}"
    if plan.from_signed_entries:
        yield "Answered by a statement from signed, dated entries only"
    yield f"Clauses: {', '.join(plan.rules)}"
