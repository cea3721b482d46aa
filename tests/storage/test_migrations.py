"""Migrations and models say the same."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

import storage.models  # noqa: F401  (fills the metadata)
from storage import migrate
from storage.store import Store


def test_the_migrated_tables_are_those_of_the_models(store: Store) -> None:
    """Nobody forgot a migration, on either database."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    """Two processes may start on the same database."""
    assert migrate.is_current(store)
    migrate.upgrade(store)
    assert migrate.is_current(store)
