"""Leads through one duty: what has to be true first, then the last question; and what follows.

Duties of the pack ask the pack's questions. Heard's own ask about a record: a decision that waits,
whether a regulator has to be told, whether a request was read, whether a person was told, and what
somebody wanted to know. Their answer goes into that record too.
Source: policy-rules H15, H17, H18, K14, M12, M45, X19, X20; M36, H24, H31, K10, H10, M19.
"""

from __future__ import annotations

from collections.abc import Iterator

from casework import approvals, cases, duties, duty_record, sharing
from casework.days import due_in
from casework.duties import Own
from casework.errors import UnknownRecord
from casework.escalate import Told
from casework.facts import Duty, NewEntry
from casework.guided import Ask, Guided, asks_for_words
from casework.house import House
from casework.ports import Work
from casework.vocabulary import EntryKind, Status, Topic

# The last question of a pack's duty, and the part that leads to a question for whoever oversees it.
SIGNED = "sign_duty"
QUESTIONS = "questions"
RAISED = "question_raised"
ANSWERED = "answer_question"
APPROVE = "approve_"
WHY = "_why"
TELL_REGULATOR = "tell_regulator"
REGULATOR_TOLD = "regulator_told"
WHY_NOT_REGULATOR = "why_not_regulator"
REQUEST_READ = "request_read"
TOLD_NOW = "told_now"
_FREE = frozenset({RAISED, ANSWERED, WHY_NOT_REGULATOR, "why_not_told"})


def begin(house: House, conversation_id: str, duty_id: str) -> str:
    """The conversation in which this person answers a duty: the one they began, this one, or a new
    one when this one has a record already. Whether somebody agreed is answered where it is asked.

    Raises:
        UnknownRecord: There is no such duty, or it is not theirs, or it is done.
    """
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        duty = duties.held(house, work, duty_id, talk.person)
        if duty.done_at is not None:
            raise UnknownRecord
        if (waiting := answered_in(work, duty)) is not None:
            return waiting
        begun = duty_record.find(work, duty, talk.person)
        if begun is not None and work.records.status(begun.id) is not Status.FILED:
            return begun.conversation_id
        if talk.record_id is None:
            duty_record.open_for(house, work, duty, talk)
            return talk.id
    other = cases.begin_again(house, conversation_id)
    return begin(house, other, duty_id)


def answered_in(work: Work, duty: Duty) -> str | None:
    """The conversation whose open question is the whole duty; None where it has its own record."""
    if duty.kind != Own.ASK_CONSENT:
        return None
    assert duty.record_id is not None
    return work.records.head(duty.record_id).conversation_id


def ask_of(house: House, case: Guided, question: str, *, waits: bool = False) -> Ask:
    """A question by its id. Raises KeyError where this duty has no such question."""
    line = case.last(Topic.DUTY)
    stated = {duty.id: duty for duty in house.pack.duties}.get(str(line.text) if line else "")
    if stated is None:
        free = question in _FREE or question.endswith(WHY)
        return Ask(question, rules=_rules(house, question), free=free, waits=waits)
    if question == RAISED:
        return Ask(RAISED, rules=stated.rules, free=True)
    text = stated.ask if question == SIGNED else stated.first[question]
    return Ask(question, text, stated.rules, free=asks_for_words(text), waits=waits)


def _rules(house: House, question: str) -> tuple[str, ...]:
    """The clauses behind Heard's own questions."""
    pack = house.pack
    if question in (TOLD_NOW, sharing.TOLD_BY, "why_not_told"):
        return pack.sharing.telling.rules
    if question == REQUEST_READ:
        return pack.official_request.told_rules
    if question in (TELL_REGULATOR, REGULATOR_TOLD, WHY_NOT_REGULATOR):
        breach = pack.breach
        return tuple(filter(None, (breach.decides_rule, *breach.record_rules)))
    return ()


def question(house: House, work: Work, case: Guided) -> Ask | None:
    """What is asked now."""
    duty = duty_record.duty_of(work, case)
    if duty.done_at is not None:
        return None
    return _of_pack(house, case) if duty.record_id is None else _own(house, work, case, duty)


