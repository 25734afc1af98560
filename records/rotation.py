"""A new organisation key, while everything runs.

The order makes it safe to be killed at any moment and to be started again: the new key stands in
the key file before a row needs it, every row is wrapped anew before the old key is retired, and
the database itself refuses to retire a key that a row still names (records/keys.py). Every step
finds out by itself whether it was done.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from sqlalchemy import Engine, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from casework.errors import KeyUnusable, StoreUnavailable
from records.engine import as_unavailable
from records.files import write_private
from records.keyring import ENVIRONMENT, KEY_BYTES, KeyRing, encode, key_id_of, read_key_file
from records.keys import in_use
from records.tables import data_keys, organisation_keys
from records.vault import DataKey, Vault

AT_ONCE = 200
# Somebody may still be writing under the old key; it is tried again, and for good only then.
TRIES = 5


def rotate(engine: Engine, ring: KeyRing, say: Callable[[str], None]) -> str:
    """Exchanges the organisation's key; goes on with a rotation that was cut short.

    Returns the id of the new key. What it replaced is put beside it as `retired.key`: backups
    made before need it.

    Raises:
        KeyUnusable: The key is in HEARD_KEY, and no second one stands there.
        StoreUnavailable: Rows under the old key keep coming.
    """
    with as_unavailable():
        return _rotate(engine, ring, say)


def _rotate(engine: Engine, ring: KeyRing, say: Callable[[str], None]) -> str:
    new = _unfinished(engine) or _introduce(engine, ring)
    say(f"Key {new} wraps what is new from now on.")
    vault = Vault(ring)
    for _ in range(TRIES):
        rewrapped = _rewrap(engine, vault, new)
        say(f"{rewrapped} data keys were wrapped anew.")
        if _retire(engine, new):
            _put_away(ring, new)
            return new
    raise StoreUnavailable("Rows under the old key keep coming. Run heard keys rotate again.")


def _unfinished(engine: Engine) -> str | None:
    """The key of a rotation that was cut short after it began."""
    ids = in_use(engine)
    return ids[-1] if len(ids) > 1 else None


def _introduce(engine: Engine, ring: KeyRing) -> str:
    """The new key: first in the file, then in the database. A key that is in the file and was
    never used is one that an earlier try made."""
    used = in_use(engine)
    waiting = [one for one in ring.ids() if one not in used]
    if not waiting and ring.path is None:
        raise KeyUnusable(
            f"The key is in {ENVIRONMENT}. Put a new one behind it, with a comma between (make it "
            "with: openssl rand -base64 32), start Heard again, and then run this again."
        )
    if not waiting:
        made = os.urandom(KEY_BYTES)
        ring.replace([*ring.held(), made])
        waiting = [key_id_of(made)]
    with engine.begin() as connection:
        number = connection.execute(select(func.max(organisation_keys.c.number))).scalar_one()
        values = {"number": number + 1, "id": waiting[0]}
        connection.execute(insert(organisation_keys).values(values))
    return waiting[0]


def _rewrap(engine: Engine, vault: Vault, new: str) -> int:
    """In small transactions, so that nobody waits. Returns how many."""
    count = 0
    while batch := _batch(engine, vault, new):
        count += batch
    return count


def _batch(engine: Engine, vault: Vault, new: str) -> int:
    old = select(data_keys).where(data_keys.c.wrapped_by != new).limit(AT_ONCE)
    with engine.begin() as connection:
        rows = connection.execute(old.with_for_update(skip_locked=True)).all()
        keys = [DataKey(row.owner, row.wrapped_by, bytes(row.wrapped)) for row in rows]
        anew = [{"whose": k.owner, "wrapped": vault.rewrap(k, new).wrapped} for k in keys]
        if anew:
            mine = update(data_keys).where(data_keys.c.owner == bindparam("whose"))
            connection.execute(mine.values(wrapped_by=new, wrapped=bindparam("wrapped")), anew)
    return len(rows)


def _retire(engine: Engine, new: str) -> bool:
    """Whether no row names another key any more; the database has the last word."""
    try:
        with engine.begin() as connection:
            others = delete(organisation_keys).where(organisation_keys.c.id != new)
            connection.execute(others)
    except (IntegrityError, OperationalError):
        return False
    return True


def _put_away(ring: KeyRing, new: str) -> None:
    """The old keys leave the key file, and are not thrown away."""
    old = [key for key in ring.held() if key_id_of(key) != new]
    if ring.path is None or not old:
        return
    kept = retired_file(ring.path)
    earlier = read_key_file(kept) if kept.exists() else []
    write_private(kept, encode(_once([*earlier, *old])))
    ring.replace([ring.key(new)])


def retired_file(key_file: Path) -> Path:
    """Where keys go that were replaced."""
    return key_file.with_name("retired.key")


def _once(keys: Iterable[bytes]) -> list[bytes]:
    return list(dict.fromkeys(keys))
