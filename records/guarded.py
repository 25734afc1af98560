"""Whether the triggers of the append-only tables still stand (records/migrations/guards.py)."""

from __future__ import annotations

from sqlalchemy import Connection, text

from records.tables import APPEND_ONLY, data_keys

_SQLITE = ("no_update", "no_delete", "no_replace")
_POSTGRESQL = ("no_change", "no_truncate")


def missing_guards(connection: Connection) -> list[str]:
    """One sentence for each that was dropped or switched off."""
    on_sqlite = connection.dialect.name == "sqlite"
    kinds = _SQLITE if on_sqlite else _POSTGRESQL
    wanted = {f"{table.name}_{kind}" for table in APPEND_ONLY for kind in kinds}
    wanted.add(f"{data_keys.name}_no_rewrite")
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if on_sqlite
        else "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal"
    )
    standing = set(connection.execute(text(query)).scalars())
    return [f"the guard {name} is missing" for name in sorted(wanted - standing)]
