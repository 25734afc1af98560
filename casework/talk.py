"""What the coach has to say in a conversation: planned questions, promises, misunderstandings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from casework.facts import Conversation, Entry, Message, NewEntry, Turn
from casework.house import NOT_UNDERSTOOD, House
from casework.ports import Work
from casework.vocabulary import GUIDED, EntryKind, RecordKind, Topic
from coach import WordingAdvice

# The needs of shared vocabulary (labels.md); a test compares them with the domain's intents.
NEEDS = (
    "disclosure_now",
    "disclosure_report",
    "immediate_danger",
    "share_request",
    "official_request",
    "breach",
    "policy_question",
    "colleague_concern",
    "worry_in_confidence",
    "contact_lookup",
    "record_status",
    "wording_check",
    "practice",
    "smalltalk_or_off_topic",
)
TOLD_BETWEEN = 8  # turns looked back
WHO_WAS_THERE = "present"
TELLS_WHO = frozenset({"stays", "meaning"})  # what "just us" may be read as
# "Can I promise her I won't tell?" has promised nothing yet.
ASKS_LEAVE = re.compile(
    r"\W*((so|and|ok|but)\W+)?"
    r"((can|could|may|should|shall) (i|we)\b(?! have\b)|would it be\b"
    r"|is it (ok|okay|fine|alright|all right)\b)",
    re.IGNORECASE,
)


def offers_secrecy(house: House, message: Message) -> bool:
    """Whether the sentence they plan to say promises to keep it secret."""
    return house.coach.promise(message.text) is not None


def speaks_of_secrecy(house: House, text: str, question: str | None) -> bool:
    """Whether it promises secrecy, or plans to. "Just us" tells who else was there, where that is
    the question."""
    sign = house.coach.promise(text)
    return sign is not None and not (question == WHO_WAS_THERE and sign.why in TELLS_WHO)


def asks_leave(text: str) -> bool:
    """Whether it asks if something may be said, and says nothing yet."""
    return ASKS_LEAVE.match(text) is not None


def check_wording(house: House, conversation_id: str, message: Message) -> WordingAdvice | None:
    """What is wrong with a planned question, and what of the person's own words to ask about.

    None when there is no question in it.
    """
    return house.coach.wording(message.text, _already_said(house, conversation_id, message))


def _already_said(house: House, conversation_id: str, message: Message) -> list[str]:
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        if talk.record_id is None:
            return []
        guided = work.records.head(talk.record_id).kind in GUIDED
        entries = work.records.entries(talk.record_id)
    # A guide begins with what the reporter asks of Heard, not with what somebody told.
    told = [entry for entry in entries if not guided or entry.kind is EntryKind.WORDS]
    return [text for text in already_said(house, told) if text != message.text]


def already_said(house: House, entries: Iterable[Entry]) -> list[str]:
    """What the person is known to have said: their own words; until there are any, what the
    reporter wrote first. "Can I ask if he hits her", sent among their words, is the reporter's."""
    known = list(entries)
    words = [str(entry.text) for entry in known if entry.kind is EntryKind.WORDS]
    first = [str(entry.text) for entry in known if entry.topic == Topic.FIRST_MESSAGE]
    return [text for text in words or first if not house.coach.is_wording_check(text)]


def note_promise(house: House, conversation_id: str, inbox_id: str) -> None:
    """Keeps that confidentiality was promised, in the reporter's own sentence."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        message = work.inbox.get(inbox_id)
        head = house.open_case(work, talk, message, RecordKind.DISCLOSURE)
        keep_promise(work, talk, head.id, message)


def keep_promise(work: Work, talk: Conversation, record_id: str, message: Message) -> None:
    """The entry that a promise becomes, in the caller's transaction."""
    entry = NewEntry(
        kind=EntryKind.TOLD,
        topic=Topic.PROMISE,
        text=message.text,
        by=talk.person,
        told_at=message.source_at,
        source_key=f"{message.id}/promise",
    )
    work.records.append(record_id, entry)


def failed_before(house: House, conversation_id: str) -> bool:
    """Whether the last thing Heard answered was that it did not understand."""
    with house.store.read() as work:
        return NOT_UNDERSTOOD in said_last(work, conversation_id)


def last_turns(work: Work, conversation_id: str) -> list[Turn]:
    """The latest answer and what was told unasked since ("nobody has answered yet"), which does
    not come between a question and its answer."""
    latest = work.turns.latest(conversation_id, TOLD_BETWEEN)
    answer = next((n for n, turn in enumerate(latest) if not turn.content.get("pushed")), 0)
    return latest[: answer + 1]


def said_last(work: Work, conversation_id: str) -> set[str]:
    """The names of the responses of these turns."""
    turns = last_turns(work, conversation_id)
    return {reply["response"] for turn in turns for reply in turn.content["replies"]}
