"""One transaction over records, conversations, inbox, turns and the ladder.

`StoreUnavailable` is the only error that a locked, full or stopped database raises from here:
when it is raised, nothing of the block was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import ProgrammingError

from casework.errors import StoreUnavailable
from casework.ports import Clock, Escalations
from records.conversations import ConversationRows, InboxRows, TurnRows
from records.duties import DutyRows
from records.engine import as_unavailable, snapshot
from records.entries import RecordRows
from records.keys import DataKeys, unlock
from records.roles import grant_service_role
from records.sessions import SessionRows
from records.tables import data_keys
from records.threads import ThreadRows
from records.together import Together
from records.vault import Vault

MIGRATIONS = Path(__file__).parent / "migrations"

T = TypeVar("T")
EscalationsOf = Callable[[Connection], Escalations]


@dataclass
class OpenWork:
    """Implements casework.ports.Work."""

    connection: Connection
    records: RecordRows
    conversations: ConversationRows
    inbox: InboxRows
    turns: TurnRows
    sessions: SessionRows
    threads: ThreadRows
    escalations: Escalations
    duties: DutyRows
    clock: Clock
    vault: Vault

    def now(self) -> datetime:
        return self.clock()


class Store:
    """Implements casework.ports.Store."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Clock, escalations_of: EscalationsOf
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._escalations_of = escalations_of
        self._together = Together(self.work)

    @property
    def engine(self) -> Engine:
        """The database, for whoever reads more than a transaction of records."""
        return self._engine

    @property
    def vault(self) -> Vault:
        """What everything is sealed and signed with."""
        return self._vault

    def now(self) -> datetime:
        """By the clock that every transaction goes by."""
        return self._clock()

    @contextmanager
    def work(self) -> Iterator[OpenWork]:
        """A transaction that commits at the end of the block."""
        with as_unavailable(), self._engine.begin() as connection:
            yield self.over(connection)

    def together(self, act: Callable[[OpenWork], T]) -> T:
        """A small transaction, committed with those that wait at the same moment."""
        return self._together.do(act)

    @contextmanager
    def read(self) -> Iterator[OpenWork]:
        """A transaction that only reads, and sees one moment."""
        with as_unavailable(), snapshot(self._engine).connect() as connection:
            yield self.over(connection)

    def over(self, connection: Connection) -> OpenWork:
        """The same, over a transaction that somebody else opened (the ladder's ticks)."""
        parts = (connection, DataKeys(connection, self._vault), self._clock)
        return OpenWork(
            connection=connection,
            records=RecordRows(*parts),
            conversations=ConversationRows(*parts),
            inbox=InboxRows(*parts),
            turns=TurnRows(*parts),
            sessions=SessionRows(connection, self._clock),
            threads=ThreadRows(*parts),
            escalations=self._escalations_of(connection),
            duties=DutyRows(connection, self._clock),
            clock=self._clock,
            vault=self._vault,
        )


def migrate(engine: Engine, revision: str = "head") -> None:
    """Brings the tables up to date, or up to a revision; safe to call at every start.

    Raises:
        StoreUnavailable: The tables are of another version, and this role may not change them.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            if revision == "head":
                grant_service_role(connection)
    except ProgrammingError as error:
        raise StoreUnavailable(
            "The tables are not up to date and this role may not change them. "
            "Run this once as the owner of the database."
        ) from error


def is_new(engine: Engine) -> bool:
    """Whether nothing was sealed yet (only then may a key be made)."""
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, data_keys.name):
            return True
        return connection.execute(select(data_keys.c.owner)).first() is None


def prove_key(engine: Engine, vault: Vault) -> None:
    """Makes the root key at the first start and opens it at every other.

    Raises:
        KeyUnusable: This is not the key that the store was made with.
    """
    with engine.begin() as connection:
        unlock(connection, vault)
