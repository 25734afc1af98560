"""The organisation's own flowchart: may it be shared, and on what ground?"""

from policy.decide.decision import Decision, Matter, ToDo, Wait, Why
from policy.decide.draft import Draft
from policy.decide.facts import NO, YES
from policy.decide.gate import CAN_ASK, harm
from policy.pack.sharing import (
    DO_NOT_SHARE,
    HARM,
    SHARE,
    WAIT_FOR_CONSENT,
    Asked,
    Node,
)


def follow(draft: Draft) -> Node | Decision | None:
    """The question from which it leads to sharing, or the decision that it does not.

    None when it led to the harm gate, and that opened for protection.
    """
    nodes, name = draft.sharing.flowchart.nodes, draft.sharing.flowchart.start
    while True:
        node = nodes[name]
        answer = draft.answer(name, node)
        if answer is None:
            return draft.ask(name)
        target = node.after(answer)
        if target == WAIT_FOR_CONSENT:
            asked = _consent_first(draft, name, node)
            if isinstance(asked, Decision):
                return asked
            target = asked
        if target == SHARE:
            draft.because(Why(str(node.ground)), node.rules, name)
            return node
        if target in nodes:
            name = target
            continue
        return _ended(draft, target, name, node)


def _ended(draft: Draft, target: str, name: str, node: Node) -> Decision | None:
    if target == DO_NOT_SHARE:
        return draft.do_not_share(Why.NO_GROUND, node.rules, name)
    if target == HARM:
        return harm(draft)
    return draft.seek_advice(Why.NOT_SURE, node.rules, name)


def _consent_first(draft: Draft, name: str, node: Node) -> str | Decision:
    """Not sure whether they agreed: can they be asked, safely and alone?

    A yes waits, with nothing shared; a no goes on as without consent. Danger in asking was seen
    at the gate already.
    """
    answer = draft.answer(CAN_ASK, Asked(ask=node.ask, rules=node.rules))
    if answer is None:
        return draft.ask(CAN_ASK)
    if answer == NO:
        return node.no
    if answer != YES:
        return draft.seek_advice(Why.NOT_SURE, node.rules, CAN_ASK)
    about = node.consent_of or "person"
    sources = [one for one in draft.sharing.consent_from if one.about == about]
    rule = next((one.rule for one in sources if one.rule), None)
    parties = tuple(one.party for one in sources)
    draft.waits_for.append(Wait(Matter.CONSENT, parties=parties, rule=rule))
    draft.do(ToDo.ASK_FOR_CONSENT, node.rules)
    draft.do(ToDo.SAY_NOTHING_TO_RECIPIENT)
    return draft.do_not_share(Why.CONSENT_IS_ASKED_FIRST, node.rules, name)
