"""What is said in the guides through official requests and breaches, answer by answer."""

from __future__ import annotations

from collections.abc import Iterator

from actions.base import Say, Turn
from casework import breach, official, worry
from casework.guide import Moved
from casework.guided import Ask
from casework.house import House
from casework.vocabulary import RecordKind, utc_now
from casework.words import clock_words, names_of


def after_asking(house: House, turn: Turn, asked: Ask, moved: Moved) -> tuple[Say, ...]:
    """What an answer makes Heard say: a caller who is not checked yet, or at the end the plan."""
    if moved.standing.case.head.kind is RecordKind.WORRY:
        return tuple(_worry(house, asked, moved))
    waiting = moved.standing.ask
    reference = moved.standing.case.head.reference
    if waiting is not None and waiting.waits:
        slots = {"reference": reference, "codes": ",".join(waiting.rules)}
        return (Say("utter_caller_unchecked", slots),)
    if waiting is not None:
        return ()
    if moved.standing.case.head.kind is RecordKind.BREACH:
        return tuple(_breach(house, moved, reference))
    return (_request(house, moved, reference),)


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
    slots = {
        "advisers": names_of(house.organisation, people),
        "codes": ",".join(worry.rules(house)),
        "reference": case.head.reference,
    }
    yield Say("utter_share_ask_advice" if people else "utter_share_ask_outside", slots)


def _request(house: House, moved: Moved, reference: str) -> Say:
    plan = official.plan_of(house, moved.standing.case)
    slots = {"reference": reference, "codes": ",".join(plan.rules)}
    if plan.refused_at is not None:
        return Say("utter_request_refused", slots)
    return Say(
        "utter_request_statement" if plan.from_signed_entries else "utter_request_plan", slots
    )


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
