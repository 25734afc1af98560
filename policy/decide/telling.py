"""Telling the person: now, first, or not, and who may say not."""

from policy.decide.decision import Decision, Matter, ToDo, Wait, Why
from policy.decide.draft import Draft
from policy.decide.facts import NO, YES
from policy.decide.gate import raise_concern

TELLING_RAISES_RISK = "telling_raises_risk"


def tell(draft: Draft, ground: str | None) -> bool | Decision:
    """Whether care is needed, or the question that is still open.

    Who consented knows already; where nobody can be recognised there is nobody to tell.
    """
    telling = draft.sharing.telling
    if ground == "not_identifiable":
        return False
    if ground == "consent":
        draft.do(ToDo.TELL_PERSON, telling.rules)
        return False
    draft.rest_on("golden_rules")
    for question, asked in (
        (TELLING_RAISES_RISK, telling.telling_raises_risk),
        *telling.unless.items(),
    ):
        answer = draft.answer(question, asked)
        if answer is None:
            return draft.ask(question)
        if answer == YES and question == TELLING_RAISES_RISK and not draft.protects:
            # Whoever is in danger from hearing of it may be in danger without it.
            draft.because(Why.PERHAPS_HARM, asked.rules, question)
            raise_concern(draft)
        if answer != NO:
            _not_told(draft, sure=answer == YES, rules=asked.rules)
            return True
    # Telling first must not hold up protection.
    first = telling.first and not draft.protects
    draft.do(ToDo.TELL_PERSON_FIRST if first else ToDo.TELL_PERSON, telling.rules)
    return False


def _not_told(draft: Draft, *, sure: bool, rules: tuple[str, ...]) -> None:
    """Not told for now. Where the policy knows no exception, or nobody is sure, a manager says."""
    telling = draft.sharing.telling
    if sure and not telling.always:
        draft.do(ToDo.DO_NOT_TELL_PERSON, rules)
        return
    approved = draft.facts.approvals.get(Matter.NOT_TELLING)
    if approved == YES:
        draft.do(ToDo.DO_NOT_TELL_PERSON, rules)
    elif approved == NO:
        draft.do(ToDo.TELL_PERSON, telling.rules)
    else:
        rule = next(iter(telling.rules), None)
        wait = Wait(Matter.NOT_TELLING, roles=telling.deviation, rule=rule, holds_sharing=False)
        draft.waits_for.append(wait)
        draft.do(ToDo.HOLD_TELLING, telling.rules, telling.deviation)
