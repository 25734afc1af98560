"""Should I share this? What is asked next, what was decided, and what it waits for.

The decision is policy's (`decide`, a pure function over what stands in the record); this keeps
the answers, writes each decision down in full, raises the concern, and says what is still open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casework import duties, escalate
from casework.days import due_in
from casework.escalate import Told
from casework.facts import Entry, NewEntry, RecordHead
from casework.guided import Ask, Guided, first_open
from casework.house import House
from casework.ports import Work
from casework.vocabulary import INVOLVES_US, WHICH_OF_US, EntryKind, Topic, Urgency
from policy.decide import Decision, Facts, Matter, Outcome, ToDo, Wait, Why, decide
from policy.pack.sharing import Asked

CAN_ASK = "can_ask"
MANAGER_DECISION = "manager_decision"
ADVICE_OUTCOME = "advice_outcome"
TOLD_PERSON = "told_person"
TOLD_BY = "told_by"
LATER = "later"
APPROVAL = "approval."
# Asked once it is decided: what the record of a decision needs besides. None of them changes it.
AFTERWARDS = frozenset(
    {
        "shared_with",
        "why_no_consent",
        TOLD_PERSON,
        TOLD_BY,
        "why_not_told",
        "why_not_shared",
        "discussed_with_requester",
        "detriment",
        ADVICE_OUTCOME,
        INVOLVES_US,
        WHICH_OF_US,
    }
)
# A decision that only waits: what comes next is what it waits for.
WAITING = frozenset({Why.CONSENT_IS_ASKED_FIRST, Why.NO_SECURE_ROUTE})


@dataclass(frozen=True)
class Made:
    """A decision that was written down now. `told`: who heard of the concern, or has to decide."""

    decision: Decision
    told: Told | None


def facts_of(house: House, case: Guided) -> Facts:
    """What is known, as the policy takes it."""
    roles = next(
        (one.roles for one in house.organisation.people if one.id == case.head.reporter), ()
    )
    return Facts(
        answers=case.values(),
        roles=roles,
        approvals=_approvals(case),
        danger_now=_in_danger(case),
    )


def _in_danger(case: Guided) -> bool:
    """An alarm that was not taken back since: a false one decides nothing."""
    alarm, dismissed = case.last(Topic.DANGER), case.last(Topic.DANGER_DISMISSED)
    return alarm is not None and (dismissed is None or dismissed.seq < alarm.seq)


def _approvals(case: Guided) -> dict[str, str]:
    """What managers said. It was about the answers they saw: a newer answer takes it away."""
    weighed = [e.seq for e in case.answers().values() if e.topic not in AFTERWARDS]
    newest = max(weighed, default=0)
    return {
        str(entry.topic).removeprefix(APPROVAL): entry.value or ""
        for entry in case.entries
        if str(entry.topic).startswith(APPROVAL) and entry.seq > newest
    }


def decided(house: House, work: Work, case: Guided) -> Decision:
    """What the policy says to the record as it stands."""
    return decide(facts_of(house, case), house.pack, house.law, work.now().date())


def question(house: House, case: Guided, decision: Decision) -> Ask | None:
    """What is asked now; None when nothing is."""
    if decision.does(ToDo.RAISE_CONCERN) and (ask := whom_it_concerns(case)):
        return ask
    if decision.asks is not None:
        return ask_of(house, decision.asks)
    return _afterwards(house, case, decision)


def ask_of(house: House, question: str, *, waits: bool = False) -> Ask:
    """A question by its id: the pack's, with its clauses, or one that all organisations share."""
    asked = _in_pack(house, question)
    if asked is not None:
        return Ask.of(question, asked, waits=waits)
    node = house.pack.sharing.flowchart.nodes.get("consent")
    rules = node.rules if question == CAN_ASK and node else _rules_behind(house, question)
    return Ask(question, rules=rules, free=question in _FREE, waits=waits)


_FREE = frozenset(
    {
        "shared_with",
        "why_no_consent",
        "why_not_told",
        "why_not_shared",
        "detriment",
        ADVICE_OUTCOME,
        MANAGER_DECISION,
        WHICH_OF_US,
    }
)


def _in_pack(house: House, question: str) -> Asked | None:
    sharing = house.pack.sharing
    gate, how, telling = sharing.harm_gate, sharing.how, sharing.telling
    known: dict[str, Asked] = {
        "harm_concern": gate.harm_concern,
        "recipient_is_danger": gate.recipient_is_danger,
        "recipient_protects": gate.recipient_protects,
        **sharing.flowchart.nodes,
        "how_much": how.how_much,
        "fact_from_opinion": how.fact_from_opinion,
        "right_recipient": how.right_recipient,
        "secure_route": how.secure_route,
        "telling_raises_risk": telling.telling_raises_risk,
        **telling.unless,
    }
    return known.get(question)


