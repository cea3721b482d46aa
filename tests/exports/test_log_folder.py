"""The record as a folder: what the addresses serve, the same bytes each time, whole or without its checkpoint."""

from pathlib import Path

import pytest

from motion.exports.log_folder import ChangedMeanwhile, NothingSigned, write_log
from motion.record.verify import main as verify
from motion.work.checkpoints import Checkpoints
from storage import migrate
from storage.store import Store
from tests import worlds
from tests.audit.forger import size_of
from tests.audit.world import SEED, Published, publish


@pytest.fixture(scope="module")
def congress(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The scripted congress of the auditor's tests."""
    return publish(tmp_path_factory.mktemp("congress"))


@pytest.fixture
def store(tmp_path: Path):
    """A congress with one motion, nothing of which is signed."""
    store = Store(f"sqlite:///{tmp_path / 'motion.sqlite'}")
    migrate.upgrade(store)
    worlds.make(store)
    yield store
    store.close()


def files(folder: Path) -> dict[str, bytes]:
    """Every file, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(store: Store, folder: Path, **options):
    """Write the log of the only congress."""
    return write_log(store, 1, folder, address="https://motion.example/ormeline/log", **options)


class TestFolder:
    """The layout of FORMAT.md, "Published"."""

    def test_is_what_the_addresses_serve(self, congress: Published):
        """File by file, byte for byte."""
        written, size = files(congress.folder / "log"), size_of(congress.folder / "log")
        assert sum(path.startswith("checkpoints/") for path in written) == 2
        assert {"checkpoint", "log.vkey", "policy", "redactions.json", f"tile/0/000.p/{size}"} < written.keys()
        assert congress.served == written

    def test_is_the_same_each_time(self, congress: Published):
        """Byte for byte."""
        assert files(congress.again) == files(congress.folder / "log")

    def test_is_accepted_by_the_record_alone(self, congress: Published, capsys: pytest.CaptureFixture[str]):
        """Without any other part of the program."""
        assert verify([str(congress.folder), congress.key]) == 0
        assert capsys.readouterr().out.startswith("holds: ")

    def test_grows_in_its_place(self, store: Store, tmp_path: Path):
        """What was not full is replaced; progress is told."""
        checkpoints = Checkpoints(store, SEED)
        checkpoints.sign_due(worlds.NOW)
        small = write(store, tmp_path / "log")
        world_session(store)
        checkpoints.sign_due(worlds.NOW)
        told: list[tuple[int, int]] = []
        large = write(store, tmp_path / "log", progress=lambda done, total: told.append((done, total)))
        assert large.size == small.size + 300 and told[-1] == (large.size, large.size) and len(told) == 2
        assert write(store, tmp_path / "fresh") == large
        assert files(tmp_path / "fresh") == files(tmp_path / "log")


def world_session(store: Store) -> None:
    """Three hundred acts more."""

    def sign_in(db) -> None:
        for number in range(300):
            worlds.session(db, 1, 1, f"again-{number}")

    store.write_now(sign_in)


class TestRefusals:
    """A folder with a checkpoint is a whole one."""

    def test_nothing_is_written_of_what_is_not_signed(self, store: Store, tmp_path: Path):
        """A record without a root has nothing to show."""
        with pytest.raises(NothingSigned):
            write(store, tmp_path / "log")
        assert not (tmp_path / "log").exists()

    def test_what_was_withdrawn_since_the_last_root_waits_for_the_next(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        """Else the folder would miss an object without saying why."""
        checkpoints = Checkpoints(store, SEED)
        checkpoints.sign_due(worlds.NOW)
        written = write(store, tmp_path / "log")
        monkeypatch.setattr("motion.exports.log_folder.redactions.last", lambda db, congress: written.size)
        with pytest.raises(ChangedMeanwhile):
            write(store, tmp_path / "log")
        assert not (tmp_path / "log" / "checkpoint").exists()
        seen = iter((0, 3))
        monkeypatch.setattr("motion.exports.log_folder.redactions.last", lambda db, congress: next(seen))
        with pytest.raises(ChangedMeanwhile):
            write(store, tmp_path / "log")
        assert not (tmp_path / "log" / "checkpoint").exists()
