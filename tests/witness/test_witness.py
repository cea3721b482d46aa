"""A witness of ours: the protocol over HTTP, and what it never forgets."""

import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from motion import key_files
from motion.record.checkpoint import open_checkpoint
from motion.record.witnessing import AddCheckpoint
from motion.witness.server import by_origin, make_app
from motion.witness.state import NameNeeded, State, StateLost, StateOld
from tests.record.test_witnessing import asked, log_of
from tests.record.world import ORIGIN, OTHER, SIGNER

LOGS = by_origin([SIGNER.verifier])
NAME = "temoin.ville.example"
TIME = 1_700_000_000


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A new witness."""
    state = State.open(tmp_path / "temoin", NAME)
    yield state
    state.close()


@pytest.fixture
def client(state: State) -> Iterator[TestClient]:
    """The witness, served."""
    with TestClient(make_app(state, LOGS, lambda: TIME)) as client:
        yield client


def post(client: TestClient, request: AddCheckpoint) -> tuple[int, str, str]:
    """Ask for a cosignature: status, kind, text."""
    answer = client.post("/add-checkpoint", content=request.encode())
    return answer.status_code, answer.headers["content-type"].partition(";")[0], answer.text


class TestProtocol:
    """C2SP tlog-witness, `add-checkpoint`."""

    def test_a_log_that_grows_is_cosigned(self, client: TestClient, state: State) -> None:
        """With a time; the line goes under the checkpoint as it is."""
        log = log_of(300)
        for old, new in ((0, 1), (1, 255), (255, 300), (300, 300)):
            status, _kind, line = post(client, asked(log, old, new))
            assert status == 200
            opened = open_checkpoint(log.note(new) + line.encode(), SIGNER.verifier, [state.signer.verifier])
            assert [(one.key.name, one.time) for one in opened.cosignatures] == [(NAME, TIME)]

    def test_a_rollback_is_told_the_size(self, client: TestClient) -> None:
        """409, with the size in its own content type."""
        log = log_of(30)
        post(client, asked(log, 0, 30))
        assert post(client, asked(log, 0, 12)) == (409, "text/x.tlog.size", "30\n")

    def test_a_fork_is_kept_as_evidence(self, client: TestClient, state: State) -> None:
        """With a proof of its own, at the same size, asked in the wrong way: both sides kept, once each."""
        log, fork = log_of(30), log_of(40, "Valombre")
        post(client, asked(log, 0, 30))
        for _ in range(2):
            assert post(client, asked(fork, 30, 40))[0] == 422
            assert post(client, asked(fork, 30, 30))[0] == 422
            assert post(client, asked(fork, 0, 30)) == (409, "text/x.tlog.size", "30\n")
        kept = state.evidence()
        assert [verdict for _origin, _time, verdict, _request, _last in kept] == [
            "not-proven",
            "another-root",
            "another-size",
        ]
        assert kept[0][3] == asked(fork, 30, 40).encode() and kept[0][4] == log.note(30)
        assert post(client, asked(log_of(50), 30, 50))[0] == 200

    def test_strangers(self, client: TestClient) -> None:
        """403 for another key, 404 for another log, 400 for what is no request, 413 for what is too long."""
        log = log_of(8)
        assert post(client, AddCheckpoint(0, (), log.note(8, OTHER)))[0] == 403
        assert post(client, AddCheckpoint(0, (), log.note(8).replace(b"registre", b"regestre")))[0] == 404
        assert post(client, AddCheckpoint(9, (), log.note(8)))[0] == 400
        assert client.post("/add-checkpoint", content=b"old one\n\n").status_code == 400
        assert client.post("/add-checkpoint", content=b"x" * 100_000).status_code == 413
        assert client.get("/add-checkpoint").status_code == 405

    def test_it_says_whose_it_is(self, client: TestClient, state: State) -> None:
        """The key to hand to the congress, and how far each log is."""
        post(client, asked(log_of(8), 0, 8))
        assert client.get("/").text == f"{state.signer.verifier.encode()}\n{ORIGIN} 8\n"


class TestMemory:
    """What it never forgets."""

    def test_a_restart_forgets_nothing(self, state: State, tmp_path: Path) -> None:
        """The same key, the same sizes; another root of a size already signed is refused."""
        log, fork = log_of(30), log_of(30, "Valombre")
        state.decide(asked(log, 0, 30).encode(), LOGS, TIME)
        state.close()
        again = State.open(tmp_path / "temoin")
        assert again.signer == state.signer
        assert again.last(ORIGIN) == log.checkpoint(30)
        assert again.decide(asked(fork, 30, 30).encode(), LOGS, TIME).line == ""
        again.close()

    def test_the_key_is_for_its_owner_alone(self, state: State, tmp_path: Path) -> None:
        """Made whole; nothing else of it is left in the folder."""
        assert stat.S_IMODE((tmp_path / "temoin" / "witness.key").stat().st_mode) == 0o600
        assert not [path for path in (tmp_path / "temoin").iterdir() if path.name.startswith("witness.key.")]

    def test_two_first_starts_at_once_keep_one_key(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The faster one's: both sign with it, and so does the next start."""
        make = key_files.make
        faster: list[State] = []

        def make_second(path: Path, content: bytes) -> None:
            monkeypatch.undo()
            faster.append(State.open(tmp_path / "temoin", NAME))
            make(path, content)

        monkeypatch.setattr(key_files, "make", make_second)
        slower = State.open(tmp_path / "temoin", NAME)
        again = State.open(tmp_path / "temoin")
        assert slower.signer == faster[0].signer == again.signer
        for state in (slower, faster[0], again):
            state.close()

    @pytest.mark.parametrize("lost", ["witness.sqlite", "witness.key"])
    def test_half_of_it_is_nothing(self, state: State, tmp_path: Path, lost: str) -> None:
        """A key without its state would sign a second history; a state without its key can't sign."""
        state.decide(asked(log_of(8), 0, 8).encode(), LOGS, TIME)
        state.close()
        (tmp_path / "temoin" / lost).unlink()
        with pytest.raises(StateLost):
            State.open(tmp_path / "temoin", NAME)

    def test_another_witness_s_state_is_refused(self, state: State, tmp_path: Path) -> None:
        """Key and state belong together."""
        other = State.open(tmp_path / "autre", NAME)
        other.close()
        state.close()
        shutil.copy(tmp_path / "autre" / "witness.key", tmp_path / "temoin" / "witness.key")
        with pytest.raises(StateLost):
            State.open(tmp_path / "temoin")

    def test_the_first_start_needs_a_name(self, tmp_path: Path) -> None:
        """Without blanks or plus signs."""
        for name in ("", "un témoin", "a+b"):
            with pytest.raises(NameNeeded):
                State.open(tmp_path / "neuf", name)

    def test_an_old_copy_is_recognised(self, state: State, tmp_path: Path) -> None:
        """The log shows our own cosignature on a size that the state has not reached."""
        log = log_of(30)
        state.decide(asked(log, 0, 10).encode(), LOGS, TIME)
        line = state.decide(asked(log, 10, 10).encode(), LOGS, TIME).line
        state.check_shown(log.note(10) + line.encode(), LOGS[ORIGIN])
        text = log.note(30).decode().rpartition("\n\n")[0] + "\n"
        state.check_shown(log.note(30), LOGS[ORIGIN])
        with pytest.raises(StateOld) as refused:
            state.check_shown(log.note(30) + state.signer.cosign(text, TIME).encode(), LOGS[ORIGIN])
        assert (refused.value.cosigned, refused.value.kept) == (30, 10)

    def test_two_processes_sign_one_history(self, state: State, tmp_path: Path) -> None:
        """Looking and keeping are one step, across processes."""
        log, fork = log_of(30), log_of(30, "Valombre")
        twin = State.open(tmp_path / "temoin")
        state.decide(asked(log, 0, 30).encode(), LOGS, TIME)
        assert twin.decide(asked(fork, 0, 30).encode(), LOGS, TIME).size == 30
        assert twin.last(ORIGIN) == log.checkpoint(30)
        twin.close()

    def test_the_key_is_the_owner_s_alone(self, state: State) -> None:
        """Nobody else on the machine reads it."""
        assert (state.folder / "witness.key").stat().st_mode & 0o077 == 0

    def test_killed_before_the_signature(self, tmp_path: Path) -> None:
        """What it was about to sign is kept: asked for another root of that size, it refuses."""
        program = """
import os, signal, sys
from pathlib import Path
from motion.record.checkpoint import Cosigner
from motion.witness.state import State
from tests.witness.test_witness import LOGS, NAME, TIME, asked, log_of
state = State.open(Path(sys.argv[1]), NAME)
Cosigner.cosign = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
state.decide(asked(log_of(30), 0, 30).encode(), LOGS, TIME)
"""
        run = subprocess.run([sys.executable, "-c", program, str(tmp_path / "t")], cwd=Path(__file__).parents[2])
        assert run.returncode == -signal.SIGKILL
        state = State.open(tmp_path / "t")
        fork = log_of(30, "Valombre")
        assert state.decide(asked(fork, 0, 30).encode(), LOGS, TIME).size == 30
        assert state.decide(asked(log_of(30), 30, 30).encode(), LOGS, TIME).line
        state.close()
