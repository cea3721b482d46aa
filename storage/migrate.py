"""Bringing a database to the tables of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.store import Store

# A migration that waits for a lock longer than this gives up: the service that holds it goes on serving.
LOCK_TIMEOUT_MS = 5_000


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, with the connection it shall use."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(store: Store) -> None:
    """Run the migrations that are missing, in one transaction; running it twice changes nothing.

    On PostgreSQL two processes that start together wait for each other.
    """
    with store.engine.execution_options(motion_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('motion.migrate'))"))
        command.upgrade(configuration(connection), "head")


def is_current(store: Store) -> bool:
    """Say whether the database is at this version's revision."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
