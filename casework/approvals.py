"""What waits for a manager, and the manager's yes or no. It re-decides at once, and the person
who waits is told in the same transaction.

Source: policy-rules M36, X14, K10.
"""

from __future__ import annotations

from casework import duties, sharing
from casework.errors import NotAllowed, ReasonMissing
from casework.facts import NewEntry, RecordHead
from casework.guided import Guided
from casework.house import House
from casework.ports import Work
from casework.vocabulary import EntryKind, RecordKind, Topic
from policy.decide import NO, YES, Matter, Wait

LONGEST_REASON = 500
_SAID = {
    (Matter.SHARING_WITHOUT_CONSENT, YES): "utter_manager_yes_sharing",
    (Matter.SHARING_WITHOUT_CONSENT, NO): "utter_manager_no_sharing",
    (Matter.NOT_TELLING, YES): "utter_manager_yes_not_telling",
    (Matter.NOT_TELLING, NO): "utter_manager_no_not_telling",
}


def waiting_for(house: House, work: Work, head: RecordHead, person: str) -> tuple[Wait, ...]:
    """What this person may decide in this record, and nobody has decided yet."""
    if head.kind is not RecordKind.DECISION:
        return ()
    case = Guided.read(work, head.id)
    if case.last(Topic.DECISION) is None:
        return ()
    waits = sharing.waits_for_a_person(sharing.decided(house, work, case))
    return tuple(wait for wait in waits if person in sharing.deciders(house, work, head, wait))


def decide(
    house: House, work: Work, head: RecordHead, person: str, matter: Matter, *, yes: bool, why: str
) -> None:
    """Keeps a manager's decision with its reason, and tells the person who waits.

    Raises:
        NotAllowed: Nothing of the kind waits for this person.
        ReasonMissing: A decision has to be explained.
    """
    if matter not in {wait.matter for wait in waiting_for(house, work, head, person)}:
        raise NotAllowed
    if not why.strip() or len(why) > LONGEST_REASON:
        raise ReasonMissing("Say why. Your reason is kept with the decision.")
    value = YES if yes else NO
    entry = NewEntry(
        kind=EntryKind.DECISION,
        topic=f"{sharing.APPROVAL}{matter}",
        text=why,
        value=value,
        by=person,
        told_at=work.now(),
        source_key=f"{sharing.APPROVAL}{matter}/{len(work.records.entries(head.id))}",
    )
    kept = work.records.append(head.id, entry)
    duties.settle_about(work, head.id, duties.Own.DECISION, person)
    made = sharing.conclude(house, work, Guided.read(work, head.id), f"approved/{kept.seq}")
    _go_on(house, work, head)
    outcome = {"outcome": str(made.decision.outcome)} if made else {}
    slots = {"by": house.title(person), "reference": head.reference, **outcome}
    work.escalations.tell(head.id, _SAID[matter, value], slots)


def _go_on(house: House, work: Work, head: RecordHead) -> None:
    """Whoever waits is asked what comes next; somebody who has finished is asked nothing."""
    talk = work.conversations.get(head.conversation_id)
    if talk.asks != sharing.MANAGER_DECISION:
        return
    case = Guided.read(work, head.id)
    ask = sharing.question(house, case, sharing.decided(house, work, case))
    work.conversations.change(talk.id, asks=ask.id if ask else None)
