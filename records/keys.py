"""The data keys in the database: made, re-wrapped, destroyed; never anything else.

Triggers hold it to that (migration 0003). A row whose key was destroyed stays, empty, for ever.
Every row names the organisation key that wraps it, as a foreign key: an organisation key cannot
be retired while a row still needs it, whoever writes at the same moment.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, Row, insert, select, update

from casework.errors import ContentDestroyed, KeyUnusable, UnknownRecord
from records.tables import data_keys, organisation_keys
from records.vault import ROOT, DataKey, Vault


class DataKeys:
    """Over one open transaction, whose end is also the end of what it remembers."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._db = connection
        self.vault = vault
        self._known: dict[str, DataKey] = {}

    def make(self, owner: str) -> DataKey:
        """A new key for `owner`, wrapped by the organisation key of today."""
        return self._keep(self.vault.new_data_key(owner, current_key(self._db)))

    def _keep(self, key: DataKey) -> DataKey:
        values = {"owner": key.owner, "wrapped_by": key.wrapped_by, "wrapped": key.wrapped}
        self._db.execute(insert(data_keys).values(values))
        self._known[key.owner] = key
        return key

    def of(self, owner: str) -> DataKey:
        """The key of `owner`.

        Raises:
            UnknownRecord: There never was one.
            ContentDestroyed: It was destroyed, and with it the content.
        """
        if owner not in self._known:
            query = select(data_keys).where(data_keys.c.owner == owner)
            row = self._db.execute(query).one_or_none()
            if row is None:
                raise UnknownRecord
            self._known[owner] = _data_key(row)
        return self._known[owner]

    def has(self, owner: str) -> bool:
        """Whether there is a row for `owner`, destroyed or not."""
        query = select(data_keys.c.owner).where(data_keys.c.owner == owner)
        return self._db.execute(query).first() is not None

    def destroy(self, owner: str, at: datetime) -> None:
        """What was sealed for `owner` is gone. Twice is once."""
        query = update(data_keys).where(
            data_keys.c.owner == owner, data_keys.c.destroyed_at.is_(None)
        )
        self._db.execute(query.values(wrapped=None, wrapped_by=None, destroyed_at=at))
        self._known.pop(owner, None)


def in_use(engine: Engine) -> list[str]:
    """The organisation keys that this store needs, oldest first; none for a new store."""
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, organisation_keys.name):
            return []
        query = select(organisation_keys.c.id).order_by(organisation_keys.c.number)
        return list(connection.execute(query).scalars())


def current_key(connection: Connection) -> str:
    """The organisation key that wraps what is new."""
    query = select(organisation_keys.c.id).order_by(organisation_keys.c.number.desc()).limit(1)
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise KeyUnusable("The store has not been opened with a key yet.")
    return str(found)


def unlock(connection: Connection, vault: Vault) -> None:
    """Makes the root key of a new store, and opens it at every other start.

    Raises:
        KeyUnusable: This is not the key that the records were sealed with.
    """
    keys = DataKeys(connection, vault)
    if connection.execute(select(organisation_keys)).first() is None:
        first = {"number": 1, "id": vault.provider.ids()[0]}
        connection.execute(insert(organisation_keys).values(first))
        keys.make(ROOT)
    vault.use_root(keys.of(ROOT))


def _data_key(row: Row[tuple[object, ...]]) -> DataKey:
    if row.wrapped is None:
        raise ContentDestroyed
    return DataKey(row.owner, row.wrapped_by, bytes(row.wrapped))