def _rules_behind(house: House, question: str) -> tuple[str, ...]:
    """The clauses of the questions that are asked after every decision."""
    sharing, after = house.pack.sharing, house.pack.sharing.afterwards
    behind = {
        "shared_with": after.record_decision,
        "why_not_shared": after.record_decision,
        "discussed_with_requester": after.discuss_with_requester,
        TOLD_PERSON: sharing.telling.rules,
        TOLD_BY: sharing.telling.rules,
        "why_not_told": sharing.telling.rules,
        ADVICE_OUTCOME: after.record_advice or sharing.advice.rules,
        INVOLVES_US: sharing.harm_gate.raise_rules,
        WHICH_OF_US: sharing.harm_gate.raise_rules,
    }
    return behind.get(question, ())


def whom_it_concerns(case: Guided) -> Ask | None:
    """Before anybody is told: is it about somebody who works here? (docs/adr/0003)"""
    said = case.values()
    if INVOLVES_US not in said:
        return Ask(INVOLVES_US)
    if said[INVOLVES_US] in ("yes", "unsure") and WHICH_OF_US not in said:
        return Ask(WHICH_OF_US, free=True)
    return None


def _afterwards(house: House, case: Guided, decision: Decision) -> Ask | None:
    standing = case.last(Topic.DECISION)
    since = standing.seq if standing else 0
    waiting = _waited_for(house, case, decision, since)
    if waiting is not None:
        return waiting
    said = case.values(after=since)
    if decision.outcome is Outcome.SEEK_ADVICE:
        return _after_advice(house, case, decision, since)
    wanted = (
        _after_sharing(house, decision, said)
        if decision.shares
        else _after_not_sharing(decision, said)
    )
    return first_open((ask_of(house, question) for question in wanted), said)


def _waited_for(house: House, case: Guided, decision: Decision, since: int) -> Ask | None:
    why = decision.reasons[-1] if decision.reasons else None
    if why is not None and why.why in WAITING and why.question is not None:
        return ask_of(house, why.question, waits=True)
    if any(wait.roles and wait.holds_sharing for wait in decision.waits_for):
        return ask_of(house, MANAGER_DECISION, waits=True)
    return None


def _after_advice(house: House, case: Guided, decision: Decision, since: int) -> Ask | None:
    """What came of asking; then the doubtful question once more, in the light of it."""
    advice = case.answers(after=since).get(ADVICE_OUTCOME)
    if advice is None:
        return ask_of(house, ADVICE_OUTCOME, waits=True)
    doubtful = decision.reasons[-1].question
    if doubtful is None or doubtful in case.answers(after=advice.seq):
        return None
    return ask_of(house, doubtful)


def _after_sharing(house: House, decision: Decision, said: dict[str, str]) -> Iterator[str]:
    yield "shared_with"
    if decision.does(ToDo.RECORD_WHY_NO_CONSENT):
        yield "why_no_consent"
    if decision.does(ToDo.TELL_PERSON) or decision.does(ToDo.TELL_PERSON_FIRST):
        yield TOLD_PERSON
        if is_told_later(house, said.get(TOLD_PERSON)):
            yield TOLD_BY
        elif said.get(TOLD_PERSON) in ("no", "unsure"):
            yield "why_not_told"


def is_told_later(house: House, said: str | None) -> bool:
    """Whether the person still has to be told. Where a policy always tells them, a no is only a
    "not yet": not telling is a deviation that a manager approves (K10)."""
    return said == LATER or (house.pack.sharing.telling.always and said in ("no", "unsure"))


def _after_not_sharing(decision: Decision, said: dict[str, str]) -> Iterator[str]:
    yield "why_not_shared"
    # Whoever may be the danger is told nothing, not even why.
    if not decision.does(ToDo.SAY_NOTHING_TO_RECIPIENT):
        yield "discussed_with_requester"
    if decision.does(ToDo.RECORD_DETRIMENT):
        yield "detriment"


def conclude(house: House, work: Work, case: Guided, source_key: str) -> Made | None:
    """Writes the decision down if it is a new one, and sets in motion what cannot wait."""
    decision = decided(house, work, case)
    told = _raise_concern(house, work, case.head) if decision.does(ToDo.RAISE_CONCERN) else None
    _remember_to_tell(house, work, case)
    if not awaits_consent(decision):
        duties.settle_about(work, case.head.id, duties.Own.ASK_CONSENT, case.head.reporter)
    _await_deciders(house, work, case.head, decision)
    if decision.outcome is None:
        return None
    text = as_text(house, decision)
    standing = case.last(Topic.DECISION)
    if standing is not None and standing.text == text and standing.source_key != source_key:
        return None
    work.records.append(case.head.id, _entry(work, case.head, decision, text, standing, source_key))
    if told is None and any(wait.roles for wait in decision.waits_for):
        told = escalate.start(house, work, case.head, Urgency.STANDARD)
    return Made(decision, told)


