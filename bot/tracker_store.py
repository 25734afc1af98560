"""Keeps the present session of each conversation, sealed, in the database of the service.

One row a conversation: AES-256-GCM over the compacted events, bound to the conversation's id.
Nothing here falls back to memory: what cannot be read or written raises TrackerUnavailable.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.compaction import compact

NONCE_BYTES = 12
BUSY_MS = 2000
RANKING_KEPT = 3

TRACKERS = sa.Table(
    "dialogue_trackers",
    sa.MetaData(),
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
)


class TrackerUnavailable(Exception):
    """The stored tracker could not be read, opened or written; nothing was kept elsewhere."""


class TurnUnfinished(Exception):
    """Rasa stopped inside a turn, after ten actions in a row. Stored, it would never go on."""


class SealedTrackerStore(TrackerStore):
    """Rasa's tracker store on one encrypted row for each conversation (endpoints.yml)."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        *,
        key: str,
    ) -> None:
        """Prepares the engine without connecting.

        Args:
            host: SQLAlchemy address, sqlite or postgresql with any driver.
            key: 32 bytes in base64.

        Raises:
            ValueError: the key is not 32 bytes, or the address is of another database.
        """
        super().__init__(domain, event_broker)
        self._cipher = AESGCM(base64.b64decode(key, validate=True))
        self._engine = _engine(host or "")
        dialect = sqlite if self._engine.dialect.name == "sqlite" else postgresql
        insert = dialect.insert(TRACKERS)
        new = {name: insert.excluded[name] for name in ("sealed", "updated_at")}
        self._upsert = insert.on_conflict_do_update(index_elements=["conversation_id"], set_=new)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Writes the compacted session; on return it is committed.

        Raises:
            TrackerUnavailable: the database did not take it.
            TurnUnfinished: nothing was written; the session stands as before the turn.
        """
        if tracker.events and tracker.latest_action_name != ACTION_LISTEN_NAME:
            raise TurnUnfinished
        events = compact(tracker.events, self.domain.slots)
        row = {
            "conversation_id": tracker.sender_id,
            "sealed": self._seal(tracker.sender_id, _encoded(events)),
            "updated_at": datetime.now(UTC),
        }
        await asyncio.to_thread(self._write, row)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Returns the stored session, or None where the conversation is new.

        Raises:
            TrackerUnavailable: the database did not answer, or the row cannot be opened.
        """
        sealed = await asyncio.to_thread(self._read, sender_id)
        if sealed is None:
            return None
        events = _decoded(self._open(sender_id, sealed))
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        """Returns the ids of all stored conversations."""
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(TRACKERS.c.conversation_id)).scalars())

    def _write(self, row: dict[str, Any]) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(self._upsert, row)
        except SQLAlchemyError as error:
            raise TrackerUnavailable from error

    def _read(self, conversation: str) -> bytes | None:
        query = sa.select(TRACKERS.c.sealed).where(TRACKERS.c.conversation_id == conversation)
        try:
            with self._engine.connect() as connection:
                return connection.execute(query).scalar()
        except SQLAlchemyError as error:
            raise TrackerUnavailable from error

    def _seal(self, conversation: str, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, conversation.encode())

    def _open(self, conversation: str, sealed: bytes) -> bytes:
        nonce, text = bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:])
        try:
            return self._cipher.decrypt(nonce, text, conversation.encode())
        except InvalidTag as error:
            raise TrackerUnavailable from error


def _engine(address: str) -> sa.engine.Engine:
    """Connects as the service does, with the drivers of this environment."""
    url = sa.engine.make_url(address)
    backend = url.get_backend_name()
    if backend == "postgresql":
        waits = f"-c statement_timeout={BUSY_MS} -c lock_timeout={BUSY_MS}"
        options = {"connect_timeout": BUSY_MS // 1000, "options": waits}
        postgres = url.set(drivername="postgresql+psycopg2")
        return sa.create_engine(
            postgres, connect_args=options, pool_pre_ping=True, hide_parameters=True
        )
    if backend != "sqlite":
        raise ValueError(f"HEARD_DATABASE_URL names {backend}; sqlite or postgresql is needed.")
    # A pool, because closing the last connection to a SQLite file makes it fold up its WAL.
    engine = sa.create_engine(
        url.set(drivername="sqlite"),
        poolclass=sa.pool.QueuePool,
        connect_args={"check_same_thread": False},
        hide_parameters=True,
    )
    sa.event.listen(engine, "connect", _durable)
    return engine


def _durable(connection: Any, _record: Any) -> None:
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _encoded(events: Iterable[Event]) -> bytes:
    return json.dumps([_lean(event) for event in events]).encode()


def _lean(event: Event) -> dict[str, Any]:
    """Drops what Rasa adds to every event and never reads again: ids, tokens, long rankings."""
    kept = dict(event.as_dict())
    kept["metadata"] = {
        name: value
        for name, value in event.metadata.items()
        if name not in {"model_id", "assistant_id"}
    }
    if isinstance(event, UserUttered):
        parsed = event.parse_data
        kept["parse_data"] = {name: parsed.get(name) for name in ("intent", "entities", "text")}
        kept["parse_data"]["intent_ranking"] = parsed.get("intent_ranking", [])[:RANKING_KEPT]
    return kept


def _decoded(plain: bytes) -> list[Event]:
    kinds = _event_classes()
    found = (kinds[each["event"]]._from_parameters(each) for each in json.loads(plain))
    return [event for event in found if event is not None]


@cache
def _event_classes() -> dict[str, type[Event]]:
    """Finds each class once; Rasa's own lookup walks all of them for every single event."""
    return {kind.type_name: kind for kind in all_subclasses(Event)}
