"""What a turn answered, read from the stored tracker.

A first answer and the answer to a repeated message come from here, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

RANKING = 3


def answer_of(tracker: DialogueStateTracker | None, message_id: str) -> dict[str, Any] | None:
    """Returns the answer to a message that the tracker holds.

    Returns:
        `{"replies", "intent", "asks", "form"}` as the service reads it (bot/channel.py), or None
        where the tracker does not hold the message.
    """
    if tracker is None:
        return None
    events = list(tracker.events)
    first = next((i for i, event in enumerate(events) if _says(event, message_id)), None)
    if first is None:
        return None
    end = _end_of_turn(events, first, message_id)
    then = tracker if end == len(events) else _as_of(tracker, events[:end])
    return {
        "replies": [reply(e) for e in events[first:end] if isinstance(e, BotUttered)],
        "intent": intent_of(events[first].parse_data),
        "asks": then.get_slot(REQUESTED_SLOT),
        "form": then.active_loop_name,
    }


def intent_of(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the intent with its confidence in 0..1, and the best three of the ranking."""
    best = _named(parsed.get("intent") or {})
    ranking = parsed.get("intent_ranking") or []
    return {**best, "ranking": [_named(each) for each in ranking[:RANKING]]}


def reply(said: BotUttered) -> dict[str, Any]:
    """Returns one reply with all that the service needs to render it in its channel."""
    answer = {
        "response": said.metadata.get("utter_action"),
        "text": said.text or "",
        "buttons": [
            {"title": button["title"], "payload": button["payload"]}
            for button in said.data.get("buttons") or []
        ],
        "metadata": said.metadata.get("metadata") or {},
    }
    custom = said.data.get("custom")
    return {**answer, "custom": custom} if custom else answer


def _named(prediction: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": prediction.get("name"), "confidence": prediction.get("confidence", 0.0)}


def _says(event: Event, message_id: str) -> bool:
    return isinstance(event, UserUttered) and event.metadata.get("message_id") == message_id


def _end_of_turn(events: list[Event], first: int, message_id: str) -> int:
    """Finds the next message of the person; Rasa's own copies of this one do not end the turn."""
    for index in range(first + 1, len(events)):
        event = events[index]
        if isinstance(event, UserUttered) and not _says(event, message_id):
            return index
    return len(events)


def _as_of(tracker: DialogueStateTracker, events: list[Event]) -> DialogueStateTracker:
    earlier = tracker.init_copy()
    for event in events:
        earlier.update(event)
    return earlier