def _of_pack(house: House, case: Guided) -> Ask | None:
    answers = case.answers()
    for part in _parts(house, case):
        ask = ask_of(house, case, part)
        said = answers.get(part)
        if said is None:
            return ask
        if is_confirmed(ask, said.value):
            continue
        if part == QUESTIONS and RAISED not in case.answers(after=said.seq):
            return ask_of(house, case, RAISED)
        return ask_of(house, case, part, waits=True)
    return None


def _parts(house: House, case: Guided) -> tuple[str, ...]:
    line = case.last(Topic.DUTY)
    stated = duties.of_kind(house, str(line.text) if line else "")
    return (*stated.first, SIGNED)


def is_confirmed(ask: Ask, value: str | None) -> bool:
    """A yes, or words where words were asked for."""
    return value is None if ask.free else value == "yes"


def _own(house: House, work: Work, case: Guided, duty: Duty) -> Ask | None:
    said = case.values()
    asked = list(_questions(house, work, case, duty))
    for name in asked:
        if name not in said:
            return ask_of(house, case, name)
    return ask_of(house, case, asked[-1], waits=True)


def _questions(house: House, work: Work, case: Guided, duty: Duty) -> Iterator[str]:
    """What Heard's own duties ask, as far as it is known."""
    said = case.values()
    if duty.kind == Own.DECISION:
        yield from _approvals(house, work, duty, case)
    elif duty.kind == Own.BREACH_DECISION:
        yield TELL_REGULATOR
        if said.get(TELL_REGULATOR) == "yes":
            yield REGULATOR_TOLD
        elif said.get(TELL_REGULATOR) == "no":
            yield WHY_NOT_REGULATOR
    elif duty.kind == Own.OFFICIAL_REQUEST:
        yield REQUEST_READ
    elif duty.kind == Own.TELL_PERSON:
        yield TOLD_NOW
        if sharing.is_told_later(house, said.get(TOLD_NOW)):
            yield sharing.TOLD_BY
        elif said.get(TOLD_NOW) in ("no", "unsure"):
            yield "why_not_told"
    else:
        yield ANSWERED


def _approvals(house: House, work: Work, duty: Duty, case: Guided) -> Iterator[str]:
    assert duty.record_id is not None
    concerned = work.records.head(duty.record_id)
    waits = approvals.waiting_for(house, work, concerned, case.head.reporter)
    for wait in waits[:1]:
        yield f"{APPROVE}{wait.matter}"
        if case.values().get(f"{APPROVE}{wait.matter}") in ("yes", "no"):
            yield f"{APPROVE}{wait.matter}{WHY}"


def conclude(house: House, work: Work, case: Guided, source_key: str) -> Told | None:
    """What an answer sets in motion. Nobody new hears of a case by it."""
    duty = duty_record.duty_of(work, case)
    if duty.done_at is not None:
        return None
    person = case.head.reporter
    if duty.record_id is None:
        _raise_question(house, work, case, duty)
        is_done = question(house, work, case) is None
    else:
        is_done = _CARRY_OUT[Own(duty.kind)](house, work, case, duty)
    if is_done:
        duties.settle(house, work, duty, person)
        duty_record.sign(house, work, case.head, person, f"{source_key}/filed")
    return None


def _raise_question(house: House, work: Work, case: Guided, duty: Duty) -> None:
    """Whoever oversees the duty has to answer it. Source: policy-rules X20."""
    raised = case.answers().get(RAISED)
    if raised is None or raised.value is not None:
        return
    overseeing = duties.directors(
        house, work, case.head.reporter, duties.of_kind(house, duty.kind).overseen_by
    )
    for one in overseeing[:1]:
        key = f"{Own.QUESTION_RAISED}/{case.head.id}/{raised.seq}"
        work.duties.add(Own.QUESTION_RAISED, key, work.now(), person=one, record_id=case.head.id)


