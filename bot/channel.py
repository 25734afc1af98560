"""The seam between service and dialogue: three routes on loopback, all behind one token.

POST turn    {"conversation", "message_id", "text"} -> the answer (bot/answers.py)
POST parse   {"texts"} -> what the language model makes of each, without a conversation
GET  health  -> whether a tracker can be written and read back, and which model is loaded

A message is answered once: whoever sends it again gets the answer that the tracker holds.
Nothing a person wrote stands in an error or a log line.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.action_endpoint import ActionFailed
from bot.answers import answer_of, intent_of
from bot.messages import Refused, Texts, Turn
from bot.tracker_store import TrackerUnavailable

NAME = "heard"
PROBE = "health check"  # not a conversation: their ids hold no space (bot/messages.py)

log = logging.getLogger("heard.dialogue")
Handler = Callable[[Agent, bytes], Coroutine[Any, Any, dict[str, Any]]]


class Silent(OutputChannel):
    """Sends nothing: the answer is read from the tracker once it is stored."""

    @classmethod
    def name(cls) -> str:
        """Names the channel that responses in domain.yml may be written for."""
        return NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Drops the reply."""


class HeardInput(InputChannel):
    """The only input channel (credentials.yml)."""

    def __init__(self, token: str) -> None:
        """Keeps the token that every request must carry."""
        self._expected = f"Bearer {token}".encode()
        # One line for each conversation. Rasa's own lock looks again only every second.
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def name(cls) -> str:
        """Returns the last part of the address, /webhooks/heard."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HeardInput:
        """Reads `token` from credentials.yml."""
        return cls((credentials or {})["token"])

    def blueprint(self, on_new_message: Callable[..., Any]) -> Blueprint:
        """Returns the routes. Rasa's `on_new_message` drops results, so the agent is called."""
        seam = Blueprint(NAME)
        seam.add_route(self._edge(self._turn), "/turn", methods=["POST"], name="turn")
        seam.add_route(self._edge(_parse), "/parse", methods=["POST"], name="parse")
        seam.add_route(self._edge(_health), "/health", methods=["GET"], name="health")
        return seam

    def _edge(self, handle: Handler) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
        """Admits only who holds the token, and turns every outcome into a status and a code."""

        async def edge(request: Request) -> HTTPResponse:
            given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, self._expected):
                return HTTPResponse(status=401)
            status, answer = await _outcome(handle, request.app.ctx.agent, request.body)
            return HTTPResponse(json.dumps(answer), status, content_type="application/json")

        return edge

    async def _turn(self, agent: Agent, body: bytes) -> dict[str, Any]:
        turn = Turn.of(body)
        line = self._lines.setdefault(turn.conversation, asyncio.Lock())
        async with line:
            return await _answered(agent, turn)


async def _outcome(handle: Handler, agent: Agent, body: bytes) -> tuple[int, dict[str, Any]]:
    """Here, and only here, all failures end; what they say goes nowhere."""
    try:
        return 200, await handle(agent, body)
    except Refused as refused:
        return 422, {"error": refused.code}
    except TrackerUnavailable:
        log.exception("tracker unavailable")
        return 503, {"error": "tracker_unavailable"}
    except (Exception, ActionFailed):
        log.exception("dialogue failed")
        return 500, {"error": "dialogue_failed"}


async def _answered(agent: Agent, turn: Turn) -> dict[str, Any]:
    """Runs the turn unless the tracker holds it, and answers from what was truly stored."""
    store = agent.tracker_store
    answer = answer_of(await store.retrieve(turn.conversation), turn.message_id)
    if answer is None:
        await agent.handle_message(_message(turn))
        answer = answer_of(await store.retrieve(turn.conversation), turn.message_id)
    if answer is None:
        # Rasa's FailSafeTrackerStore keeps a turn in memory when the database fails.
        raise TrackerUnavailable
    return answer


def _message(turn: Turn) -> UserMessage:
    return UserMessage(
        turn.text,
        Silent(),
        turn.conversation,
        input_channel=NAME,
        message_id=turn.message_id,
        metadata={"message_id": turn.message_id},
    )


async def _parse(agent: Agent, body: bytes) -> dict[str, Any]:
    results = []
    for text in Texts.of(body).texts:
        found = intent_of(await agent.parse_message(text))
        results.append({"intent": found.pop("name"), **found})
        await asyncio.sleep(0)  # lets turns through between two texts
    return {"results": results}


async def _health(agent: Agent, _body: bytes) -> dict[str, Any]:
    if not await _keeps(agent.tracker_store):
        raise TrackerUnavailable
    return {"status": "ok", "model": agent.model_name}


async def _keeps(store: TrackerStore) -> bool:
    probe = DialogueStateTracker(PROBE, slots=[])
    probe.update(ActionExecuted(ACTION_LISTEN_NAME))
    await store.save(probe)
    read = await store.retrieve(PROBE)
    return read is not None and read.events[-1].timestamp == probe.events[-1].timestamp
