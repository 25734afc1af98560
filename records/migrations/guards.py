"""Triggers that refuse to change or remove what was written, in both databases.

Source: reliability.md D1: on SQLite `INSERT OR REPLACE` walks past a DELETE trigger unless
`recursive_triggers` is on (records/engine.py turns it on), so an insert over a standing key is
refused by a trigger of its own as well.
"""

from __future__ import annotations

from alembic import op

REFUSAL = "append only"


def guard(table: str, key: str) -> None:
    """Makes `table`, whose primary key is `key` (SQL, comma-separated), append-only."""
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql(table)
    else:
        _guard_sqlite(table, key)


def _guard_sqlite(table: str, key: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    same = " AND ".join(f"{column} = NEW.{column}" for column in key.split(","))
    op.execute(  # names of our own, no input
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _guard_postgresql(table: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION heard_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION heard_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION heard_refuse()"
    )