def _decide(house: House, work: Work, case: Guided, duty: Duty) -> bool:
    assert duty.record_id is not None
    person, said, answers = case.head.reporter, case.values(), case.answers()
    concerned = work.records.head(duty.record_id)
    for wait in approvals.waiting_for(house, work, concerned, person):
        name = f"{APPROVE}{wait.matter}"
        why = answers.get(f"{name}{WHY}")
        if said.get(name) in ("yes", "no") and why is not None and why.text.strip():
            approvals.decide(
                house,
                work,
                concerned,
                person,
                wait.matter,
                yes=said[name] == "yes",
                why=why.text[: approvals.LONGEST_REASON],
            )
    return not approvals.waiting_for(house, work, concerned, person)


def _regulator(house: House, work: Work, case: Guided, duty: Duty) -> bool:
    said, answers = case.values(), case.answers()
    if said.get(TELL_REGULATOR) == "yes" and said.get(REGULATOR_TOLD) == "yes":
        text = "The regulator has to be told, and has been."
    elif said.get(TELL_REGULATOR) == "no" and WHY_NOT_REGULATOR in answers:
        text = f"The regulator does not have to be told. {answers[WHY_NOT_REGULATOR].text}"
    else:
        return False
    _into_record(work, case, duty, EntryKind.DECISION, TELL_REGULATOR, text, said[TELL_REGULATOR])
    return True


def _read(house: House, work: Work, case: Guided, duty: Duty) -> bool:
    if case.values().get(REQUEST_READ) != "yes":
        return False
    text = f"{house.title(case.head.reporter)} knows of the request."
    _into_record(work, case, duty, EntryKind.ACKNOWLEDGEMENT, REQUEST_READ, text)
    return True


def _tell(house: House, work: Work, case: Guided, duty: Duty) -> bool:
    """Told, or why not; or on another day, and then there is a duty for that day."""
    assert duty.record_id is not None
    answers, said = case.answers(), case.values()
    value = said.get(TOLD_NOW)
    if sharing.is_told_later(house, value):
        when = answers.get(sharing.TOLD_BY)
        if when is None:
            return False
        due = due_in(when.value, when.told_at or work.now())
        key = f"{Own.TELL_PERSON}/{duty.record_id}/{case.head.id}"
        work.duties.add(Own.TELL_PERSON, key, due, person=duty.person, record_id=duty.record_id)
        return True
    why = answers.get("why_not_told")
    if value != "yes" and why is None:
        return False
    text = str(why.text) if why is not None else str(answers[TOLD_NOW].text)
    topic = "why_not_told" if why is not None else sharing.TOLD_PERSON
    _into_record(
        work, case, duty, EntryKind.ANSWER, topic, text, None if why is not None else "yes"
    )
    return True


def _reply(house: House, work: Work, case: Guided, duty: Duty) -> bool:
    assert duty.record_id is not None
    answer = case.answers().get(ANSWERED)
    if answer is None or answer.value is not None:
        return False
    _into_record(work, case, duty, EntryKind.TOLD, Topic.QUESTION_ANSWERED, str(answer.text))
    slots = {"by": house.title(case.head.reporter), "answer": str(answer.text)}
    work.escalations.tell(duty.record_id, "utter_duty_question_answered", slots)
    return True


def _into_record(
    work: Work,
    case: Guided,
    duty: Duty,
    kind: EntryKind,
    topic: str,
    text: str,
    value: str | None = None,
) -> None:
    assert duty.record_id is not None
    entry = NewEntry(
        kind=kind,
        topic=topic,
        text=text,
        value=value,
        by=case.head.reporter,
        told_at=work.now(),
        source_key=f"duty/{duty.id}/{topic}",
    )
    work.records.append(duty.record_id, entry)


_CARRY_OUT = {
    Own.DECISION: _decide,
    Own.BREACH_DECISION: _regulator,
    Own.OFFICIAL_REQUEST: _read,
    Own.TELL_PERSON: _tell,
    Own.QUESTION_RAISED: _reply,
}
