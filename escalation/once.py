"""Sending one message outside the ladder: a drill, a reminder, word of the rota."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from escalation.routes import Outcome

logger = logging.getLogger(__name__)

HARD_TIMEOUT_SECONDS = 10


def outcome_of(sending: Coroutine[None, None, Outcome]) -> Outcome:
    """What came of it. An edge: whatever goes wrong in a route is a message not delivered."""

    async def in_time() -> Outcome:
        return await asyncio.wait_for(sending, HARD_TIMEOUT_SECONDS)

    try:
        return asyncio.run(in_time())
    except Exception as error:
        logger.error("not_sent %s", type(error).__name__)
        return Outcome.failed(type(error).__name__)
