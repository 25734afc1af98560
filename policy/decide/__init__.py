"""Step 4 of 7: policy. Should this be shared? One pure function over facts, pack, law and day.

Harm first. Then the organisation's own flowchart, how it is shared, telling the person, and a
manager's yes where the policy wants one. The stricter rule wins unless it delays protection.
"""

from datetime import date

from policy.decide.chart import follow
from policy.decide.decision import (
    Decision,
    Matter,
    Outcome,
    Reason,
    Step,
    Task,
    ToDo,
    Wait,
    Why,
)
from policy.decide.draft import Draft
from policy.decide.facts import CONTRADICTORY, GIVEN, NO, RISK, UNSURE, YES, Facts
from policy.decide.gate import harm_gate
from policy.decide.how import share_how
from policy.decide.telling import tell
from policy.law import Law
from policy.pack.sharing import Approval
from policy.pack.whole import Pack

__all__ = [
    "CONTRADICTORY",
    "GIVEN",
    "NO",
    "RISK",
    "UNSURE",
    "YES",
    "Decision",
    "Facts",
    "Matter",
    "Outcome",
    "Reason",
    "Step",
    "Task",
    "ToDo",
    "Wait",
    "Why",
    "decide",
]


def decide(facts: Facts, pack: Pack, law: Law, today: date) -> Decision:
    """The decision these facts lead to under this policy, or the question that comes next.

    Pure: the same facts give the same decision, so a changed answer simply decides anew.
    """
    draft = Draft(facts, pack, law, today)
    made = harm_gate(draft)
    if made is not None:
        return made
    guidance = pack.guidance_for(facts.roles)
    if guidance is not None and not draft.protects:
        return draft.seek_advice(Why.OTHER_GUIDANCE, (guidance.rule,))
    ground, approval = None, None
    if not draft.protects:
        node = follow(draft)
        if isinstance(node, Decision):
            return node
        if node is not None:
            ground, approval = node.ground, node.approval
    return _shared(draft, ground, approval)


def _shared(draft: Draft, ground: str | None, approval: Approval | None) -> Decision:
    how = share_how(draft)
    if isinstance(how, Decision):
        return how
    told = tell(draft, ground)
    if isinstance(told, Decision):
        return told
    if approval is not None:
        waiting = _approved(draft, approval)
        if waiting is not None:
            return waiting
    return draft.share(with_care=how or told or ground == "other_reason")


def _approved(draft: Draft, approval: Approval) -> Decision | None:
    """None once a manager said yes; until then, and after a no, nothing is shared."""
    said = draft.facts.approvals.get(Matter.SHARING_WITHOUT_CONSENT)
    if said == YES:
        return None
    if said == NO:
        return draft.do_not_share(Why.MANAGER_SAID_NO, (approval.rule,))
    wait = Wait(Matter.SHARING_WITHOUT_CONSENT, roles=approval.roles, rule=approval.rule)
    draft.waits_for.append(wait)
    return draft.seek_advice(Why.MANAGER_DECIDES, (approval.rule,))
