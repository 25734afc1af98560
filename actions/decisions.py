"""What is said when something was decided about sharing: the outcome, why, and what to do now."""

from __future__ import annotations

from collections.abc import Iterator

from actions.base import Say, Turn
from actions.disclosure import told_sentences
from actions.plans import whom_to_ring
from casework import duties, guided, sharing
from casework.guide import Moved
from casework.guided import Ask
from casework.house import House
from casework.words import day_words, names_of
from policy.decide import Decision, Task, ToDo, Wait, Why

# Said after the outcome, in this order; the others are done by Heard, or asked about.
TASKS = (
    ToDo.CALL_EMERGENCY,
    ToDo.REPORT_YOURSELF,
    ToDo.CONSULT,
    ToDo.MARK_OPINION,
    ToDo.USE_A_SAFE_ROUTE,
    ToDo.TELL_PERSON_FIRST,
    ToDo.DO_NOT_TELL_PERSON,
    ToDo.HOLD_TELLING,
    ToDo.SAY_NOTHING_TO_RECIPIENT,
)


def after_deciding(house: House, turn: Turn, asked: Ask, moved: Moved) -> tuple[Say, ...]:
    """What an answer makes Heard say before the next question."""
    if moved.made is None:
        return tuple(_without_decision(house, turn, asked, moved))
    decision = moved.made.decision
    return (
        *_outcome(house, asked, turn, decision),
        *_tasks(decision),
        *_waits(house, turn, moved, decision),
    )


def _without_decision(house: House, turn: Turn, asked: Ask, moved: Moved) -> Iterator[Say]:
    if asked.id == "harm_concern" and moved.standing.ask is not None:
        decision = moved.standing.decision
        if decision is not None and decision.does(ToDo.RAISE_CONCERN):
            codes = ",".join(house.pack.sharing.harm_gate.raise_rules)
            yield Say("utter_share_harm_first", {"codes": codes})
    if asked.id == sharing.TOLD_PERSON and _must_be_told(moved):
        codes = ",".join(house.pack.sharing.telling.rules)
        yield Say("utter_share_must_tell", {"codes": codes})
    if asked.id == sharing.TOLD_BY:
        yield _reminded(house, moved)
    if moved.standing.ask is not None and moved.standing.ask.id == sharing.MANAGER_DECISION:
        yield Say("utter_share_still_waiting")


def _must_be_told(moved: Moved) -> bool:
    """They said no where the policy has only "not yet"."""
    ask, said = moved.standing.ask, moved.standing.case.values()
    return ask is not None and ask.id == sharing.TOLD_BY and said[sharing.TOLD_PERSON] == "no"


def _reminded(house: House, moved: Moved) -> Say:
    with house.store.read() as work:
        found = work.duties.of_record(moved.standing.case.head.id)
        by = max(duty.due_at for duty in found if duty.kind == duties.Own.TELL_PERSON)
        return Say("utter_share_tell_by", {"by": day_words(by, work.now())})


def _outcome(house: House, asked: Ask, turn: Turn, decision: Decision) -> Iterator[Say]:
    codes = {"codes": ",".join(rule.code for rule in decision.clauses)}
    last = decision.reasons[-1]
    for_now = last.why in sharing.WAITING
    yield Say("utter_decision_for_now" if for_now else f"utter_decision_{decision.outcome}", codes)
    why = {"codes": ",".join(last.rules)}
    if asked.id == "secure_route" and guided.is_plain_mail(turn.message.text):
        yield Say("utter_share_no_plain_email", why)
    elif last.why is Why.OTHER_GUIDANCE:
        yield _other_guidance(house, turn, why)
    else:
        yield Say(f"utter_why_{last.why}", why)
    if decision.shares:
        yield Say("utter_share_extract")


def _other_guidance(house: House, turn: Turn, codes: dict[str, str]) -> Say:
    roles = house.organisation.person(turn.talk.person).roles
    guidance = house.pack.guidance_for(roles)
    assert guidance is not None  # it was the reason
    return Say("utter_why_other_guidance", {"title": guidance.title, **codes})


def _tasks(decision: Decision) -> Iterator[Say]:
    done: dict[ToDo, Task] = {task.what: task for task in decision.must_do}
    if decision.reasons[-1].why in sharing.WAITING:
        done.pop(ToDo.SAY_NOTHING_TO_RECIPIENT, None)  # what it waits for says so
    for what in TASKS:
        if what in done:
            yield Say(f"utter_todo_{what}", {"codes": ",".join(done[what].rules)})


def _waits(house: House, turn: Turn, moved: Moved, decision: Decision) -> Iterator[Say]:
    waiting = moved.standing.ask
    reference = moved.standing.case.head.reference
    assert moved.made is not None
    if waiting is not None and waiting.waits and waiting.id == sharing.ADVICE_OUTCOME:
        yield _advice(house, turn, decision)
    for wait in decision.waits_for:
        yield _wait(house, turn, moved, wait, reference)
    yield from told_sentences(moved.made.told)


def _advice(house: House, turn: Turn, decision: Decision) -> Say:
    """Whom to ask, and that it can be asked without a name."""
    without = decision.advice_without_naming
    with house.store.read() as work:
        head = work.records.head(turn.talk.record_id or "")
        people = sharing.advisers(house, work, head, decision.advice_from)
    rules = [*house.pack.sharing.advice.rules, *([without] if without else [])]
    slots = whom_to_ring(house, people) | {
        "codes": ",".join(dict.fromkeys(rules)),
        "reference": head.reference,
    }
    if not people:
        return Say("utter_share_ask_outside", slots)
    return Say("utter_share_ask_advice", slots)


def _wait(house: House, turn: Turn, moved: Moved, wait: Wait, reference: str) -> Say:
    slots = {"reference": reference, "codes": wait.rule or ""}
    if not wait.roles:
        return Say(f"utter_share_waits_{wait.matter}", slots)
    with house.store.read() as work:
        people = sharing.deciders(house, work, moved.standing.case.head, wait)
    slots["deciders"] = names_of(house.organisation, people)
    return Say(f"utter_share_waits_{wait.matter}" if people else "utter_told_nobody_left", slots)
