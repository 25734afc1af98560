"""The service: pages, action edge, line, the ladder's engine, and the dialogue beside it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

import desk.routes
from actions import edge
from actions.registry import make_executor
from casework import cases
from casework.vocabulary import utc_now
from casework.words import names_of
from connectors.dialogue import Dialogue
from connectors.line import Line
from connectors.push import push
from connectors.slack.api import SlackApi
from connectors.slack.channel import SlackChannel
from connectors.slack.room import Room
from connectors.slack.settings import SlackSettings
from connectors.web.routes import Web, make_router
from escalation.nights import Nights
from escalation.reach import ReachDrill
from escalation.reminders import Reminders
from records import leaving
from records.anchors import keep
from records.checkpoints import Signer
from run import web
from run.auditing import AuditorProcess
from run.bootstrap import Built
from run.dialogue import DialogueProcess, Seam, free_port, train_if_stale
from run.people import LOOK_SECONDS

log = logging.getLogger("heard.service")
LOOPBACK = "127.0.0.1"
DRAFTS_SECONDS = 15.0
REACH_SECONDS = 60.0
CHECKPOINT_SECONDS = 15 * 60.0
# Python's own choice is six on a small machine. Whoever keeps a message waits for the disk, not
# for a processor: behind six, two hundred people would wait for each other.
HANDS = 32


class CannotStart(Exception):
    """The service did not come up. The text says why and the cure."""


@dataclass(frozen=True)
class Started:
    """A service that answers."""

    address: str
    sign_in: dict[str, str]
    slack: str | None


class ByPort:
    """Two applications on one server: which socket a request came in by decides.

    The action edge is bound to loopback; what comes in by the public socket never reaches it.
    """

    def __init__(self, public: ASGIApp, actions: ASGIApp, action_port: int) -> None:
        self._public = public
        self._actions = actions
        self._action_port = action_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inner = scope["type"] == "http" and scope["server"][1] == self._action_port
        await (self._actions if inner else self._public)(scope, receive, send)


class Server(uvicorn.Server):
    """Stops on a signal. Uvicorn's own would then send the signal once more, and it would end the
    process before anything here has been put away."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals.clear()


def serve(
    built: Built,
    *,
    port: int,
    host: str = LOOPBACK,
    say: Callable[[str], None],
    ready: Callable[[Started], None],
    slack: SlackSettings | None = None,
) -> None:
    """Runs until stopped (Ctrl-C, SIGTERM). `ready` is called once both processes answer.

    Raises:
        CannotStart: The port is taken, or the dialogue did not come up.
        DialogueMissing: The dialogue is not installed or cannot be trained.
        SlackSettingsWrong: Slack refuses a token.
    """
    model = train_if_stale(say)
    _ = built.house, built.phrases  # loaded before anybody waits for them
    with _listening(host, port) as public, _listening(LOOPBACK, 0) as inner:
        seam = Seam(port=free_port(), action_port=inner.getsockname()[1])
        process = DialogueProcess(built.settings, built.vault, model, seam)
        auditor = AuditorProcess(built.settings)
        process.start()
        auditor.start()
        try:
            built.durable.launch(built.ticks)
            asyncio.run(_run(built, process, auditor, seam, [public, inner], ready, slack))
        finally:
            auditor.stop()
            process.stop()
            built.durable.stop()
            built.settings.running.unlink(missing_ok=True)


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        cure = f"Choose another with --port, or stop what uses {port}."
        raise CannotStart(f"Port {port} cannot be used: {error.strerror}. {cure}") from error
    try:
        yield bound
    finally:
        bound.close()


