"""How to share: how much, fact apart from opinion, the right person, a safe route."""

from policy.decide.decision import Decision, Matter, ToDo, Wait, Why
from policy.decide.draft import Draft
from policy.decide.facts import NO, UNSURE, YES

HOW_MUCH = "how_much"
FACT_FROM_OPINION = "fact_from_opinion"
RIGHT_RECIPIENT = "right_recipient"
SECURE_ROUTE = "secure_route"


def share_how(draft: Draft) -> bool | Decision:
    """Whether care is needed, or the decision when it cannot be shared like this.

    To protect somebody, nothing here delays it but a wrong recipient.
    """
    how = draft.sharing.how
    for question, asked in (
        (HOW_MUCH, how.how_much),
        (FACT_FROM_OPINION, how.fact_from_opinion),
        (RIGHT_RECIPIENT, how.right_recipient),
        (SECURE_ROUTE, how.secure_route),
    ):
        if draft.answer(question, asked) is None:
            return draft.ask(question)
        if question == HOW_MUCH and _is_unsure(draft, HOW_MUCH) and not draft.protects:
            return draft.seek_advice(Why.NOT_SURE, asked.rules, question)
        if question == RIGHT_RECIPIENT and (made := _recipient(draft)):
            return made
        if question == SECURE_ROUTE and (made := _route(draft)):
            return made
    draft.do(ToDo.SHARE_ONLY_WHAT_IS_NEEDED, how.how_much.rules)
    return _with_care(draft)


def _is_unsure(draft: Draft, question: str) -> bool:
    answer = draft.facts.answer(question)
    return answer in (UNSURE, "contradictory")


def _recipient(draft: Draft) -> Decision | None:
    answer, asked = draft.facts.answer(RIGHT_RECIPIENT), draft.sharing.how.right_recipient
    if answer == YES:
        return None
    if answer == NO:
        draft.do(ToDo.SAY_NOTHING_TO_RECIPIENT)
        return draft.do_not_share(Why.WRONG_RECIPIENT, asked.rules, RIGHT_RECIPIENT)
    return draft.seek_advice(Why.NOT_SURE, asked.rules, RIGHT_RECIPIENT)


def _route(draft: Draft) -> Decision | None:
    how = draft.sharing.how
    if draft.facts.answer(SECURE_ROUTE) == YES or draft.protects:
        return None
    if not how.secure_route_is_needed:
        return None
    rule = next(iter(how.secure_route.rules), None)
    draft.waits_for.append(Wait(Matter.SECURE_ROUTE, rule=rule))
    draft.do(ToDo.USE_A_SAFE_ROUTE, how.secure_route.rules)
    return draft.do_not_share(Why.NO_SECURE_ROUTE, how.secure_route.rules, SECURE_ROUTE)


def _with_care(draft: Draft) -> bool:
    how, care = draft.sharing.how, draft.protects
    if draft.facts.answer(FACT_FROM_OPINION) != YES:
        draft.do(ToDo.MARK_OPINION, how.fact_from_opinion.rules)
        care = True
    if draft.facts.answer(SECURE_ROUTE) != YES:
        draft.do(ToDo.USE_A_SAFE_ROUTE, how.secure_route.rules)
        care = True
    return care
