"""Bringing a database to the tables of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

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

    On PostgreSQL two processes that start together wait for each other. On SQLite, where a table is altered by
    copying it, references are checked once for all before the commit (https://sqlite.org/lang_altertable.html, 7).

    Raises:
        IntegrityError: A migration would leave a reference to nothing; the database stays as it was.
    """
    with store.engine.execution_options(motion_writes=True).connect() as connection:
        if store.is_sqlite:
            _check_references(connection, False)
        try:
            with connection.begin():
                if not store.is_sqlite:
                    # Before the limit, which is for tables: whoever starts second waits as long as the first needs.
                    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('motion.migrate'))"))
                    connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
                command.upgrade(configuration(connection), "head")
                if store.is_sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).first()):
                    raise IntegrityError(f"a reference to nothing: {tuple(broken)}", None, Exception("foreign keys"))
        finally:
            if store.is_sqlite:
                _check_references(connection, True)


def _check_references(connection: Connection, immediately: bool) -> None:
    """Switch SQLite's checks of foreign keys; the driver is told directly, as a transaction would make it deaf."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={'ON' if immediately else 'OFF'}")


def is_current(store: Store) -> bool:
    """Say whether the database is at this version's revision."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
