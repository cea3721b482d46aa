"""One scripted congress for all tests of the auditor, published once; each test rewrites a copy."""

from pathlib import Path

import pytest

from .forger import Forger
from .world import Published, publish


@pytest.fixture(scope="session")
def congress(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The congress as it was published."""
    return publish(tmp_path_factory.mktemp("congress"))


@pytest.fixture
def forger(congress: Published, tmp_path: Path) -> Forger:
    """Somebody with a copy of it."""
    return Forger(congress.folder, tmp_path / "ormeline")
