"""POST /slack/events: checked, then handed to Bolt. Whatever is refused is counted, never logged
with what it held."""

from __future__ import annotations

import logging
import time
from collections import Counter, deque

from fastapi import APIRouter, Request, Response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from connectors.bodies import Bodies
from connectors.slack.checks import check_home, check_signature, read_body
from connectors.slack.errors import Forged
from connectors.slack.room import Room

log = logging.getLogger("heard.slack")
PATH = "/slack/events"
# What Slack itself lets people write comes in. The most are a full window, which Slack sends with
# eight bytes for a letter with an accent or of another script (half a megabyte; in emoji, one), and
# an edit of 40,000 such letters, which come four times. A page's limit would refuse their words.
MOST_BYTES = 2 * 1024 * 1024
ALARM_A_MINUTE = 10


class Refusals:
    """Counts what was refused, by reason; ten in a minute are said loudly, once a minute."""

    def __init__(self) -> None:
        self.by_reason: Counter[str] = Counter()
        self._latest: deque[float] = deque(maxlen=ALARM_A_MINUTE)
        self._said = float("-inf")

    def count(self, why: str) -> None:
        """Counts one."""
        now = time.monotonic()
        self.by_reason[why] += 1
        self._latest.append(now)
        log.warning("refused %s", why)
        crowded = len(self._latest) == ALARM_A_MINUTE and now - self._latest[0] < 60
        if crowded and now - self._said > 60:
            self._said = now
            log.error("refused_often %s in a minute", ALARM_A_MINUTE)


def bodies(refusals: Refusals) -> Bodies:
    """How much Slack may send. Its servers alone read what is said of more."""

    def refuse() -> Response:
        refusals.count("size")
        said = f"Heard takes {MOST_BYTES} bytes in a request. This one was not read.\n"
        return Response(said, 413, media_type="text/plain")

    return Bodies(PATH, MOST_BYTES, refuse)


def make_router(room: Room, bolt: AsyncApp, refusals: Refusals, secret: str) -> APIRouter:
    """The one address that Slack is given."""
    router = APIRouter()

    @router.post(PATH)
    async def come_in(request: Request) -> Response:
        raw = await request.body()
        try:
            check_signature(secret, request.headers, raw, time.time())
            body = read_body(raw)
            if body.get("type") != "url_verification":
                if room.identity is None:
                    return Response(status_code=503)  # Slack tries again
                check_home(room.identity, body)
            answer = await handle(
                bolt,
                AsyncBoltRequest(body=raw.decode(), headers=dict(request.headers)),
            )
        except Forged as error:
            refusals.count(error.why)
            return Response(status_code=401)
        return Response(
            answer.body or "",
            answer.status,
            headers={"Content-Type": answer.first_headers().get("content-type", "text/plain")},
        )

    return router


async def handle(bolt: AsyncApp, request: AsyncBoltRequest) -> BoltResponse:
    """Bolt's answer. Raises Forged when a listener found that Slack would not have sent this."""
    answer = await bolt.async_dispatch(request)
    why = request.context.get("forged")
    if why is not None:
        raise Forged(str(why))
    # What nobody listens to is none of ours, and asking for it again would bring nothing.
    return BoltResponse(status=200) if answer.status == 404 else answer
