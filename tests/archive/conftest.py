"""The scripted congress of the auditor's tests, copied once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from motion.archive.export import Copied, export
from motion.settings import Settings
from storage.store import Store
from tests.archive.hall import Hall
from tests.audit.world import Script, play


@dataclass(frozen=True)
class Export:
    """The congress, and its folder."""

    script: Script
    settings: Settings
    folder: Path
    copied: Copied
    root: Path

    @property
    def store(self) -> Store:
        return self.script.store

    def again(self, folder: Path) -> Copied:
        """Copy it once more."""
        return export(self.settings, self.store, "ormeline", folder, wait_s=2)


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Export]:
    """The congress in a folder. Whoever changes it works on a copy."""
    root = tmp_path_factory.mktemp("exported")
    script, rooms = play(root / "service")
    folder = root / "ormeline"
    copied = export(rooms.settings, script.store, "ormeline", folder, wait_s=2)
    yield Export(script, rooms.settings, folder, copied, root)
    script.store.close()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress without a copy."""
    made = Hall(tmp_path / "service")
    with made.public, made.clerk:
        yield made
    made.script.store.close()
