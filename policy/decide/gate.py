"""The harm gate: before any question about sharing, is anybody being harmed?

Harm raises the concern with the safeguarding lead at once. It never opens the door to whoever
asked: who may be the danger, or has no part in protecting, gets nothing however urgent it is.
"""

from policy.decide.decision import Decision, ToDo, Why
from policy.decide.draft import Draft
from policy.decide.facts import NO, RISK, YES

HARM_CONCERN = "harm_concern"
RECIPIENT_IS_DANGER = "recipient_is_danger"
RECIPIENT_PROTECTS = "recipient_protects"
CAN_ASK = "can_ask"
# Whom a concern goes to in every organisation; who else is told stands on its ladders.
SAFEGUARDING = ("line_manager", "dsl")


def harm_gate(draft: Draft) -> Decision | None:
    """The decision, if it is made at the gate; None when it is open and nothing is feared.

    With `draft.protects` set, and None, sharing goes on to how it is shared.
    """
    gate = draft.sharing.harm_gate
    if draft.facts.danger_now:
        draft.do(ToDo.CALL_EMERGENCY, draft.sharing.afterwards.emergency)
    answer = draft.answer(HARM_CONCERN, gate.harm_concern)
    if _hinted(draft):
        draft.answer(CAN_ASK, gate.harm_concern)
        return harm(draft)
    if answer is None:
        return draft.ask(HARM_CONCERN)
    if answer == NO:
        return None
    if answer == YES:
        return harm(draft)
    raise_concern(draft)
    return draft.seek_advice(Why.PERHAPS_HARM, gate.harm_concern.rules, HARM_CONCERN)


def harm(draft: Draft) -> Decision | None:
    """Somebody may be harmed: the concern is raised, and then who would get it is looked at."""
    gate = draft.sharing.harm_gate
    draft.because(Why.HARM, gate.harm_concern.rules, HARM_CONCERN)
    raise_concern(draft)
    draft.do(ToDo.SAY_NOTHING_TO_RECIPIENT)
    danger = draft.answer(RECIPIENT_IS_DANGER, gate.recipient_is_danger)
    if danger is None:
        return draft.ask(RECIPIENT_IS_DANGER)
    if danger == YES:
        return _refused(draft, Why.RECIPIENT_IS_DANGER, RECIPIENT_IS_DANGER)
    if danger != NO:
        rules = gate.recipient_is_danger.rules
        return draft.seek_advice(Why.NOT_SURE, rules, RECIPIENT_IS_DANGER)
    protects = draft.answer(RECIPIENT_PROTECTS, gate.recipient_protects)
    if protects is None:
        return draft.ask(RECIPIENT_PROTECTS)
    if protects == NO:
        return _refused(draft, Why.RECIPIENT_HAS_NO_PART, RECIPIENT_PROTECTS)
    if protects != YES:
        return draft.seek_advice(Why.NOT_SURE, gate.recipient_protects.rules, RECIPIENT_PROTECTS)
    _open_for_protection(draft)
    return None


def _hinted(draft: Draft) -> bool:
    """Answers given elsewhere that mean harm, even where the first answer was no."""
    facts = draft.facts
    return (
        facts.danger_now
        or facts.answer(RECIPIENT_IS_DANGER) == YES
        or facts.answer(CAN_ASK) == RISK
    )


def raise_concern(draft: Draft) -> None:
    """Heard raises it with the safeguarding lead, whatever else is decided."""
    rules = draft.sharing.harm_gate.raise_rules
    draft.do(ToDo.RAISE_CONCERN, rules, SAFEGUARDING)
    if draft.law.having("personal_duty_to_report_abuse", draft.today):
        draft.rest_on("personal_duty_to_report_abuse")
        draft.do(ToDo.REPORT_YOURSELF)


def _refused(draft: Draft, why: Why, question: str) -> Decision:
    gate = draft.sharing.harm_gate
    asked = gate.recipient_is_danger if question == RECIPIENT_IS_DANGER else gate.recipient_protects
    return draft.do_not_share(why, asked.rules, question)


def _open_for_protection(draft: Draft) -> None:
    gate = draft.sharing.harm_gate
    draft.protects = True
    draft.must_do = [
        task for task in draft.must_do if task.what is not ToDo.SAY_NOTHING_TO_RECIPIENT
    ]
    draft.because(Why.RECIPIENT_PROTECTS, gate.exception_rules, RECIPIENT_PROTECTS)
    draft.do(ToDo.CONSULT, draft.sharing.afterwards.consult, SAFEGUARDING)
    draft.rest_on(
        "duty_to_share_child_welfare",
        "protection_without_consent",
        "lawful_basis_safeguarding",
        "special_category_safeguarding",
    )
    if draft.law.having("special_category_safeguarding", draft.today):
        draft.do(ToDo.RECORD_WHY_NO_CONSENT)
