"""Step 3 of 7: action. What every action is: read the turn, call a use case, say what came of it.

An action says its sentences itself, after the use case has committed: Rasa goes on to the next
step of a rule even when an action failed (reliability.md finding 1).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from casework import contacts, outside
from casework.cases import Case
from casework.facts import Conversation, Message
from casework.house import House

REQUESTED_SLOT = "requested_slot"
REFUSED = "action_execution_rejected"
# Rasa's own limit is 60 s; a person does not wait that long (reliability.md finding 5).
HARD_LIMIT_SECONDS = 5


@dataclass(frozen=True)
class Turn:
    """What an action knows of the turn it runs in. The text is the inbox's, not the tracker's."""

    conversation_id: str
    message: Message
    talk: Conversation
    intent: str
    confidence: float
    ranking: tuple[str, ...]
    entities: Mapping[str, Any]
    requested: str | None
    form: str | None
    is_command: bool
    acted_since: frozenset[str]

    @property
    def button(self) -> str | None:
        """The intent of the button that was pressed (or typed), if it was one."""
        return self.intent if self.is_command else None

    def is_answer_to(self, form: str) -> bool:
        """Whether a form is asked to take an answer, and not opened or taken up again: then
        nothing else has run since the person spoke."""
        return self.form == form and self.acted_since <= {form}


@dataclass(frozen=True)
class Say:
    """One response by name, with its words in braces and buttons beyond the domain's own."""

    response: str
    slots: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[Mapping[str, str], ...] = ()


def carry_on_with(case: Case) -> Say:
    """The way to another case of the same person."""
    slots = {"reference": case.head.reference, "conversation": case.conversation_id}
    return Say("utter_carry_on_with", slots)


@dataclass(frozen=True)
class Result:
    """What an action hands back to Rasa."""

    say: tuple[Say, ...] = ()
    events: tuple[EventType, ...] = ()


Act = Callable[[House, Turn], Result]


class UseCaseAction(Action):
    """Runs a plain function off the event loop, and turns its result into Rasa's terms."""

    def __init__(self, name: str, house: House, act: Act) -> None:
        self._name = name
        self._house = house
        self._act = act

    def name(self) -> str:
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        work = asyncio.to_thread(self._work, tracker)
        result, contact_slots = await asyncio.wait_for(work, HARD_LIMIT_SECONDS)
        for say in result.say:
            slots = {**contact_slots, **say.slots}
            buttons = [dict(button) for button in say.buttons]
            dispatcher.utter_message(response=say.response, buttons=buttons, **slots)
        return [*result.events, *self._form_goes_on(tracker, result)]

    def _form_goes_on(self, tracker: Tracker, result: Result) -> list[EventType]:
        """A form that made way for this action takes answers again, also when the rule ends here:
        Rasa would go on passing it over until it has run once more."""
        form = (tracker.active_loop or {}).get("name")
        left = any(event["event"] == "active_loop" for event in result.events)
        if form is None or left or self._name.startswith("validate_"):
            return []
        return [ActiveLoop(form)]

    def _work(self, tracker: Tracker) -> tuple[Result, dict[str, str]]:
        turn = read_turn(self._house, tracker)
        result = self._act(self._house, turn)
        if not result.say:
            return result, {}
        with self._house.store.read() as work:
            found = contacts.within(self._house, work, turn.conversation_id)
            record_id = work.conversations.get(turn.conversation_id).record_id
            whole = [
                one
                for say in result.say
                for one in (
                    say,
                    *map(Say, outside.instructions(say.response, work, record_id, found)),
                )
            ]
        return replace(result, say=tuple(whole)), contacts.as_slots(found)


def read_turn(house: House, tracker: Tracker) -> Turn:
    """The turn, with its message as the inbox kept it."""
    latest = tracker.latest_message
    inbox_id = latest["metadata"]["message_id"]
    with house.store.read() as work:
        message = work.inbox.get(inbox_id)
        talk = work.conversations.get(tracker.sender_id)
    return Turn(
        conversation_id=tracker.sender_id,
        message=message,
        talk=talk,
        intent=latest["intent"]["name"] or "",
        confidence=float(latest["intent"].get("confidence") or 0.0),
        ranking=tuple(entry["name"] for entry in latest.get("intent_ranking", [])),
        entities={entity["entity"]: entity["value"] for entity in latest.get("entities", [])},
        requested=tracker.get_slot(REQUESTED_SLOT),
        form=(tracker.active_loop or {}).get("name"),
        is_command=str(latest.get("text") or "").startswith("/"),
        acted_since=_acted_since(tracker.events),
    )


def _acted_since(events: list[dict[str, Any]]) -> frozenset[str]:
    """What has run, or was refused, since the person spoke."""
    latest = max((n for n, event in enumerate(events) if event["event"] == "user"), default=0)
    return frozenset(
        REFUSED if event["event"] == REFUSED else str(event["name"])
        for event in events[latest:]
        if event["event"] in ("action", REFUSED)
    )


def end_form() -> tuple[EventType, ...]:
    """Leaves whatever form is active."""
    return (ActiveLoop(None), SlotSet(REQUESTED_SLOT, None))
