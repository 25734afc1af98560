"""What is said in the guides through official requests and breaches, answer by answer."""

from __future__ import annotations

from collections.abc import Iterator

from actions.base import Say, Turn
from casework import breach, official, sharing, worry
from casework.guide import Moved
from casework.guided import Ask
from casework.house import House
from casework.vocabulary import RecordKind, utc_now
from casework.words import clock_words, names_of, to_ring


def after_asking(house: House, turn: Turn, asked: Ask, moved: Moved) -> tuple[Say, ...]:
    """What an answer makes Heard say: a caller who is not checked yet, or at the end the plan."""
    if moved.standing.case.head.kind is RecordKind.WORRY:
        return tuple(_worry(house, asked, moved))
    waiting = moved.standing.ask
    reference = moved.standing.case.head.reference
    if waiting is not None and waiting.waits:
        return (_unchecked(house, moved, waiting, reference),)
    if waiting is not None:
        return ()
    if moved.standing.case.head.kind is RecordKind.BREACH:
        return tuple(_breach(house, moved, reference))
    return tuple(_request(house, moved, reference))


def _unchecked(house: House, moved: Moved, waiting: Ask, reference: str) -> Say:
    """What has to be done before anything is said: ring back, or ask somebody here."""
    slots = {"reference": reference, "codes": ",".join(waiting.rules)}
    if waiting.id != official.ENTITLEMENT:
        return Say("utter_caller_unchecked", slots)
    with house.store.read() as work:
        head = moved.standing.case.head
        people = sharing.advisers(house, work, head, house.pack.sharing.advice.roles)
    if not people:
        return Say("utter_share_ask_outside", slots)
    return Say("utter_caller_not_entitled", slots | whom_to_ring(house, people))


def whom_to_ring(house: House, people: tuple[str, ...]) -> dict[str, str]:
    """Who can be asked: in words with their numbers, and by id for one tap."""
    return {"advisers": to_ring(house.organisation, people), "call": ",".join(people)}


def _worry(house: House, asked: Ask, moved: Moved) -> Iterator[Say]:
    """It cannot stay with them; or whom to ask, with or without a name."""
    case, waiting = moved.standing.case, moved.standing.ask
    if asked.id == worry.HARM and worry.may_be_harm(case):
        codes = ",".join(house.pack.sharing.harm_gate.raise_rules)
        yield Say("utter_worry_harm", {"codes": codes})
    if waiting is None or not waiting.waits:
        return
    with house.store.read() as work:
        people = worry.advisers(house, work, case.head)
    slots = whom_to_ring(house, people) | {
        "codes": ",".join(worry.rules(house)),
        "reference": case.head.reference,
    }
    yield Say("utter_share_ask_advice" if people else "utter_share_ask_outside", slots)


def _request(house: House, moved: Moved, reference: str) -> Iterator[Say]:
    case = moved.standing.case
    plan = official.plan_of(house, case)
    with house.store.read() as work:
        people = official.knowing(house, work, case)
    slots = {
        "reference": reference,
        "codes": ",".join(plan.rules),
        "told": names_of(house.organisation, people),
        "call": ",".join(people),
    }
    if official.never_checked(house, case):
        yield Say("utter_caller_gone", slots)
    elif plan.refused_at is not None:
        yield Say("utter_request_refused", slots)
    elif not people:
        yield Say("utter_request_nobody", slots)
    else:
        statement = plan.from_signed_entries
        yield Say("utter_request_statement" if statement else "utter_request_plan", slots)


def _breach(house: House, moved: Moved, reference: str) -> Iterator[Say]:
    plan = breach.plan_of(house, moved.standing.case)
    decides = " or ".join(f"The {house.pack.roles[role].title}" for role in plan.decides)
    slots = {"reference": reference, "decides": decides, "codes": ",".join(plan.rules)}
    yield Say("utter_breach_plan", slots)
    if plan.regulator_by is not None:
        yield Say("utter_breach_clock", {"by": clock_words(plan.regulator_by, utc_now())})
    if plan.tell_people:
        told = ",".join(house.pack.breach.tell_people_rules)
        yield Say("utter_breach_tell_people", slots | {"codes": told})
    if plan.complaint_rules:
        yield Say("utter_breach_complaint", {"codes": ",".join(plan.complaint_rules)})
