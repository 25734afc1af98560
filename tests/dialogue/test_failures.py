"""A turn that could not be finished or kept is never acknowledged, and can be sent again."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore
from support import KEY, Dialogue, FakeActions

from bot.channel import _answered, _keeps
from bot.messages import Turn
from bot.tracker_store import SealedTrackerStore, TrackerUnavailable

FAILED = (500, {"error": "dialogue_failed"})
UNAVAILABLE = (503, {"error": "tracker_unavailable"})


@pytest.mark.parametrize("way", ["500", "hang", "not json", "rejected oddly", "not an answer"])
def test_a_failed_action_ends_the_turn_and_the_message_can_be_sent_again(
    dialogue: Dialogue, actions: FakeActions, talk: str, way: str
) -> None:
    dialogue.says(talk, "m1", "/greet")
    actions.failing = way
    response = dialogue.turn(talk, "m2", "/tell")
    assert (response.status_code, response.json()) == FAILED
    assert actions.names() == ["action_record"]
    actions.failing = None
    answer = dialogue.says(talk, "m2", "/tell")
    assert answer["replies"][0]["response"] == "utter_recorded"


def test_a_turn_that_runs_in_circles_leaves_the_conversation_as_it_was(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    dialogue.says(talk, "m1", "/greet")
    actions.failing = "circles"
    response = dialogue.turn(talk, "m2", "/tell")
    assert (response.status_code, response.json()) == FAILED
    actions.failing = None
    assert dialogue.says(talk, "m3", "/help")["replies"][0]["response"] == "utter_help"


def test_one_hung_action_holds_up_nobody_else(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    actions.failing = "hang"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(dialogue.turn, talk, "m1", "/tell")
        assert actions.called.wait(10)
        assert dialogue.says(f"{talk}-other", "m1", "/greet")["replies"]
        assert not waiting.done()


def test_without_its_table_the_dialogue_is_unavailable_and_calls_no_action(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    _sql(dialogue.database, "ALTER TABLE dialogue_trackers RENAME TO elsewhere")
    response = dialogue.turn(talk, "m1", "/tell")
    assert (response.status_code, response.json()) == UNAVAILABLE
    assert dialogue.session.get(dialogue.url("health")).status_code == 503
    assert actions.calls == []
    _sql(dialogue.database, "ALTER TABLE elsewhere RENAME TO dialogue_trackers")
    assert dialogue.says(talk, "m1", "/tell")["asks"] == "place"


def test_a_turn_that_cannot_be_written_is_not_acknowledged(dialogue: Dialogue, talk: str) -> None:
    dialogue.says(talk, "m1", "/greet")
    with contextlib.closing(sqlite3.connect(dialogue.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        response = dialogue.turn(talk, "m2", "/help")
        other.execute("ROLLBACK")
    assert (response.status_code, response.json()) == UNAVAILABLE
    assert dialogue.says(talk, "m2", "/help")["replies"][0]["response"] == "utter_help"


def test_a_row_that_does_not_open_is_not_taken_for_a_new_conversation(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    dialogue.says(f"{talk}-other", "m1", "/greet")
    dialogue.says(talk, "m1", "/greet")
    other = f"SELECT sealed FROM dialogue_trackers WHERE conversation_id = '{talk}-other'"
    swap = f"UPDATE dialogue_trackers SET sealed = ({other}) WHERE conversation_id = '{talk}'"
    _sql(dialogue.database, swap)
    response = dialogue.turn(talk, "m2", "/tell")
    assert (response.status_code, response.json()) == UNAVAILABLE
    assert actions.calls == []


def test_rasas_fallback_into_memory_is_noticed(
    agent: Agent, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    missing = SealedTrackerStore(agent.domain, f"sqlite:///{tmp_path}/none/heard.db", key=KEY)
    with pytest.MonkeyPatch.context() as patch:
        store = FailSafeTrackerStore(missing)
        patch.setattr(agent, "tracker_store", store)
        patch.setattr(agent.processor, "tracker_store", store)
        with pytest.raises(TrackerUnavailable):
            loop.run_until_complete(_answered(agent, Turn("c", "m1", "/greet")))
        assert not loop.run_until_complete(_keeps(store))


def _sql(database: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)
