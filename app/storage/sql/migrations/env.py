"""Alembic's entry: it migrates over the connection that schema.py hands it, in its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
