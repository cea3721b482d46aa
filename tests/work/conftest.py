"""A congress, and where its files are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.blobs import Blobs, from_url
from storage.store import Store
from tests import worlds
from tests.worlds import World


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


@pytest.fixture
def blobs(tmp_path: Path) -> Iterator[Blobs]:
    found = from_url("", tmp_path)
    yield found
    found.close()
