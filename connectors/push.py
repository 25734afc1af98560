"""What Heard says by itself: somebody has it, nobody has answered, it was raised meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casework import contacts, outside
from casework.duty_words import Words
from casework.house import House
from casework.phrases import Phrasebook
from casework.ports import Work
from connectors import replies
from connectors.replies import Asked


def push(
    house: House,
    phrases: Phrasebook,
    work: Work,
    conversation_id: str,
    response: str,
    slots: Mapping[str, str],
) -> None:
    """Adds a turn of one sentence to a conversation, in the caller's transaction."""
    push_all(house, phrases, work, conversation_id, [(response, dict(slots))])


def push_all(
    house: House, phrases: Phrasebook, work: Work, conversation_id: str, words: Sequence[Words]
) -> None:
    """Adds a turn to a conversation, in the caller's transaction.

    It goes past the dialogue, so that it is said even when the dialogue is down; where the
    person is in a form they stay there.
    """
    talk = work.conversations.get(conversation_id)
    found = contacts.within(house, work, conversation_id)
    known = contacts.as_slots(found)
    said = [
        phrases.reply(name, {**known, **slots})
        for response, slots in words
        for name in (response, *outside.instructions(response, work, talk.record_id, found))
    ]
    outcome = next((slots["outcome"] for _, slots in words if "outcome" in slots), None)
    asked = Asked(asks=talk.asks, outcome=outcome, replies=said)
    content = replies.content(house, phrases, work, talk, asked, pushed=True)
    work.turns.add(talk.id, content)