def _remember_to_tell(house: House, work: Work, case: Guided) -> None:
    """Who is told later has a date by which they are. Source: policy-rules K10, H10, M19."""
    answers = case.answers()
    said, when = answers.get(TOLD_PERSON), answers.get(TOLD_BY)
    if said is None:
        return
    if not is_told_later(house, said.value):
        duties.settle_about(work, case.head.id, duties.Own.TELL_PERSON, case.head.reporter)
    elif when is not None and when.seq > said.seq:
        due = due_in(when.value, when.told_at or work.now())
        key = f"{duties.Own.TELL_PERSON}/{case.head.id}/{when.seq}"
        work.duties.add(
            duties.Own.TELL_PERSON, key, due, person=case.head.reporter, record_id=case.head.id
        )


def _await_deciders(house: House, work: Work, head: RecordHead, decision: Decision) -> None:
    """Whoever decides has it on their calendar, and is asked until it is decided."""
    waits = waits_for_a_person(decision)
    for role in dict.fromkeys(role for wait in waits for role in wait.roles):
        duties.for_role(work, house, head, duties.Own.DECISION, role, work.now())
    if not waits:
        duties.settle_about(work, head.id, duties.Own.DECISION, "heard")


def _raise_concern(house: House, work: Work, head: RecordHead) -> Told | None:
    """The ladder starts in the transaction of the answer; whom it concerns is asked meanwhile."""
    settled = escalate.is_settled(work, head)
    return escalate.start(house, work, head, Urgency.URGENT, hold=not settled)


def _entry(
    work: Work,
    head: RecordHead,
    decision: Decision,
    text: str,
    standing: Entry | None,
    source_key: str,
) -> NewEntry:
    replaced = standing is not None and standing.source_key != source_key
    return NewEntry(
        kind=EntryKind.DECISION,
        topic=Topic.DECISION,
        text=text,
        value=str(decision.outcome),
        by=head.reporter,
        told_at=work.now(),
        links_to=standing.seq if standing and replaced else None,
        relation="replaces" if replaced else None,
        source_key=source_key,
    )


def as_text(house: House, decision: Decision) -> str:
    """The decision as it stands in the record: complete in itself for later readers."""
    return "\n".join(f"{title}: {text}" for title, text in _lines(house, decision))


def _lines(house: House, decision: Decision) -> Iterator[tuple[str, str]]:
    yield "Decision", _words(decision.outcome or "open")
    for reason in decision.reasons:
        yield "Why", _with_codes(_words(reason.why), reason.rules)
    for step in decision.path:
        asked = ask_of(house, step.question).text or _words(step.question)
        yield "Asked", _with_codes(f"{asked} {_words(step.answer)}", step.rules)
    for wait in decision.waits_for:
        whom = ", ".join((*wait.roles, *wait.parties)) or "a safe way"
        yield "Waiting", f"{_words(wait.matter)}, from {_words(whom)}"
    for task in decision.must_do:
        yield "To do", _with_codes(_words(task.what), task.rules)
    yield "Clauses", "; ".join(f"{rule.code} ({rule.clause})" for rule in decision.clauses)
    if decision.laws:
        yield "Law", "; ".join(law.title for law in decision.laws)
    pack = house.pack
    yield "Policy", f"{pack.title}, version {pack.version}, {pack.sha256}"


def _words(name: str) -> str:
    return str(name).replace("_", " ")


def _with_codes(text: str, codes: tuple[str, ...]) -> str:
    return f"{text} ({', '.join(codes)})" if codes else text


def deciders(house: House, work: Work, head: RecordHead, wait: Wait) -> tuple[str, ...]:
    """Who may decide what is waited for, and advisers below: whoever the record concerns is left
    out, and so is the reporter. Where that leaves nobody, those who look after every record may.
    """
    return advisers(house, work, head, wait.roles)


def advisers(house: House, work: Work, head: RecordHead, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Who can be asked, by the roles that the policy names."""
    left_out = escalate.left_out(house, work, head)
    for asked in (roles, ("dsl", "deputy_dsl")):
        held = [person for role in asked for person in _holders(house, work, head, role)]
        found = tuple(person for person in dict.fromkeys(held) if person not in left_out)
        if found:
            return found
    return ()


def _holders(house: House, work: Work, head: RecordHead, role: str) -> tuple[str, ...]:
    if role == "line_manager":
        manager = house.organisation.line_manager_of(head.reporter)
        return (manager,) if manager else ()
    return house.organisation.people_with_role(role, work.now())


def awaits_consent(decision: Decision) -> bool:
    """Whether it is decided only for now, until somebody has been asked whether they agree."""
    return any(reason.why is Why.CONSENT_IS_ASKED_FIRST for reason in decision.reasons)


def waits_for_a_person(decision: Decision) -> tuple[Wait, ...]:
    """What only somebody else's yes or no settles."""
    return tuple(wait for wait in decision.waits_for if wait.roles)


def matter_of(name: str) -> Matter:
    """Raises ValueError for a name that is none."""
    return Matter(name)
