"""A compacted tracker predicts what the whole one would, and stays short and wordless."""

from __future__ import annotations

import asyncio
import copy
import random
from collections.abc import Iterable
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channel import _answered
from bot.compaction import STATES_KEPT, TURNS_KEPT, compact
from bot.messages import Turn

FILL = ["hello", "I need to record something", "by the school gate", "yes", "no"]
INTERRUPT = ["help", "/help", "I am stuck", "/nlu_fallback", "/greet", "/skip", "/finish", "/back"]
ELSE = ["/affirm", "/deny", "no", "hello", "/tell", "stop", "qqq zzz", "/restart"]
ANYTHING = [*FILL, *INTERRUPT, *ELSE]


class WholeStore(InMemoryTrackerStore):
    """Keeps every event, also those before a restart."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Returns the tracker with all its sessions."""
        return await self.retrieve_full_tracker(sender_id)


class Talk:
    """The same conversation held twice: with the sealed store, and with every event kept."""

    def __init__(self, agent: Agent, loop: asyncio.AbstractEventLoop, name: str) -> None:
        self.loop, self.name, self.said = loop, name, 0
        self.short, self.whole = agent, _with_store(agent, WholeStore(agent.domain))

    def say(self, text: str) -> tuple[Any, Any]:
        """Returns, of both, what was answered and which actions ran."""
        self.said += 1
        turn = Turn(self.name, f"m{self.said}", text)
        return self._of(self.short, turn), self._of(self.whole, turn)

    def tracker(self) -> DialogueStateTracker:
        """Returns the compacted tracker."""
        tracker = self.loop.run_until_complete(self.short.tracker_store.retrieve(self.name))
        assert tracker is not None
        return tracker

    def _of(self, agent: Agent, turn: Turn) -> tuple[Any, list[str]]:
        answer = self.loop.run_until_complete(_answered(agent, turn))
        tracker = self.loop.run_until_complete(agent.tracker_store.retrieve(self.name))
        assert tracker is not None
        return answer, _actions_of_last_turn(tracker)


def _with_store(agent: Agent, store: TrackerStore) -> Agent:
    twin = copy.copy(agent)
    twin.processor = copy.copy(agent.processor)
    twin.tracker_store = twin.processor.tracker_store = store
    return twin


def _actions_of_last_turn(tracker: DialogueStateTracker) -> list[str]:
    names: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted):
            names.append(event.action_name)
    return names[::-1]


def _talk(agent: Agent, loop: asyncio.AbstractEventLoop, name: str, texts: Iterable[str]) -> Talk:
    talk = Talk(agent, loop, name)
    for text in texts:
        short, whole = talk.say(text)
        assert short == whole, (talk.said, text)
    return talk


def test_a_form_is_filled_the_same(agent: Agent, loop: asyncio.AbstractEventLoop) -> None:
    _talk(agent, loop, "filled", FILL * 6)


def test_a_question_is_still_open_after_thirty_interruptions(
    agent: Agent, loop: asyncio.AbstractEventLoop
) -> None:
    talk = _talk(agent, loop, "open", [*FILL[:3], *["help"] * 30])
    (answer, _), _ = talk.say("/greet")
    assert (answer["form"], answer["asks"]) == ("details_form", "safe")
    (answer, _), (whole, _) = talk.say("yes")
    assert answer == whole
    assert answer["asks"] == "again"


@pytest.mark.parametrize("seed", range(5))
def test_any_conversation_goes_on_the_same(
    agent: Agent, loop: asyncio.AbstractEventLoop, seed: int
) -> None:
    choice = random.Random(seed)
    texts = [choice.choice(ANYTHING if choice.random() < 0.5 else FILL) for _ in range(50)]
    _talk(agent, loop, f"any-{seed}", texts)


def test_a_long_conversation_stays_short(agent: Agent, loop: asyncio.AbstractEventLoop) -> None:
    talk = Talk(agent, loop, "long")
    lengths = []
    for number in range(150):
        talk.said += 1
        text = (FILL + INTERRUPT)[number % 13]
        loop.run_until_complete(_answered(agent, Turn("long", f"m{talk.said}", text)))
        lengths.append(len(talk.tracker().events))
    assert max(lengths[100:]) <= max(lengths[:50])
    actions = sum(isinstance(event, ActionExecuted) for event in talk.tracker().events)
    assert actions <= STATES_KEPT + (TURNS_KEPT + 2) * 6


def test_words_leave_the_tracker_with_their_turn(
    agent: Agent, loop: asyncio.AbstractEventLoop
) -> None:
    talk = _talk(agent, loop, "words", ["by the MARKER gate", *["help"] * TURNS_KEPT])
    texts = [event.text for event in talk.tracker().events if isinstance(event, UserUttered)]
    assert texts == [None, *["help"] * TURNS_KEPT]


def test_compacting_twice_changes_nothing_more(
    agent: Agent, loop: asyncio.AbstractEventLoop
) -> None:
    talk = _talk(agent, loop, "twice", (FILL + INTERRUPT) * 3)
    once = list(talk.tracker().events)
    assert compact(once, agent.domain.slots) == once
