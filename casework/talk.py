"""What the coach has to say in a conversation: planned questions, promises, misunderstandings."""

from __future__ import annotations

from casework.facts import Message, NewEntry
from casework.house import House
from casework.vocabulary import EntryKind, RecordKind, Topic
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
NOT_UNDERSTOOD = "utter_not_understood"


def offers_secrecy(house: House, message: Message) -> bool:
    """Whether the sentence they plan to say promises to keep it secret."""
    return house.coach.promise(message.text) is not None


def check_wording(house: House, conversation_id: str, message: Message) -> WordingAdvice | None:
    """What is wrong with a planned question, and what of the person's own words to ask about.

    None when there is no question in it.
    """
    return house.coach.wording(message.text, _already_said(house, conversation_id, message))


def _already_said(house: House, conversation_id: str, message: Message) -> list[str]:
    """What the person is known to have said: their own words; until there are any, what the
    reporter wrote first."""
    with house.store.read() as work:
        talk = work.conversations.get(conversation_id)
        if talk.record_id is None:
            return []
        entries = work.records.entries(talk.record_id)
    words = [entry.text for entry in entries if entry.kind is EntryKind.WORDS]
    first = [entry.text for entry in entries if entry.topic == Topic.FIRST_MESSAGE]
    return [text for text in (words or first) if text != message.text]


def note_promise(house: House, conversation_id: str, inbox_id: str) -> None:
    """Keeps that confidentiality was promised, in the reporter's own sentence."""
    with house.store.work() as work:
        talk = work.conversations.get(conversation_id)
        message = work.inbox.get(inbox_id)
        head = house.open_case(work, talk, message, RecordKind.DISCLOSURE)
        entry = NewEntry(
            kind=EntryKind.TOLD,
            topic=Topic.PROMISE,
            text=message.text,
            by=talk.person,
            told_at=message.source_at,
            source_key=f"{message.id}/promise",
        )
        work.records.append(head.id, entry)


def failed_before(house: House, conversation_id: str) -> bool:
    """Whether the last thing Heard said was that it did not understand."""
    with house.store.read() as work:
        latest = work.turns.latest(conversation_id)
    said = {reply.get("response") for turn in latest for reply in turn.content["replies"]}
    return NOT_UNDERSTOOD in said
