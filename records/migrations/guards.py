"""Triggers that refuse to change or remove what was written, in both databases.

Source: reliability.md D1. On SQLite `INSERT OR REPLACE` walks past a DELETE trigger unless
`recursive_triggers` is on (records/engine.py turns it on, but whoever opens the file with another
tool does not), so an insert over a standing key, unique value or row id is refused by a trigger
of its own as well. On PostgreSQL the triggers fire in replica sessions too.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

REFUSAL = "append only"
REFUSE = "heard_refuse"


def guard(table: str, *keys: str) -> None:
    """Makes `table` append-only. `keys`: its primary key and every unique key (SQL columns,
    comma-separated)."""
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql(table, "UPDATE OR DELETE")
    else:
        _refuse_sqlite(table, ("UPDATE", "DELETE"))
        _no_replace_sqlite(table, keys)


def guard_keys(table: str) -> None:
    """Data keys: a key can be wrapped anew or destroyed; a destroyed one stays so; no row goes."""
    broken = (
        "NEW.owner <> OLD.owner OR OLD.wrapped IS NULL "
        "OR (NEW.wrapped IS NULL) <> (NEW.destroyed_at IS NOT NULL) "
        "OR (NEW.wrapped IS NULL) <> (NEW.wrapped_by IS NULL)"
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql(table, "DELETE")
        op.execute(
            f"CREATE TRIGGER {table}_no_rewrite BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN ({broken}) EXECUTE FUNCTION {REFUSE}()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_rewrite")
        return
    _refuse_sqlite(table, ("DELETE",))
    _no_replace_sqlite(table, ("owner",))
    op.execute(
        f"CREATE TRIGGER {table}_no_rewrite BEFORE UPDATE ON {table} WHEN {broken} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _refuse_sqlite(table: str, verbs: Sequence[str]) -> None:
    for verb in verbs:
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _no_replace_sqlite(table: str, keys: Sequence[str]) -> None:
    same = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in key.split(",")) + ")"
        for key in (*keys, "rowid")
    )
    op.execute(  # names of our own, no input
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _guard_postgresql(table: str, verbs: str) -> None:
    op.execute(
        f"CREATE OR REPLACE FUNCTION {REFUSE}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE {verbs} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {REFUSE}()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}()"
    )
    for trigger in ("no_change", "no_truncate"):
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{trigger}")
