"""Socket Mode: no public address is needed. Guarded against sockets that die without a word.

Two connections; a canary every five minutes; both connections are made anew after two that did
not come back; what came meanwhile is fetched (watching.py). Source: reliability.md S3.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from connectors.slack.canary import Canary
from connectors.slack.checks import check_home
from connectors.slack.door import Refusals, handle
from connectors.slack.errors import Forged, SlackUnavailable
from connectors.slack.quiet import silent
from connectors.slack.room import Room
from connectors.slack.watching import Watch

log = logging.getLogger("heard.slack")
CONNECTIONS = 2
CANARY_SECONDS = 300.0
MISSES = 2
CONNECT_SECONDS = 30.0
PING_SECONDS = 10.0
AGAIN_SECONDS = 5.0


class Socket(AsyncSocketModeHandler):
    """One connection. What comes in is checked as at the door, then handed to Bolt."""

    def __init__(
        self, room: Room, bolt: AsyncApp, app_token: str, canary: Canary, refusals: Refusals
    ) -> None:
        super().__init__(
            bolt,
            app_token,
            logger=silent(),
            web_client=room.api.client,
            ping_interval=PING_SECONDS,
        )
        self._room = room
        self._canary = canary
        self._refusals = refusals

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """What is not acknowledged here Slack sends again."""
        start, payload = time.time(), req.payload
        if not isinstance(payload, dict) or self._room.identity is None:
            return
        try:
            if not self._canary.is_it(payload):
                check_home(self._room.identity, payload)
                request = AsyncBoltRequest(
                    mode="socket_mode", body=payload, headers=build_headers(req)
                )
                answer = await handle(self.app, request)
                await send_async_response(client, req, answer, start)
                return
        except Forged as error:
            self._refusals.count(error.why)
        except Exception as error:  # an edge: the library would log it with the whole body
            log.error("socket_failed %s", type(error).__name__)
            return
        await client.send_socket_mode_response(SocketModeResponse(req.envelope_id))


class Sockets:
    """Both connections, and whoever looks after them."""

    def __init__(self, room: Room, bolt: AsyncApp, app_token: str, refusals: Refusals) -> None:
        self._room = room
        self._bolt = bolt
        self._app_token = app_token
        self._refusals = refusals
        self._open: list[Socket] = []
        self._tried = asyncio.Event()
        self._canary = Canary(room.api)

    async def is_there(self) -> bool:
        """Whether a connection stands. A silent one does too: that is the canary's to say. Before
        the first was tried nobody can know."""
        await self._tried.wait()
        return any([await one.client.is_connected() for one in self._open])

    async def forever(self, watch: Watch) -> None:
        """Opens the connections and guards them until cancelled; tells `watch` what was missed."""
        try:
            await self._renew()
            await self._guard(watch)
        finally:
            await self._close()

    async def _guard(self, watch: Watch) -> None:
        misses, well_at = 0, watch.now()
        while True:
            is_back = await self._is_back()
            if is_back is False:
                misses += 1
                log.error("slack_silent %s", misses)
                watch.missed(well_at)
                if misses < MISSES:
                    continue
                await self._renew()
            elif is_back:
                well_at = watch.now()
            misses = 0
            await asyncio.sleep(CANARY_SECONDS)

    async def _is_back(self) -> bool | None:
        """None: it could not be sent, which says nothing of the sockets."""
        try:
            return await self._canary.flies()
        except SlackUnavailable as error:
            log.error("slack_canary_not_sent %s", error.code)
            return None

    async def _renew(self) -> None:
        """New connections in place of those that are there."""
        await self._close()
        while len(self._open) < CONNECTIONS:
            socket = Socket(self._room, self._bolt, self._app_token, self._canary, self._refusals)
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    # Asked for here: the library would ask without end, and say nothing.
                    socket.client.wss_uri = await self._room.api.socket(self._app_token)
                    await socket.connect_async()  # type: ignore[no-untyped-call]
            except (SlackUnavailable, TimeoutError) as error:
                self._tried.set()
                log.error("socket_not_open %s", getattr(error, "code", "timeout"))
                await socket.close_async()  # type: ignore[no-untyped-call]
                await asyncio.sleep(getattr(error, "retry_after", 0.0) or AGAIN_SECONDS)
                continue
            self._open.append(socket)
            self._tried.set()

    async def _close(self) -> None:
        old, self._open = self._open, []
        for socket in old:
            with contextlib.suppress(Exception):  # it may be broken in any way
                async with asyncio.timeout(CONNECT_SECONDS):
                    await socket.close_async()  # type: ignore[no-untyped-call]
