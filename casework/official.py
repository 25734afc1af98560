"""Somebody official asks: nothing is said before it is checked, and those who must hear, do.

Source: policy-rules H11, H22, H24, M40, M41, C18, X12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from casework import duties, escalate, record
from casework.escalate import Told
from casework.facts import Message, MessageKind, NewEntry
from casework.guided import GONE, Ask, Guided
from casework.house import House
from casework.ports import Work
from casework.vocabulary import EntryKind, Topic, Urgency
from policy.requests import RequestPlan, caller_check, request_plan

CAME_HOW = "came_how"
OFFICIAL_BODY = "official_body"
RANG = "rang"
# Whether the one who rings may have it at all is for somebody here to say, not for a call back.
ENTITLEMENT = "entitlement"

# How it came and from whom, where the first message says so in so many words.
_CAME = (
    (
        RANG,
        re.compile(
            r"\b(rang|rung|ringing|phoned|voicemail|on the (phone|line)|withheld number"
            r"|called (me|us|here|asking|wanting|about|to ask))\b",
            re.I,
        ),
    ),
    (
        "written",
        re.compile(
            r"\b(e-?mailed|e-?mail from|letter from|(got|had|received|sent us) an? (e-?mail|letter)"
            r"|in writing|(in|by|through) the post|by post|wrote|written|court order|subpoena)\b",
            re.I,
        ),
    ),
    (
        "in_person",
        re.compile(
            r"\b((at|on) (the|my|our) (door|doorstep|gate|reception|desk)|in reception|turned up"
            r"|(come|came|been) round|standing here)\b",
            re.I,
        ),
    ),
)
_BODY = re.compile(
    r"\b(police\w*|pcs?|detective|coroner|judge|(county|family|crown|magistrates'?) court"
    r"|(the|a) court|council|local authority|social (services|worker)|(children|adult)'?s? services"
    r"|ofsted|cqc|care quality commission|charity commission|information commissioner|ico)\b",
    re.I,
)
# Who may be the one who asks, while somebody official is only spoken of: "her solicitor rang, the
# police are involved".
_SOMEBODY_ELSE = re.compile(
    r"\b(solicitor|lawyer|barrister|journalist|reporter|newspaper|landlord|housing association"
    r"|employer|boss|bank|insurer|insurance|school|college|nursery|doctor|gp|charity|neighbour"
    r"|mum|mother|dad|father|gran\w*|aunt\w*|uncle|sister|brother|husband|wife|partner|ex"
    r"|boyfriend|girlfriend|friend|family|private investigator)('s)? "
    r"(who )?(has |have |had |is |are |was |just )*"
    r"(rang|rung|ring\w*|phon\w*|call\w*|ask\w*|want\w*|e-?mail\w*|writ\w*|wrote|turned up"
    r"|request\w*|demand\w*|says|said)\b",
    re.I,
)


def take_from_first_message(
    house: House, work: Work, conversation_id: str, message: Message
) -> None:
    """Nobody is asked what they have just said: it is kept as their answer, and going back asks
    for it again. What points two ways is asked."""
    talk = work.conversations.get(conversation_id)
    if message.kind is not MessageKind.TEXT or talk.record_id is None:
        return
    known = record.known_values(work, talk.record_id)
    ways = [way for way, words in _CAME if words.search(message.text)]
    found = {CAME_HOW: ways[0]} if len(ways) == 1 else {}
    if _BODY.search(message.text) and not _SOMEBODY_ELSE.search(message.text):
        found[OFFICIAL_BODY] = "yes"
    for question, value in found.items():
        if question not in known:
            record.keep_answer(house, work, talk, message, question, text=message.text, value=value)


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
    plan = request_plan(house.pack, said, agency=said.get(OFFICIAL_BODY) != "yes")
    gone = never_checked(house, case)
    return replace(plan, asks=None, refused_at=gone) if gone else plan


def never_checked(house: House, case: Guided) -> str | None:
    """The check at which a caller gave up, or may not have it: there is nothing more to ask."""
    said = case.values()
    failed = caller_check(house.pack, said).failed if said.get(CAME_HOW) == RANG else None
    return failed if failed is not None and said[failed] == GONE else None


def question(house: House, work: Work, case: Guided) -> Ask | None:
    """What is asked now. A caller is checked first; a check that failed is waited for."""
    said = case.values()
    if CAME_HOW not in said:
        return ask_of(house, CAME_HOW)
    if said[CAME_HOW] == RANG:
        check = caller_check(house.pack, said)
        if check.failed is not None:
            gone = said[check.failed] == GONE
            return None if gone else ask_of(house, check.failed, waits=True)
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
    if "what_is_asked" in said or never_checked(house, case):
        told = escalate.start(house, work, case.head, Urgency.STANDARD)
        for role in house.pack.official_request.told:
            duties.for_role(work, house, case.head, duties.Own.OFFICIAL_REQUEST, role, work.now())
    if question(house, work, case) is None and case.last(Topic.PLAN) is None:
        entry = NewEntry(
            kind=EntryKind.ACTION_TAKEN,
            topic=Topic.PLAN,
            text="\n".join(_lines(house, plan_of(house, case))),
            by="heard",
            told_at=work.now(),
            source_key=source_key,
        )
        work.records.append(case.head.id, entry)
    return told


def knowing(house: House, work: Work, case: Guided) -> tuple[str, ...]:
    """Who has it on their calendar to know of it, but for whoever must not."""
    asked = (
        person
        for duty in work.duties.of_record(case.head.id)
        if duty.kind == duties.Own.OFFICIAL_REQUEST
        for person in sorted(duties.holders(house.organisation, work, duty))
    )
    return tuple(dict.fromkeys(asked))


def _lines(house: House, plan: RequestPlan) -> Iterator[str]:
    if plan.refused_at:
        yield f"Not given. No yes to: {ask_of(house, plan.refused_at).text}"
    yield f"Told: {', '.join(plan.told)}"
    if plan.from_signed_entries:
        yield "Answered by a statement from signed, dated entries only"
    yield f"Clauses: {', '.join(plan.rules)}"
