"""`motion witness add`: a witness is asked once before it is named, and what it takes the place of is said."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn

from motion.commands import run
from motion.record.checkpoint import Cosigner, Signer, VerifierKey
from motion.witness.server import by_origin, make_app
from motion.witness.state import State
from motion.work.checkpoints import Checkpoints, load_key
from storage import published, queries
from storage.models import Witness
from storage.store import Store
from tests.databases import free_port

NOW = datetime(2031, 11, 15, 14, 32, tzinfo=UTC)
ORIGIN = "motion.example/ormeline/log"
STRANGER = Cosigner("temoin.example", bytes(32)).verifier.encode()


class Desk:
    """A congress, and the command line beside it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.environment = {
            "MOTION_DATA": str(folder / "data"),
            "MOTION_BASE_URL": "https://motion.example",
            "LANG": "fr_FR.UTF-8",
        }
        day = ("--starts", "2031-11-14", "--ends", "2031-11-16", "--secretariat", "s@ormeline.example")
        assert run(["congress", "new", "Congrès", "--slug", "ormeline", *day], self.environment) == 0
        capsys.readouterr()
        self.store = Store(f"sqlite:///{folder / 'data' / 'motion.sqlite'}")
        self.seed = load_key(self.store, folder / "data")

    def sign(self) -> None:
        """Sign what there is."""
        Checkpoints(self.store, self.seed).sign_due(NOW)

    @property
    def key(self) -> VerifierKey:
        """The key of the record."""
        return Signer(ORIGIN, self.seed).verifier

    def add(self, key: str, url: str, *more: str) -> tuple[int, str, str]:
        """`motion witness add`: its status, what it said, and what it warned of."""
        status = run(["witness", "add", "ormeline", key, url, *more], self.environment)
        said = self._capsys.readouterr()
        return status, said.out, said.err

    def named(self) -> list[Witness]:
        """The witnesses that are relied on."""
        congress = self.store.read_now(queries.congress_by_slug, "ormeline")
        assert congress is not None and congress.id is not None
        return self.store.read_now(published.named, congress.id)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """A congress of which something is signed."""
    made = Desk(tmp_path, capsys)
    made.sign()
    yield made
    made.store.close()


@contextmanager
def witness(folder: Path, *keys: VerifierKey) -> Iterator[tuple[str, str]]:
    """A witness of these records, on a port of its own: its key, and its address."""
    state = State.open(folder, "temoin.example")
    port = free_port()
    app = make_app(state, by_origin(list(keys)), lambda: int(NOW.timestamp()))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield state.signer.verifier.encode(), f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        state.close()


class TestAsked:
    """Before it is named."""

    def test_one_that_cosigns_is_named(self, desk: Desk) -> None:
        """And it knows the record from then on."""
        with witness(desk.folder / "temoin", desk.key) as (key, address):
            assert desk.add(key, address) == (0, "Témoin nommé. Il sera interrogé au prochain état signé.\n", "")
        assert [(row.key, row.url) for row in desk.named()] == [(key, address)]

    def test_before_anything_is_signed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The empty record is shown to it."""
        desk = Desk(tmp_path, capsys)
        with witness(tmp_path / "temoin", desk.key) as (key, address):
            status, _said, warned = desk.add(key, address)
        assert (status, warned, len(desk.named())) == (0, "", 1)
        desk.store.close()

    def test_a_dead_address_is_refused(self, desk: Desk) -> None:
        """Unless somebody insists: then it is said all the same."""
        address = f"http://127.0.0.1:{free_port()}"
        status, said, warned = desk.add(STRANGER, address)
        assert (status, said, desk.named()) == (1, "", [])
        assert f"Rien ne répond à {address}." in warned and "--force" in warned
        status, said, warned = desk.add(STRANGER, address, "--force")
        assert status == 0 and "Témoin nommé" in said and "Rien ne répond" in warned
        assert [row.url for row in desk.named()] == [address]

    def test_one_that_has_another_key_is_refused(self, desk: Desk) -> None:
        """Its signature is not that of the line that was given."""
        with witness(desk.folder / "temoin", desk.key) as (_key, address):
            status, _said, warned = desk.add(STRANGER, address)
        assert status == 1 and "signe d’une autre clé" in warned and desk.named() == []

    def test_one_that_does_not_know_the_record_is_refused(self, desk: Desk) -> None:
        """The sentence says what its operator was not given."""
        with witness(desk.folder / "temoin", Signer("autre.example/log", bytes(32)).verifier) as (key, address):
            status, _said, warned = desk.add(key, address)
        assert status == 1 and "Lui a-t-on remis la ligne de clé du registre\u202f?" in warned


class TestReplaced:
    """Said, never silent."""

    def test_another_address_and_another_key(self, desk: Desk) -> None:
        """The key says who it is; one that began anew stands beside its former self until that is removed."""
        with witness(desk.folder / "temoin", desk.key) as (key, address):
            desk.add(key, address)
            assert desk.add(key, address)[1] == "Ce témoin était déjà nommé, à cette adresse.\n"
        with witness(desk.folder / "temoin", desk.key) as (key, moved):
            status, said, _warned = desk.add(key, moved)
            assert status == 0
            assert said == f"Ce témoin est désormais interrogé à {moved}, et non plus à {address}.\n"
            assert [row.url for row in desk.named()] == [moved]
        with witness(desk.folder / "neuf", desk.key) as (new, elsewhere):
            status, said, _warned = desk.add(new, elsewhere)
            assert status == 0 and "Un témoin de même nom ou de même adresse reste nommé" in said
            assert f"motion witness remove ormeline '{key}'" in said
        assert len(desk.named()) == 2