async def _run(
    built: Built,
    process: DialogueProcess,
    auditor: AuditorProcess,
    seam: Seam,
    sockets: list[socket.socket],
    ready: Callable[[Started], None],
    slack_settings: SlackSettings | None,
) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(HANDS))
    dialogue = Dialogue(seam.address, seam.token)
    line = Line(built.house, built.phrases, dialogue)
    slack = _slack(built, line, slack_settings)
    app = ByPort(_public(built, line, slack), _actions(built, seam), seam.action_port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = Server(config)
    address = "http://{}:{}".format(*sockets[0].getsockname())
    if slack is not None:
        await slack.start(built.settings.address)
    work = [
        asyncio.create_task(_announce(built, process, dialogue, server, address, slack, ready)),
        asyncio.create_task(line.sweep()),
        asyncio.create_task(_drafts(built)),
        asyncio.create_task(auditor.watch()),
        asyncio.create_task(_people(built)),
        asyncio.create_task(_reach(built)),
        asyncio.create_task(_checkpoints(built)),
        *([asyncio.create_task(slack.run())] if slack else []),
    ]
    try:
        await server.serve(sockets=sockets)
    finally:
        for task in work:
            task.cancel()
        results = await asyncio.gather(*work, return_exceptions=True)
        await line.stop()
        await dialogue.close()
    for result in results:
        if isinstance(result, CannotStart):
            raise result


def _slack(built: Built, line: Line, settings: SlackSettings | None) -> SlackChannel | None:
    """Slack, where its settings are set."""
    if settings is None:
        return None
    api = SlackApi(settings)
    return SlackChannel(Room(settings, built.house, built.store, built.phrases, line, api))


def _public(built: Built, line: Line, slack: SlackChannel | None = None) -> FastAPI:
    pages = web.make_pages(built.house, built.store)
    shared = Web(pages, built.store, line, built.links, built.phrases, built.house.title)
    routers = [
        make_router(shared),
        desk.routes.make_router(desk.routes.Desk(pages, built.house, built.store, built.phrases)),
        *(slack.routers() if slack else []),
    ]
    return web.make_app(pages, routers, [slack.bodies] if slack else [])


def _actions(built: Built, seam: Seam) -> FastAPI:
    domain: dict[str, Any] = dict(built.phrases.domain)
    return edge.make_app(make_executor(built.house), domain, seam.action_token)


async def _announce(
    built: Built,
    process: DialogueProcess,
    dialogue: Dialogue,
    server: uvicorn.Server,
    address: str,
    slack: SlackChannel | None,
    ready: Callable[[Started], None],
) -> None:
    """Says that the service answers, and from then on keeps the dialogue alive."""
    if not await process.until_ready(dialogue):
        server.should_exit = True
        raise CannotStart(f"The dialogue did not come up. See {built.settings.logs}/dialogue.log")
    built.settings.running.write_text(json.dumps({"address": address, "pid": os.getpid()}))
    links = {
        person.id: f"{address}/sign-in/{built.links.make(person.id)}"
        for person in built.organisation.people
    }
    ready(Started(address, links, slack.where() if slack else None))
    await process.watch()


async def _people(built: Built) -> None:
    """For ever: whoever has left is out within a second, and their cases are asked of others."""
    await _without_fail("people", leaving.free_cases, built.store, built.organisation)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        await _without_fail("people", built.people.refresh, built.store, built.follow)


async def _reach(built: Built) -> None:
    """For ever: the weekly drill over every route, the nightly look at the rota, and reminders of
    what has a date."""
    nights = Nights(built.engine, built.around, lambda: built.people.on_file)
    drill = ReachDrill(built.engine, built.around)
    reminders = Reminders(built.engine, built.around, built.store.over)
    while True:
        await asyncio.sleep(REACH_SECONDS)
        await _without_fail("reach", drill.run)
        await _without_fail("nights", nights.run)
        await _without_fail("reminders", reminders.run)


async def _without_fail(name: str, work: Callable[..., object], *given: object) -> None:
    try:
        await asyncio.to_thread(work, *given)
    except Exception as error:  # an edge: a loop must outlive whatever happens in it
        log.error("%s: %s", name, type(error).__name__)


async def _drafts(built: Built) -> None:
    """For ever: drafts that were left alone with harm in them go up by themselves."""
    while True:
        await asyncio.sleep(DRAFTS_SECONDS)
        try:
            await asyncio.to_thread(_escalate_drafts, built)
        except Exception as error:  # an edge: this loop must outlive whatever happens in it
            log.error("drafts: %s", type(error).__name__)


def _escalate_drafts(built: Built) -> None:
    for conversation_id in cases.escalate_quiet_drafts(built.house):
        with built.store.work() as work:
            talk = work.conversations.get(conversation_id)
            climb = work.escalations.of_record(talk.record_id or "")
            told = names_of(built.organisation, climb.asked if climb else ())
            said = "utter_draft_escalated" if told else "utter_told_nobody_left"
            push(built.house, built.phrases, work, talk.id, said, {"told": told})


async def _checkpoints(built: Built) -> None:
    """For ever: the head of the chain is signed and kept outside (reliability.md D2)."""
    while True:
        try:
            wrong = await asyncio.to_thread(
                keep, built.engine, Signer(built.vault), utc_now, built.places
            )
        except Exception as error:  # an edge: this loop must outlive whatever happens in it
            log.error("checkpoint_failed %s", getattr(error, "code", type(error).__name__))
        else:
            for one in wrong:
                log.error("checkpoint_not_kept %s", one.code)
        await asyncio.sleep(CHECKPOINT_SECONDS)
