"""Keeps a conversation's tracker short, so that its hundredth turn costs what its fifth did.

Rasa's cost grows with every event: it rebuilds them, replays them before each action and walks
all past states at each prediction (reliability.md R7). A prediction reads less than that: the
slots, the open form, and the last few states. `compact` keeps exactly these:

- the session's start with the slots and the form as they then were,
- the last STATES_KEPT states before the recent turns, without words and without replies,
- the last TURNS_KEPT whole turns untouched, because a repeated message is answered from them.

RulePolicy predicts the same afterwards as long as no rule is longer than STATES_KEPT steps. A
policy that learns from stories sees the last STATES_KEPT states too, and nothing older.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

TURNS_KEPT = 3
STATES_KEPT = 12


def compact(history: Iterable[Event], slots: Iterable[Slot]) -> list[Event]:
    """Returns fewer events from which Rasa predicts what it would predict from all of them.

    Args:
        history: All events of a tracker, oldest first.
        slots: The slots of the domain, with their initial values.
    """
    events = list(history)
    starts = _turn_starts(events)
    if len(starts) <= TURNS_KEPT:
        return events
    recent = starts[-TURNS_KEPT]
    applied = _applied(events[:recent])
    cut = _state_boundary(applied)
    return [*_session_at(applied[:cut], slots), *_thinned(applied[cut:]), *events[recent:]]


def _turn_starts(events: Sequence[Event]) -> list[int]:
    """Finds where Rasa listened and a person answered before it did anything else."""
    starts: list[int] = []
    listened: int | None = None
    for index, event in enumerate(events):
        if isinstance(event, ActionExecuted):
            listened = index if event.action_name == ACTION_LISTEN_NAME else None
        elif isinstance(event, UserUttered) and listened is not None:
            starts.append(listened)
            listened = None
    return starts


def _applied(events: Sequence[Event]) -> list[Event]:
    """Drops what was reverted, and the happy rounds of a form, as Rasa does when it predicts."""
    tracker = DialogueStateTracker("", slots=[])
    tracker.events.extend(events)
    return tracker.applied_events()


def _state_boundary(applied: Sequence[Event]) -> int:
    """Returns the index of the last listening with at least STATES_KEPT states after it."""
    states = 0
    for index in range(len(applied) - 1, -1, -1):
        event = applied[index]
        if isinstance(event, ActionExecuted):
            states += 1
            if states >= STATES_KEPT and event.action_name == ACTION_LISTEN_NAME:
                return index
    return 0


def _session_at(past: Sequence[Event], slots: Iterable[Slot]) -> list[Event]:
    """Replaces the past by a session that begins with what it left: slots, form, pause."""
    state = DialogueStateTracker.from_events("", list(past), slots)
    began: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    began += [
        SlotSet(slot.name, slot.value)
        for slot in state.slots.values()
        if slot.value != slot.initial_value
    ]
    if state.active_loop_name:
        began.append(ActiveLoop(state.active_loop_name))
    if state.is_active_loop_rejected:
        began.append(ActionExecutionRejected(state.active_loop_name))
    if state.is_paused():
        began.append(ConversationPaused())
    for event in began:
        event.timestamp = past[-1].timestamp if past else 1.0
    return began


def _thinned(applied: Sequence[Event]) -> list[Event]:
    """Leaves between two actions only the last value of a slot, no reply, and no words."""
    kept: list[Event] = []
    later: set[str] = set()
    for event in reversed(applied):
        if isinstance(event, ActionExecuted):
            later.clear()
        if isinstance(event, SlotSet):
            if event.key in later:
                continue
            later.add(event.key)
        if not isinstance(event, BotUttered):
            kept.append(_without_words(event) if isinstance(event, UserUttered) else event)
    return kept[::-1]


def _without_words(said: UserUttered) -> UserUttered:
    return UserUttered(
        intent={"name": said.intent_name}, entities=said.entities, timestamp=said.timestamp
    )
