"""Where a conversation stands in a chat channel, and how far its answers have been delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from casework.ports import Clock
from records.fitting import fitting
from records.keys import DataKeys
from records.tables import conversations, delivered_forms, inbox, threads, turns


@dataclass(frozen=True)
class Thread:
    """One conversation at its place; `delivered` is the last turn that the channel has taken."""

    conversation_id: str
    channel: str
    place: str
    delivered: int


class ThreadRows:
    """Threads over one open transaction. One conversation has one place, and one place one."""

    def __init__(self, connection: Connection, keys: DataKeys, clock: Clock) -> None:
        self._db = connection
        self._keys = keys
        self._clock = clock

    def at(self, channel: str, place: str) -> Thread | None:
        """The thread at this place."""
        query = select(threads).where(threads.c.channel == channel, threads.c.place == place)
        row = self._db.execute(query).one_or_none()
        return Thread(*row) if row else None

    def of_conversation(self, conversation_id: str) -> Thread | None:
        """Where a conversation stands, if it stands in a chat channel at all."""
        query = select(threads).where(threads.c.conversation_id == conversation_id)
        row = self._db.execute(query).one_or_none()
        return Thread(*row) if row else None

    def open(self, conversation_id: str, channel: str, place: str, delivered: int = 0) -> Thread:
        """Puts a conversation at a place; turns up to `delivered` are not shown there."""
        thread = Thread(conversation_id, channel, place, delivered)
        self._db.execute(insert(threads).values(fitting(threads, vars(thread))))
        return thread

    def move(self, conversation_id: str, place: str) -> None:
        """It stands at another place from now on."""
        query = update(threads).where(threads.c.conversation_id == conversation_id)
        self._db.execute(query.values(place=place))

    def of_channel(self, channel: str) -> list[Thread]:
        """Every thread of a channel, the newest conversation last."""
        query = select(threads).where(threads.c.channel == channel)
        return [Thread(*row) for row in self._db.execute(query)]

    def active(self, channel: str, since: datetime) -> list[Thread]:
        """The threads of a channel in which somebody wrote since then."""
        query = (
            select(threads)
            .join(conversations, conversations.c.id == threads.c.conversation_id)
            .where(threads.c.channel == channel, conversations.c.last_message_at >= since)
        )
        return [Thread(*row) for row in self._db.execute(query)]

    def latest_message(self, channel: str, beginning: str) -> str | None:
        """The last of the channel's own message ids that begin like this and were kept."""
        query = select(func.max(inbox.c.message_id)).where(
            inbox.c.channel == channel, inbox.c.message_id.startswith(beginning, autoescape=True)
        )
        found: str | None = self._db.execute(query).scalar_one_or_none()
        return found

    def behind(self, channel: str) -> list[Thread]:
        """The threads with a turn that the channel has not taken yet."""
        newest = (
            select(turns.c.conversation_id, func.max(turns.c.id).label("id"))
            .group_by(turns.c.conversation_id)
            .subquery()
        )
        query = (
            select(threads)
            .join(newest, newest.c.conversation_id == threads.c.conversation_id)
            .where(threads.c.channel == channel, newest.c.id > threads.c.delivered)
        )
        return [Thread(*row) for row in self._db.execute(query)]

    def has_delivered(self, conversation_id: str, turn_id: int) -> None:
        """The channel has taken everything up to this turn."""
        query = update(threads).where(threads.c.conversation_id == conversation_id)
        self._db.execute(query.values(delivered=turn_id))

    def message(self, channel: str, message_id: str) -> str | None:
        """The inbox id of a message that was kept under this id of the channel."""
        query = select(inbox.c.id).where(
            inbox.c.channel == channel, inbox.c.message_id == message_id
        )
        found: str | None = self._db.execute(query).scalar_one_or_none()
        return found

    def keep_form(self, inbox_id: str, conversation_id: str, form: str) -> None:
        """Keeps a message as the channel delivered it, beside what was typed. Twice is once."""
        if self.form(inbox_id) is not None:
            return
        key = self._keys.of(conversation_id)
        sealed = self._keys.vault.seal(key, form, f"form/{inbox_id}")
        values = {"inbox_id": inbox_id, "conversation_id": conversation_id, "sealed": sealed}
        self._db.execute(insert(delivered_forms).values(values))

    def form(self, inbox_id: str) -> str | None:
        """A message as the channel delivered it, where that differed from what was typed."""
        query = select(delivered_forms).where(delivered_forms.c.inbox_id == inbox_id)
        row = self._db.execute(query).one_or_none()
        if row is None:
            return None
        key = self._keys.of(row.conversation_id)
        return self._keys.vault.open(key, row.sealed, f"form/{inbox_id}")
