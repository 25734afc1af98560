"""A whole house on a real SQLite file, joined as run/bootstrap.py joins it.

Only the clock and the queue of the ladder are moved by hand: nothing waits, nothing runs behind
a test's back.
"""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Connection, Engine, text

from casework import capture, cases, record
from casework.facts import Conversation, Entry, Escalation, Message, MessageKind, RecordHead
from casework.house import House
from casework.organisation import Organisation, Person
from casework.phrases import Phrasebook
from casework.vocabulary import INVOLVES_US, EntryKind, RecordKind, utc_now
from coach import Coach
from connectors.push import push
from connectors.signin import Links
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
from escalation.rows import EscalationRows
from escalation.tick import Due, Ticks
from policy.pack import Pack
from records.engine import make_engine, sqlite_url
from records.keyring import KeyRing
from records.store import Store, is_new, migrate, prove_key
from records.vault import Vault

TUESDAY_TWO_O_CLOCK = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
DATABASE = "heard.db"
KEY = "organisation.key"


@dataclass(frozen=True)
class Known:
    """What every house is made of, read once for all tests."""

    organisation: Organisation
    pack: Pack
    coach: Coach
    phrases: Phrasebook


@dataclass
class Clock:
    """The only clock of the house."""

    now: datetime = TUESDAY_TWO_O_CLOCK

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Queue:
    """The durable queue: it keeps what is due and runs nothing by itself."""

    waiting: list[tuple[datetime, Due]] = field(default_factory=list)

    def due_by(self, end: datetime) -> tuple[datetime, Due] | None:
        """Takes out the next tick that is due by `end`."""
        due = min(self.waiting, default=None)
        if due is None or due[0] > end:
            return None
        self.waiting.remove(due)
        return due


def make_template(folder: Path) -> None:
    """An empty, migrated database beside its key; every house starts as a copy of it."""
    engine = make_engine(sqlite_url(folder / DATABASE))
    vault = Vault(KeyRing.open(folder / KEY, may_make=is_new(engine), environment={}))
    migrate(engine)
    prove_key(engine, vault)
    _make_queue(engine)
    engine.dispose()


def _make_queue(engine: Engine) -> None:
    """The durable queue's own tables, which it makes when a service first starts."""
    durable = DurableEngine(engine, utc_now)
    nothing = Ticks(engine, cast(Surroundings, SimpleNamespace(clock=utc_now)))
    durable.launch(nothing)
    durable.stop()


