"""Puts the process together: model, tracker store, actions and the one channel."""

from __future__ import annotations

import asyncio
from pathlib import Path

import rasa.shared.utils.io
from rasa.core.agent import Agent
from rasa.core.channels.channel import register
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic

from bot.action_endpoint import ActionEndpoint
from bot.channel import HeardInput
from bot.tracker_store import SealedTrackerStore

ENDPOINTS, CREDENTIALS = "endpoints.yml", "credentials.yml"
CHANNEL = "bot.channel.HeardInput"
TURN_SECONDS = 300  # Sanic's own 60 s would cancel a slow turn without a word
BODY_BYTES = 20_000_000  # 200 texts of 8,000 characters, escaped
IDLE_SECONDS = 75  # longer than the service keeps a connection, so that it never meets a closed one


def load_agent(model: Path) -> Agent:
    """Loads the model with the stores and actions of endpoints.yml.

    Raises:
        RasaException, ValueError: a file cannot be read or says something impossible.
    """
    endpoints = AvailableEndpoints.read_endpoints(ENDPOINTS)
    store = SealedTrackerStore(host=endpoints.tracker_store.url, **endpoints.tracker_store.kwargs)
    agent = Agent(tracker_store=store, action_endpoint=ActionEndpoint.of(endpoints.action))
    # Agent wraps every store in one that goes on in memory when the database fails: a turn on
    # an empty tracker, acknowledged and lost (reliability.md finding 3). Ours stands alone.
    agent.tracker_store = store
    agent.load_model(model)
    _check_understanding(agent)
    return agent


def _check_understanding(agent: Agent) -> None:
    """Asks once: Rasa loads a classifier that it cannot read as one that has learned nothing."""
    understood = asyncio.run(agent.parse_message("hello"))
    if not understood["intent"]["name"]:
        raise ValueError("The model understands nothing.")


def app_for(agent: Agent) -> Sanic:
    """Returns the web application: our channel, no HTTP API, nothing else."""
    credentials = rasa.shared.utils.io.read_config_file(CREDENTIALS)
    if list(credentials) != [CHANNEL]:
        raise ValueError(f"{CREDENTIALS} may name {CHANNEL} only.")
    app = Sanic("heard_dialogue", configure_logging=False)
    app.config.update(
        RESPONSE_TIMEOUT=TURN_SECONDS,
        REQUEST_MAX_SIZE=BODY_BYTES,
        KEEP_ALIVE_TIMEOUT=IDLE_SECONDS,
    )
    app.ctx.agent = agent
    register([HeardInput.from_credentials(credentials[CHANNEL])], app, route="/webhooks/")
    return app
