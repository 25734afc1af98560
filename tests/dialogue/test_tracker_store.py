"""The sealed store, on SQLite always, and on PostgreSQL wherever a server answers: the one that
HEARD_TEST_POSTGRES names, or the one on this machine."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from support import KEY

from bot.tracker_store import (
    TRACKERS,
    SealedTrackerStore,
    TrackerUnavailable,
    TurnUnfinished,
    _engine,
)

OTHER_KEY = base64.b64encode(bytes(32)).decode()
SERVER = os.environ.get("HEARD_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/")


def _server() -> sa.engine.URL:
    """The address as the dialogue's driver takes it."""
    return sa.engine.make_url(SERVER).set(drivername="postgresql", database="postgres")


def _answers() -> bool:
    if os.environ.get("HEARD_TEST_NOTHING_LEFT_OUT"):
        return True
    try:
        with sa.create_engine(_server(), connect_args={"connect_timeout": 2}).connect():
            return True
    except sa.exc.OperationalError:
        return False


DOMAIN = Domain.empty()
DOMAIN.slots.append(TextSlot("place", mappings=[]))


@pytest.fixture(params=["sqlite", *(["postgresql"] if _answers() else [])])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with an empty table."""
    if request.param == "sqlite":
        yield from _with_table(f"sqlite:///{tmp_path}/heard.db")
        return
    name = f"heard_test_{uuid4().hex}"
    with sa.create_engine(_server(), isolation_level="AUTOCOMMIT").connect() as server:
        server.execute(sa.text(f"CREATE DATABASE {name}"))
        yield from _with_table(_server().set(database=name).render_as_string(hide_password=False))
        server.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _with_table(address: str) -> Iterator[str]:
    engine = _engine(address)
    TRACKERS.create(engine)
    engine.dispose()
    yield address


@pytest.fixture
def store(database: str) -> SealedTrackerStore:
    """The store under test."""
    return SealedTrackerStore(DOMAIN, database, key=KEY)


def _tracker(conversation: str, said: str = "hello") -> DialogueStateTracker:
    events = [
        ActionExecuted("action_listen"),
        UserUttered(said, {"name": "greet", "confidence": 0.9}, metadata={"message_id": "m1"}),
        SlotSet("place", "gate"),
        BotUttered("Hello.", {"buttons": []}, {"utter_action": "utter_hello"}),
        ActionExecuted("action_listen"),
    ]
    return DialogueStateTracker.from_events(conversation, events, DOMAIN.slots)


def test_a_tracker_comes_back_as_it_was_saved(store: SealedTrackerStore) -> None:
    asyncio.run(store.save(_tracker("c", "first")))
    asyncio.run(store.save(_tracker("c", "second")))
    read = asyncio.run(store.retrieve("c"))
    assert read is not None
    assert read.latest_message is not None
    assert read.latest_message.text == "second"
    assert list(read.events) == list(_tracker("c", "second").events)
    assert read.get_slot("place") == "gate"
    assert list(asyncio.run(store.keys())) == ["c"]


def test_an_unknown_conversation_is_new(store: SealedTrackerStore) -> None:
    assert asyncio.run(store.retrieve("nobody")) is None


def test_another_key_opens_nothing(store: SealedTrackerStore, database: str) -> None:
    asyncio.run(store.save(_tracker("c")))
    with pytest.raises(TrackerUnavailable):
        asyncio.run(SealedTrackerStore(DOMAIN, database, key=OTHER_KEY).retrieve("c"))


def test_the_same_words_are_sealed_differently_each_time(
    store: SealedTrackerStore, database: str
) -> None:
    query = sa.select(TRACKERS.c.sealed)
    sealed = []
    for _ in range(2):
        asyncio.run(store.save(_tracker("c")))
        with _engine(database).connect() as connection:
            sealed.append(bytes(connection.execute(query).scalar()))
    assert sealed[0] != sealed[1]
    assert not any(b"hello" in each for each in sealed)


def test_a_turn_that_stopped_half_way_is_not_stored(store: SealedTrackerStore) -> None:
    tracker = _tracker("c")
    tracker.update(ActionExecuted("action_record"))
    with pytest.raises(TurnUnfinished):
        asyncio.run(store.save(tracker))
    assert asyncio.run(store.retrieve("c")) is None


@pytest.mark.parametrize(
    "address", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://u:p@127.0.0.1:9/heard"]
)
def test_a_database_that_does_not_answer_is_said_to_be_unavailable(address: str) -> None:
    store = SealedTrackerStore(DOMAIN, address, key=KEY)
    for attempt in (store.retrieve("c"), store.save(_tracker("c"))):
        with pytest.raises(TrackerUnavailable):
            asyncio.run(attempt)


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="sqlite or postgresql"):
        SealedTrackerStore(DOMAIN, "mysql://localhost/heard", key=KEY)
