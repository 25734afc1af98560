"""The auditor: somebody learns of it when a clock stands still, whatever else has stopped.

Drill 26 of reliability.md. It looks twice a minute; its clock is moved by hand here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, text

import auditor
from auditor.look import Seen
from auditor.tell import Mailbox
from auditor.watch import AGAIN_AFTER, EVERY_SECONDS, Auditor
from escalation import watches
from escalation.tables import watches as table
from escalation.tick import Ticks
from tests.integration.escalation.providers import FakeMail
from tests.integration.escalation.town import Town, new_head

PEOPLE = ("dsl@example.org", "trustee@example.org")


@dataclass
class Outside:
    """An address that somebody else watches."""

    calls: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/beat"


@pytest.fixture
def outside() -> Iterator[Outside]:
    there = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.calls += 1
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    there.port = server.server_address[1]
    Thread(target=server.serve_forever, daemon=True).start()
    yield there
    server.shutdown()
    server.server_close()


@pytest.fixture
def mail() -> Iterator[FakeMail]:
    with FakeMail().running() as fake:
        yield fake


@dataclass
class Watched:
    """A town with its auditor; the engine is there as long as it says so."""

    town: Town
    auditor: Auditor
    outside: Outside
    mail: FakeMail
    engine_runs: bool = True
    seen: list[Seen] = field(default_factory=list)

    def minutes(self, count: float, *, auditor_runs: bool = True) -> None:
        """Half a minute at a time, as the two processes would."""
        for _ in range(int(count * 60 / EVERY_SECONDS)):
            if self.engine_runs:
                self.town.pass_time(seconds=EVERY_SECONDS)
                Ticks(self.town.engine, self.town.around).still_here()
            else:
                self.town.now += timedelta(seconds=EVERY_SECONDS)
            if auditor_runs:
                self.seen.append(self.auditor.look_once())

    def is_red(self) -> bool:
        with self.town.engine.connect() as connection:
            return not watches.health(connection, self.town.now).is_well


@pytest.fixture
def watched(engine: Engine, outside: Outside, mail: FakeMail) -> Iterator[Watched]:
    with engine.begin() as connection:
        connection.execute(delete(table))
    town = Town(engine)
    mailbox = Mailbox(mail.address, "heard@example.org", PEOPLE)
    plain = create_engine(engine.url, hide_parameters=True)
    watching = Auditor(plain, lambda: town.now, mailbox, outside.address)
    yield Watched(town, watching, outside, mail)
    plain.dispose()


def test_while_all_is_well_the_desk_is_green_and_the_heart_beats(watched: Watched) -> None:
    watched.town.start(new_head())
    watched.minutes(6)
    assert watched.outside.calls == 12
    assert not watched.is_red()
    assert watched.mail.inbox == []


def test_before_anybody_has_looked_the_desk_is_not_green(watched: Watched) -> None:
    assert watched.is_red()


def test_the_engine_stopped(watched: Watched) -> None:
    head = new_head()
    watched.town.start(head)
    watched.minutes(6)
    watched.engine_runs = False
    beats = watched.outside.calls
    watched.minutes(6)
    assert watched.is_red()
    assert watched.outside.calls <= beats + 4  # for the two minutes that anybody may be late
    assert watched.seen[-1].trouble[0] == "engine_quiet"
    (told,) = watched.mail.inbox
    assert told["To"] == ", ".join(PEOPLE)
    assert head.reference not in told.as_string()


def test_a_rung_that_is_overdue_is_told_although_the_engine_says_that_it_lives(
    watched: Watched,
) -> None:
    head = new_head()
    watched.town.start(head)
    watched.town.queue.waiting.clear()  # the tick is lost, and nobody sweeps
    watched.minutes(12)
    assert not watched.is_red()
    watched.minutes(2)
    assert watched.is_red()
    assert watched.seen[-1].references == (head.reference,)
    assert len(watched.mail.inbox) == 1


def test_the_auditor_stopped(watched: Watched) -> None:
    watched.minutes(2)
    beats = watched.outside.calls
    watched.minutes(3, auditor_runs=False)
    assert watched.is_red()
    assert watched.outside.calls == beats


def test_both_stopped(watched: Watched) -> None:
    watched.minutes(2)
    watched.engine_runs = False
    beats = watched.outside.calls
    watched.minutes(6, auditor_runs=False)
    assert watched.is_red()
    assert watched.outside.calls == beats


def test_the_mail_server_is_down(watched: Watched) -> None:
    watched.minutes(2)
    beats = watched.outside.calls
    watched.auditor.mailbox = Mailbox(FakeMail().address, "heard@example.org", PEOPLE)
    watched.minutes(2)
    assert watched.is_red()
    assert watched.outside.calls == beats


def test_no_name_can_be_looked_up(watched: Watched) -> None:
    watched.minutes(2)
    nowhere = "smtp://mail.invalid:25"
    watched.auditor.mailbox = Mailbox(nowhere, "heard@example.org", PEOPLE)
    watched.auditor.heartbeat = "http://outside.invalid/beat"
    beats = watched.outside.calls
    watched.minutes(2)
    assert watched.is_red()
    assert watched.outside.calls == beats


def test_a_blind_auditor_beats_no_more_and_says_so(watched: Watched, tmp_path: Path) -> None:
    watched.auditor.engine = create_engine(f"sqlite:///{tmp_path}/nothing.db")
    watched.minutes(1)
    watched.auditor.engine.dispose()
    assert watched.seen[-1].trouble[0].startswith("blind:")
    assert watched.outside.calls == 0
    assert len(watched.mail.inbox) == 1


def test_a_message_that_was_never_sent_is_trouble(watched: Watched) -> None:
    town = watched.town
    town.start(new_head())
    with town.engine.begin() as connection:
        row = text("UPDATE deliveries SET next_at = at")
        connection.execute(row)
    watched.minutes(3)
    assert "unsent" in watched.seen[-1].trouble


def test_a_case_without_a_clock_is_trouble_and_a_closed_one_is_not(watched: Watched) -> None:
    town, head = watched.town, new_head()
    town.start(head)
    with town.rows() as rows:
        rows.acknowledge(head.id, "dsl")
        rows.close(head.id, "dsl")
    watched.minutes(1)
    assert watched.seen[-1].is_well
    with town.engine.begin() as connection:
        connection.execute(text("UPDATE escalations SET status = 'acting'"))
    watched.minutes(1)
    assert watched.seen[-1].trouble == ("forgotten",)


def test_trouble_that_goes_on_is_said_again_every_hour_and_new_trouble_at_once(
    watched: Watched,
) -> None:
    watched.town.start(new_head())
    watched.minutes(1)
    watched.engine_runs = False
    watched.minutes(AGAIN_AFTER.total_seconds() / 60 + 1)
    assert len(watched.mail.inbox) == 2  # quiet, then late as well
    watched.minutes(AGAIN_AFTER.total_seconds() / 60)
    assert len(watched.mail.inbox) == 3


def test_the_auditor_loads_no_code_of_what_it_watches() -> None:
    folder = Path(auditor.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = node.module if isinstance(node, ast.ImportFrom) else ""
            assert (named or "").partition(".")[0] not in {"escalation", "records", "dbos"}, path