class Home:
    """The house with its store, and short ways to do what people do in it."""

    def __init__(self, known: Known, template: Path, folder: Path, url: str | None = None) -> None:
        """`url`: another database than a copy of the template, empty as yet."""
        for name in (DATABASE, KEY) if url is None else ():
            shutil.copy(template / name, folder / name)
        self.folder = folder
        self.clock = Clock()
        self.queue = Queue()
        self.phrases = known.phrases
        self.engine: Engine = make_engine(url or sqlite_url(folder / DATABASE))
        ring = KeyRing.open(folder / KEY, may_make=url is not None, environment={})
        self.vault = Vault(ring)
        if url is not None:
            migrate(self.engine)
        prove_key(self.engine, self.vault)
        self.links = Links(self.vault.derive("sign-in"))
        self.around = Surroundings(
            clock=self.clock,
            organisation=known.organisation,
            pack=known.pack,
            notice=self._notice,
            schedule=self._schedule,
        )
        self.store = Store(
            self.engine, self.vault, self.clock, lambda db: EscalationRows(db, self.around)
        )
        self.house = House(self.store, known.organisation, known.pack, known.coach)
        self._numbers = itertools.count(1)

    def _notice(
        self, connection: Connection, record_id: str, response: str, slots: dict[str, str]
    ) -> None:
        work = self.store.over(connection)
        talk = work.records.head(record_id).conversation_id
        push(self.house, self.phrases, work, talk, response, slots)

    def _schedule(
        self, connection: Connection, escalation_id: str, step: int, delay: timedelta
    ) -> None:
        self.queue.waiting.append((self.clock.now + delay, Due(escalation_id, step)))

    # ---- what people do ----

    def talk(self, person: str = "reporter") -> str:
        """A new conversation; returns its id."""
        with self.store.work() as work:
            return work.conversations.open(person=person, channel="web").id

    def message(
        self,
        talk: str,
        text: str = "hello",
        *,
        kind: MessageKind = MessageKind.TEXT,
        strand: EntryKind | None = None,
        button: str | None = None,
    ) -> Message:
        """A message as the inbox keeps it."""
        with self.store.work() as work:
            message, _ = work.inbox.take(
                conversation_id=talk,
                channel="web",
                message_id=f"{talk}:{next(self._numbers)}",
                kind=kind,
                text=text,
                strand=strand,
                button=button,
                source_at=self.clock.now,
            )
            work.inbox.mark_answered(message.id)  # so that no line takes it up
        return message

    def case(
        self, *words: str, person: str = "reporter", kind: RecordKind = RecordKind.DISCLOSURE
    ) -> str:
        """A conversation with a record, and `words` kept in it; returns the conversation's id."""
        talk = self.talk(person)
        opened = self.message(talk, "Someone is telling me something", kind=MessageKind.PRESS)
        cases.open_case(self.house, talk, opened.id, kind)
        for line in words:
            capture.keep(self.house, self.message(talk, line, kind=MessageKind.WORDS))
        return talk

    def told_case(self, *words: str, person: str = "reporter") -> str:
        """A case whose words are closed and which is about nobody who works here."""
        talk = self.case(*words or ("he hits me",), person=person)
        capture.close_capture(self.house, talk)
        self.answer(talk, INVOLVES_US, "No", "no")
        return talk

    def answer(self, talk: str, question: str, text: str, value: str | None) -> record.Kept:
        """One answer, as a message of its own."""
        message = self.message(talk, text)
        return record.answer(self.house, talk, message.id, question, text=text, value=value)

    def pass_time(self, **duration: float) -> None:
        """Moves the clock and runs what is due, one after the other, at its own time."""
        end = self.clock.now + timedelta(**duration)
        while due := self.queue.due_by(end):
            at, tick = due
            self.clock.now = max(self.clock.now, at)
            Ticks(self.engine, self.around).run(tick)
        self.clock.now = end

    def leaves(self, person: str) -> None:
        """This person is no longer in the directory."""
        self.organise(tuple(one for one in self.house.organisation.people if one.id != person))

    def organise(self, people: tuple[Person, ...]) -> None:
        """These are the people of the directory now."""
        organisation = self.house.organisation.model_copy(update={"people": people})
        self.around.organisation = self.house.organisation = organisation

    # ---- what stands ----

    def conversation(self, talk: str) -> Conversation:
        with self.store.read() as work:
            return work.conversations.get(talk)

    def head(self, talk: str) -> RecordHead:
        with self.store.read() as work:
            record_id = work.conversations.get(talk).record_id
            assert record_id is not None
            return work.records.head(record_id)

    def entries(self, talk: str) -> list[Entry]:
        with self.store.read() as work:
            return work.records.entries(self.head(talk).id)

    def texts(self, talk: str, kind: EntryKind) -> list[str]:
        return [str(entry.text) for entry in self.entries(talk) if entry.kind is kind]

    def topics(self, talk: str) -> list[str]:
        return [str(entry.topic) for entry in self.entries(talk) if entry.topic]

    def climb(self, talk: str) -> Escalation | None:
        with self.store.read() as work:
            return work.escalations.of_record(self.head(talk).id)

    def asked_ever(self, talk: str) -> list[str]:
        """Everybody who was ever pinged about this case, in order."""
        with self.store.read() as work:
            steps = work.escalations.steps(self.head(talk).id)
        return [step["person"] for step in steps if step["route"] == "desk" and step["person"]]

    def left_out(self, talk: str) -> frozenset[str]:
        """Whose name stands in the record as in conflict."""
        with self.store.read() as work:
            return work.records.conflicted(self.head(talk).id)

    def turns(self, talk: str) -> list[dict[str, Any]]:
        """Everything that Heard said here, oldest first."""
        with self.store.read() as work:
            return [dict(turn.content) for turn in work.turns.after(talk, 0)]

    def said(self, talk: str) -> list[str]:
        """The names of the responses, oldest first."""
        return [reply["response"] for turn in self.turns(talk) for reply in turn["replies"]]

    def conversations_of(self, person: str) -> list[Conversation]:
        with self.store.read() as work:
            return work.conversations.of_person(person)

    def inbox_size(self) -> int:
        """How many messages were ever kept."""
        with self.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM inbox")).scalar_one())

    def rename(self, table: str, name: str) -> None:
        """Takes a table away, or brings it back: the database cannot keep anything meanwhile."""
        with self.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))
