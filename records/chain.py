"""The chain: every written row hashed with the one before it, over ciphertext and metadata.

Rows of several tables (`CHAINED`) stand in one line, each at its `position`. The canonical form
of a row is given byte by byte in docs/records.md. Content is hashed sealed, so that destroying a
key leaves the chain whole. Anybody can check a hash; only who has the key can make the `mac` of
it, so that nobody adds a row with access to the database alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from records.fitting import fitting
from records.tables import chain_head
from records.vault import Vault

GENESIS = "0" * 64
# Made once: a hundred thousand rows are hashed at a time.
_JSON = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


class Chain:
    """Adds rows to the end of the chain. Other writers wait until the transaction is over."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault

    def append(self, table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
        """Writes one row of a chained table; returns it with what was added."""
        row = fitting(table, values)
        position, previous = self.lock()
        row["position"] = position
        row["hash"] = row_hash(canonical(table, row, previous))
        row["mac"] = mac_of(self._vault, row["hash"])
        self._db.execute(insert(table).values(row))
        self._db.execute(update(chain_head).values(position=position, hash=row["hash"]))
        return row

    def lock(self) -> tuple[int, str]:
        """The next position and the hash before it. Who looks before it writes takes this first:
        otherwise two see that something is not there, and both write it."""
        head = self._db.execute(select(chain_head).with_for_update()).one()
        return head.position + 1, head.hash


def canonical(table: Table, row: Mapping[str, Any], previous: str) -> str:
    """The text that is hashed: JSON of every column but hash and mac, in the table's order."""
    content: dict[str, Any] = {"table": table.name}
    for column in _hashed(table):
        content[column] = _canonical(row[column])
    content["previous"] = previous
    return _JSON.encode(content)


@cache
def _hashed(table: Table) -> tuple[str, ...]:
    return tuple(name for name in table.columns.keys() if name not in ("hash", "mac"))  # noqa: SIM118


def row_hash(text: str) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def mac_of(vault: Vault, hash_: str) -> str:
    """HMAC-SHA256 of a row's hash, under a key of the store."""
    return hmac.digest(vault.derive("chain"), hash_.encode(), "sha256").hex()


def instant(at: datetime) -> str:
    """A time as it stands in hashed and signed text: YYYY-MM-DDTHH:MM:SS.ffffffZ.

    Raises:
        ValueError: Nobody could say when it was.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a time zone")
    in_utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return in_utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return value
