"""What was changed or deleted in a channel after it was kept: added to the record, nothing goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from casework import danger, escalate, guide, guided, questions, record, told_words, worry
from casework.duty_words import Words
from casework.facts import Conversation, Entry, Message, NewEntry, Secret
from casework.guided import Guided
from casework.house import House
from casework.ports import Work
from casework.questions import Meaning
from casework.talk import asks_leave, keep_promise, speaks_of_secrecy
from casework.vocabulary import (
    DANGER_NOW,
    GUIDED,
    SAFE_NOW,
    EntryKind,
    RecordKind,
    Status,
    Topic,
    Urgency,
)

# Where a message stands in a record, by what is behind its id in a source key.
STANDS_AS = ("words", "first", "promise")
# What an answer may be changed to that somebody must hear of at once.
AT_ONCE = {DANGER_NOW: "yes", SAFE_NOW: "no", worry.HARM: "yes"}


@dataclass(frozen=True)
class Reading:
    """What a changed text says. `promise`: the reporter's, of secrecy, and new; `meaning`: what it
    would mean as an answer, where the first version was one."""

    danger: bool
    promise: bool = False
    meaning: str | None = None


def read(house: House, first: Message, before: Message, text: str) -> Reading:
    """Reads a changed text as it was read at first; `before` is the version that it changes.
    Before anything is written: the coach thinks for a moment, and others would wait to write."""
    is_danger = house.coach.danger(text) is not None
    with house.store.read() as work:
        talk = work.conversations.get(first.conversation_id)
        answer = _answer(work, talk, first)
        case = _guided(work, talk)
        strand = _strand(work, talk, first)
    question = str(answer.topic) if answer is not None else None
    promise = _promises(house, text, strand, question)
    promise = promise and not _promises(house, before.text, strand, question)
    if question is None:
        return Reading(is_danger, promise)
    if is_danger and question == DANGER_NOW:
        return Reading(is_danger, promise, Meaning.YES)  # whoever names danger answers the question
    return Reading(is_danger, promise, _meaning(house, case, question, first, text))


def _promises(house: House, text: str, strand: EntryKind | None, question: str | None) -> bool:
    """Whether the reporter promises secrecy. Among the person's words it may be somebody else; who
    asks leave to promise has promised nothing, but among what was asked it was said to them."""
    if strand is EntryKind.WORDS:
        return False
    if strand is not EntryKind.QUESTION_ASKED and asks_leave(text):
        return False
    return speaks_of_secrecy(house, text, question)


def _strand(work: Work, talk: Conversation, first: Message) -> EntryKind | None:
    """What kind of line the message is in the record, also as a correction of one, or will be
    while it waits."""
    line = _line(work, talk.record_id, first) if talk.record_id else None
    if talk.record_id is None or line is None:
        return first.strand or talk.capture_strand
    while line.kind is EntryKind.AMENDMENT and line.links_to is not None:
        line = work.records.entry(talk.record_id, line.links_to)
    return line.kind


def _meaning(
    house: House, case: Guided | None, question: str, first: Message, text: str
) -> str | None:
    edited = replace(first, text=Secret(text))
    if case is None:
        return questions.understand(house, edited, question, button=None)
    ask = guide.ask_of(house, case, question)
    return guided.understand(house, edited, ask, button=None) if ask else None


def amend(
    house: House, work: Work, first: Message, second: Message, reading: Reading
) -> tuple[Words, ...]:
    """The changed text beside the first in the record, and linked to it. In the caller's
    transaction; returns what is to be said of it, and where the alarm went up, that comes first.

    An answer goes on counting as it was given: others may have acted on it. Only what must not
    wait counts at once, as if the question had been answered again.
    """
    talk = work.conversations.get(first.conversation_id)
    answer, raises = _answer(work, talk, first), reading.danger
    if answer is not None and _must_not_wait(work, talk, answer, reading):
        said = _answer_again(house, work, talk, second, answer)
        raises = raises or answer.topic == DANGER_NOW
    else:
        _amend(work, talk, first, second)
        said = _still_counts(work, talk, answer, second, reading) if answer is not None else ()
    if reading.promise:
        assert talk.record_id is not None  # before there is a record an edit is a message
        keep_promise(work, talk, talk.record_id, second)
        said = (("utter_promise_repair", {}), *said)
    if not raises:
        return said
    alarm = danger.alarm_in(house, work, talk, second)
    return (*told_words.of_alarm(alarm), *said) if alarm.interrupt else said


def _must_not_wait(work: Work, talk: Conversation, answer: Entry, reading: Reading) -> bool:
    """Whether it is news that somebody is in danger, or may be harmed."""
    assert talk.record_id is not None  # an answer stands in it
    question = str(answer.topic)
    if question not in AT_ONCE or reading.meaning != AT_ONCE[question]:
        return False
    return record.latest_answers(work, talk.record_id)[question].value != reading.meaning


def _answer_again(
    house: House, work: Work, talk: Conversation, second: Message, answer: Entry
) -> tuple[Words, ...]:
    question = str(answer.topic)
    kept = record.keep_answer(
        house, work, talk, second, question, text=second.text, value=AT_ONCE[question]
    )
    if question == worry.HARM:
        return _raise_concern(house, work, talk)
    if question == SAFE_NOW and kept.told is not None:
        return (("utter_not_safe", {"told": kept.told.names}),)
    return ()


def _raise_concern(house: House, work: Work, talk: Conversation) -> tuple[Words, ...]:
    """Somebody hears of it now. What else follows is decided with the next answer, so that no
    decision changes without a word."""
    assert talk.record_id is not None  # an answer stands in it
    head = work.records.head(talk.record_id)
    hold = not escalate.is_settled(work, head)
    told = escalate.start(house, work, head, Urgency.URGENT, hold=hold)
    is_worry = head.kind is RecordKind.WORRY
    sentence = "utter_worry_harm" if is_worry else "utter_share_harm_first"
    codes = {"codes": ",".join(house.pack.sharing.harm_gate.raise_rules)}
    is_filed = work.records.status(head.id) is Status.FILED
    more: tuple[Words, ...] = () if is_filed else (("utter_edit_asks_more", {}),)
    return ((sentence, codes), *told_words.of_news(told), *more)


def _still_counts(
    work: Work, talk: Conversation, answer: Entry, second: Message, reading: Reading
) -> tuple[Words, ...]:
    """That the answer counts as it was given, and how to change it; nothing where it still means
    or says the same."""
    assert talk.record_id is not None  # an answer stands in it
    counts = record.latest_answers(work, talk.record_id)[str(answer.topic)]
    means_the_same = reading.meaning == counts.value and reading.meaning not in (None, Meaning.FREE)
    if means_the_same or counts.text == second.text:
        return ()
    if answer.topic == DANGER_NOW:
        return (("utter_edit_kept_danger", {}),)
    if talk.capture_strand is not None:  # what is typed now is a line, and answers nothing
        return (("utter_edit_kept_for_read_back", {}),)
    name = "utter_edit_kept" if _guided(work, talk) is None else "utter_edit_kept_guide"
    return ((name, {"question": str(answer.topic)}),)


def _guided(work: Work, talk: Conversation) -> Guided | None:
    """The record, where a guide fills it."""
    if talk.record_id is None or work.records.head(talk.record_id).kind not in GUIDED:
        return None
    return Guided.read(work, talk.record_id)


def _amend(work: Work, talk: Conversation, first: Message, second: Message) -> None:
    assert talk.record_id is not None  # before there is a record an edit is a message of its own
    line = _answer(work, talk, first) or _line(work, talk.record_id, first)
    entry = NewEntry(
        kind=EntryKind.AMENDMENT if line else EntryKind.NOTE,
        text=second.text,
        by=talk.person,
        told_at=second.source_at,
        links_to=line.seq if line else None,
        relation="amends" if line else None,
        source_key=f"{second.id}/words",
    )
    work.records.append(talk.record_id, entry)


def _line(work: Work, record_id: str, message: Message) -> Entry | None:
    found = (work.records.written(record_id, f"{message.id}/{part}") for part in STANDS_AS)
    return next((one for one in found if one is not None), None)


def _answer(work: Work, talk: Conversation, message: Message) -> Entry | None:
    """The answer that a message gave. "That's enough" gives many, and is none of them."""
    if talk.record_id is None:
        return None
    first = work.records.written(talk.record_id, f"{message.id}/first")
    if first is not None and first.topic == Topic.FIRST_MESSAGE:
        return None  # what a case was begun with may answer a question of it, unasked
    given = (
        entry
        for entry in work.records.answers(talk.record_id)
        if entry.source_key == f"{message.id}/{entry.topic}" and entry.text == message.text
    )
    return next(given, None)


def note_deleted(house: House, message: Message) -> Entry | None:
    """That the message is gone from the channel; what it said stays. None without a record."""
    with house.store.work() as work:
        talk = work.conversations.get(message.conversation_id)
        if talk.record_id is None:
            return None
        line = _answer(work, talk, message) or _line(work, talk.record_id, message)
        entry = NewEntry(
            kind=EntryKind.NOTE,
            text="The message was deleted in the channel. It stays here.",
            by="heard",
            told_at=work.now(),
            links_to=line.seq if line else None,
            relation="deleted" if line else None,
            source_key=f"{message.id}/deleted",
        )
        return work.records.append(talk.record_id, entry)
