"""Guides through what the pack asks: one question at a time, each answer kept before the next.

Which guide leads a conversation is its record's kind. A guide says what is open and what came of
an answer; it says nothing to anybody (actions/guide.py does, after the commit).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from casework import breach, cases, duties, duty_guide, official, record, sharing, worry
from casework.escalate import Told
from casework.facts import Conversation, NewEntry
from casework.guided import Ask, Guided
from casework.house import House
from casework.ports import Work
from casework.sharing import Made
from casework.vocabulary import GUIDED, EntryKind, RecordKind, Status, Topic
from policy.decide import Decision


@dataclass(frozen=True)
class Standing:
    """Where a guide stands. `ask` is None when nothing is open; `decision` for a sharing guide."""

    case: Guided
    ask: Ask | None
    decision: Decision | None = None


@dataclass(frozen=True)
class Moved:
    """What an answer led to. `told`: who was told by the answer itself; `made`: a decision that
    was written down because of it."""

    standing: Standing
    told: Told | None
    made: Made | None


def begin(house: House, conversation_id: str, inbox_id: str, kind: RecordKind) -> str:
    """Opens a record of this kind, here if there is none yet, else in a conversation of its own:
    one conversation is one case. Returns the conversation's id."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        here = _open_guide(work, talk, kind) or talk.record_id is None
        if here:
            _open(house, work, talk.id, inbox_id, kind)
            return talk.id
    other = cases.begin_again(house, conversation_id)
    with house.store.work() as work:
        _open(house, work, other, inbox_id, kind)
    return other


def _open(house: House, work: Work, conversation_id: str, inbox_id: str, kind: RecordKind) -> None:
    message = work.inbox.get(inbox_id)
    house.open_case(work, work.conversations.get(conversation_id), message, kind)
    if kind is RecordKind.OFFICIAL_REQUEST:
        official.take_from_first_message(house, work, conversation_id, message)


def _open_guide(work: Work, talk: Conversation, kind: RecordKind) -> bool:
    if talk.record_id is None or work.records.head(talk.record_id).kind is not kind:
        return False
    return work.records.status(talk.record_id) is not Status.FILED


def standing(house: House, conversation_id: str) -> Standing | None:
    """Where the guide of this conversation stands; None when no guide leads it."""
    with house.store.read() as work:
        return standing_in(house, work, work.conversations.get(conversation_id))


def standing_in(house: House, work: Work, talk: Conversation) -> Standing | None:
    """The same, inside a transaction."""
    if talk.record_id is None or work.records.head(talk.record_id).kind not in GUIDED:
        return None
    case = Guided.read(work, talk.record_id)
    if case.last(Topic.FILED) is not None:
        return Standing(case, None)
    if case.head.kind is RecordKind.DECISION:
        decision = sharing.decided(house, work, case)
        return Standing(case, sharing.question(house, case, decision), decision)
    return Standing(case, _FLOWS[case.head.kind].question(house, work, case))


_ASKS: Mapping[RecordKind, Callable[[House, str], Ask]] = {
    RecordKind.OFFICIAL_REQUEST: official.ask_of,
    RecordKind.BREACH: breach.ask_of,
}
_FLOWS = {
    RecordKind.OFFICIAL_REQUEST: official,
    RecordKind.BREACH: breach,
    RecordKind.DUTY: duty_guide,
    RecordKind.WORRY: worry,
}


def outcome_of(work: Work, talk: Conversation, inbox_id: str) -> str | None:
    """What a message decided; None when it decided nothing."""
    if talk.record_id is None:
        return None
    entry = work.records.written(talk.record_id, f"{inbox_id}/decision")
    return entry.value if entry else None


def ask_of(house: House, case: Guided, question: str | None) -> Ask | None:
    """A question of this record's guide by its id; None where it has no such question."""
    if question is None:
        return None
    asks: Callable[[House, str], Ask] = _ASKS.get(case.head.kind, sharing.ask_of)
    try:
        if case.head.kind is RecordKind.DUTY:
            return duty_guide.ask_of(house, case, question)
        return asks(house, question)
    except KeyError:
        return None


def answer(
    house: House, conversation_id: str, inbox_id: str, ask: Ask, *, text: str, value: str | None
) -> Moved:
    """Keeps an answer, and in the same transaction whatever follows from it."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        message = work.inbox.get(inbox_id)
        told = None
        if ask.id != sharing.MANAGER_DECISION:
            kept = record.keep_answer(house, work, talk, message, ask.id, text=text, value=value)
            told = kept.told
        assert talk.record_id is not None  # an answer was kept in it
        case, made = Guided.read(work, talk.record_id), None
        flow = _FLOWS.get(case.head.kind)
        if flow is None:
            made = sharing.conclude(house, work, case, f"{inbox_id}/decision")
        else:
            raised = flow.conclude(house, work, case, f"{inbox_id}/plan")
            # Whom the answer itself let know is told already when the guide comes to it.
            told = raised if raised is not None and raised.is_news else told or raised
        after = standing_in(house, work, talk)
        assert after is not None
        return Moved(after, told, made)


def earlier(house: House, conversation_id: str) -> str | None:
    """The question before the one that is open, on the way that led here; None at its start."""
    here = standing(house, conversation_id)
    if here is None:
        return None
    with house.store.read() as work:
        asks = work.conversations.get(conversation_id).asks
    way = [step.question for step in here.decision.path] if here.decision else []
    way = way or list(here.case.answers())
    before = way[: way.index(asks)] if asks in way else way
    return before[-1] if before else None


def sign(house: House, conversation_id: str, inbox_id: str) -> str:
    """Signs and files the record. Nobody new is told. Returns its reference."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        assert talk.record_id is not None
        signature = NewEntry(
            kind=EntryKind.ACTION_TAKEN,
            topic=Topic.FILED,
            text=f"Read, signed and filed by {house.title(talk.person)}.",
            by=talk.person,
            told_at=work.inbox.get(inbox_id).source_at,
            source_key=f"{inbox_id}/filed",
        )
        work.records.append(talk.record_id, signature)
        duties.settle_about(work, talk.record_id, duties.Own.ASK_CONSENT, talk.person)
        return work.records.head(talk.record_id).reference
