"""Fixtures of the dialogue environment: a trained model, a running dialogue, an agent in hand."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from support import (
    PROJECT,
    ROOT,
    Dialogue,
    FakeActions,
    environment,
    make_database,
    running,
    trained,
)

from bot import lean, logs

if TYPE_CHECKING:
    from rasa.core.agent import Agent

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
logs.quiet()
lean.leave_out_what_serving_never_runs(())
lean.leave_out_channels()


@pytest.fixture(scope="session")
def model() -> Path:
    """The model of tests/dialogue/project, kept in var/ until the project changes."""
    return trained(ROOT / "var" / "test-models")


@pytest.fixture(scope="session")
def heard(
    model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Dialogue, FakeActions]]:
    """One running dialogue with its actions, shared by all tests that break nothing for good."""
    with running(model, tmp_path_factory.mktemp("heard")) as both:
        yield both


@pytest.fixture
def dialogue(heard: tuple[Dialogue, FakeActions]) -> Dialogue:
    """The running dialogue."""
    return heard[0]


@pytest.fixture
def actions(heard: tuple[Dialogue, FakeActions]) -> Iterator[FakeActions]:
    """Its actions, with no calls yet and nothing failing."""
    actions = heard[1]
    actions.calls.clear()
    actions.tokens.clear()
    actions.called.clear()
    yield actions
    actions.failing = None


@pytest.fixture
def talk() -> str:
    """The id of a conversation that nobody has held yet."""
    return uuid4().hex


@pytest.fixture(scope="session")
def agent(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The loaded model in this process, for what only its inside can show."""
    from bot.server import load_agent

    fake = FakeActions()
    database = tmp_path_factory.mktemp("agent") / "heard.db"
    make_database(database)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        for name, value in environment(f"sqlite:///{database}", fake.url).items():
            patch.setenv(name, value)
        yield load_agent(model)
    fake.shutdown()


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The event loop that the agent's coroutines run on."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()
