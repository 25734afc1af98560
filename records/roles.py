"""PostgreSQL: a role that can add to the records and cannot change or remove them.

The owner of the database runs the migrations; the service signs in as a member of this role. Then
the rights, and not only the triggers, keep what was written.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from records.tables import APPEND_ONLY, data_keys, organisation_keys

SERVICE_ROLE = "heard_service"
# DBOS keeps its working state in a schema of its own. It makes its tables itself at the first
# start, and may not make the schema.
ENGINE_SCHEMA = "dbos"
SCHEMAS = ("public", ENGINE_SCHEMA)


def grant_service_role(connection: Connection) -> None:
    """Gives the role what the service needs, and takes the rest; nothing on SQLite, and nothing
    for whoever does not own the tables. Safe to repeat: a migration may have added tables."""
    if connection.dialect.name != "postgresql" or not _may_grant(connection):
        return
    if not _role_stands(connection):
        if not _may_make_roles(connection):
            return
        # Another database of this server may make it at the same moment.
        connection.execute(
            text(
                f"DO $$ BEGIN CREATE ROLE {SERVICE_ROLE} NOLOGIN; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        )
    for statement in _grants(connection):
        connection.execute(text(statement))


def _grants(connection: Connection) -> list[str]:
    made = [
        f"CREATE SCHEMA IF NOT EXISTS {ENGINE_SCHEMA}",
        f"GRANT CREATE ON SCHEMA {ENGINE_SCHEMA} TO {SERVICE_ROLE}",
    ]
    for schema in SCHEMAS:
        made += [
            f"GRANT USAGE ON SCHEMA {schema} TO {SERVICE_ROLE}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} "
            f"TO {SERVICE_ROLE}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {SERVICE_ROLE}",
        ]
    kept = ", ".join(table.name for table in APPEND_ONLY)
    return [
        *made,
        f"REVOKE UPDATE, DELETE ON {kept}, alembic_version FROM {SERVICE_ROLE}",
        f"REVOKE DELETE ON {data_keys.name} FROM {SERVICE_ROLE}",
        f"REVOKE UPDATE ON {organisation_keys.name} FROM {SERVICE_ROLE}",
    ]


def _may_grant(connection: Connection) -> bool:
    """Whether this is the owner, who may also make schemas."""
    return _yes(
        connection,
        "SELECT 1 FROM pg_class WHERE relname = 'records' AND relkind = 'r' "
        "AND pg_has_role(relowner, 'USAGE') "
        "AND has_database_privilege(current_database(), 'CREATE')",
    )


def _role_stands(connection: Connection) -> bool:
    return _yes(connection, "SELECT 1 FROM pg_roles WHERE rolname = :name", name=SERVICE_ROLE)


def _may_make_roles(connection: Connection) -> bool:
    return _yes(
        connection,
        "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolcreaterole OR rolsuper)",
    )


def _yes(connection: Connection, query: str, **values: str) -> bool:
    return connection.execute(text(query), values).first() is not None
