"""Fixtures that every room uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.store import Store
from tests import databases, object_store


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server for the whole run."""
    with databases.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """An S3-compatible server for the whole run."""
    with object_store.seaweedfs() as base:
        yield base


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'motion.sqlite'}"
    return databases.new_database(request.getfixturevalue("postgresql_server"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated store on each kind of database."""
    store = Store(database_url)
    migrate.upgrade(store)
    yield store
    store.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """A migrated store on the embedded default, for tests in which the database is not the subject."""
    store = Store(f"sqlite:///{tmp_path / 'motion.sqlite'}")
    migrate.upgrade(store)
    yield store
    store.close()
