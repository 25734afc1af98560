"""Runs the migrations over the connection that `records.store.migrate` hands in."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, render_as_batch=False)
with context.begin_transaction():
    context.run_migrations()
