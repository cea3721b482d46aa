"""A power cut at every step of append, sign and publish: nothing acknowledged is missing, and one history is signed."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from motion.acts import witnesses
from motion.outgoing import Answer
from motion.record.checkpoint import open_checkpoint
from motion.record.tree import leaf_hash, root_of
from motion.witness.server import by_origin
from motion.witness.state import State
from motion.work.checkpoints import Checkpoints
from motion.work.publishing import Publisher
from motion.work.signed_aside import SignedAside
from storage import ledger, published, signed_roots
from storage.published import Witnessed
from storage.store import Store
from tests.work.cuts import ROOT, cut
from tests.work.dying_signer import NOW, ORIGIN, SEED, STEPS
from tests.work.test_checkpoints import append, found


def world(store: Store, folder: Path) -> int:
    """A congress with one witness."""
    congress_id = found(store)
    state = State.open(folder / "witness", "temoin.example")
    key = state.signer.verifier.encode()
    state.close()
    store.write_now(witnesses.name, None, congress_id, key, "https://temoin.example", now=NOW)
    return congress_id


def recover(store: Store, folder: Path, congress_id: int) -> None:
    """Start again, as the service does, and go on; then look at everything that anyone ever saw."""
    aside = SignedAside.beside(folder)
    checkpoints = Checkpoints(store, SEED, aside)
    checkpoints.verify()
    key = checkpoints.signer(ORIGIN).verifier
    state = State.open(folder / "witness")

    def send(_url: str, body: bytes | None) -> Answer:
        decision = state.decide(body or b"", by_origin([key]), 1_700_000_100)
        if decision.line:
            return Answer(200, "text/plain", decision.line.encode())
        return Answer(409, "text/x.tlog.size", f"{decision.size}\n".encode())

    publisher = Publisher(store, send)
    publisher.compare(checkpoints.signer)
    beside = aside.read(key)
    append(store, congress_id, 50)
    assert checkpoints.sign_due(NOW) == 1
    assert publisher.publish_due(NOW + timedelta(hours=1)) == 1
    assert store.read_now(published.witnesses, congress_id) == Witnessed(1, 1)
    assert state.evidence() == []
    publisher.close()
    state.close()

    contents = store.read_now(ledger.contents, congress_id, 0, 100_000)
    leaves = [leaf_hash(content) for content in contents]
    acknowledged = (folder / "acknowledged").read_text().split() if (folder / "acknowledged").exists() else []
    assert all(int(number) < len(contents) for number in acknowledged)
    shown = (folder / "shown").read_bytes().split(b"\0")[:-1] if (folder / "shown").exists() else []
    roots = [open_checkpoint(note, key).checkpoint for note in shown] + ([beside] if beside else [])
    assert [root.root for root in roots] == [root_of(leaves[: root.size]) for root in roots]
    last = store.read_now(signed_roots.last, congress_id)
    assert last is not None and (last.size, last.root) == (len(leaves), root_of(leaves))


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(store: Store, tmp_path: Path, step: str) -> None:
    """On both databases."""
    congress_id = world(store, tmp_path)
    cut("dying_signer", store.url, str(tmp_path), step)
    assert (tmp_path / "shown").read_bytes()
    recover(store, tmp_path, congress_id)


def test_killed_at_any_moment(sqlite_store: Store, tmp_path: Path) -> None:
    """Twelve times, wherever it is; each time the next one goes on."""
    congress_id = world(sqlite_store, tmp_path)
    for turn in range(12):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.work.dying_signer", sqlite_store.url, str(tmp_path), "never"],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        limit = time.monotonic() + 20
        before = (tmp_path / "acknowledged").stat().st_size if (tmp_path / "acknowledged").exists() else 0
        while process.poll() is None and time.monotonic() < limit:
            if (tmp_path / "acknowledged").exists() and (tmp_path / "acknowledged").stat().st_size > before:
                break
        time.sleep(0.004 * turn)
        process.kill()
        process.wait()
    recover(sqlite_store, tmp_path, congress_id)


@pytest.mark.parametrize("persisted", [True, False])
def test_a_commit_that_seemed_to_fail(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, persisted: bool
) -> None:
    """The database went away while it answered: lost or kept, the same process goes on with one history."""
    congress_id = world(store, tmp_path)
    checkpoints = Checkpoints(store, SEED, SignedAside.beside(tmp_path))
    checkpoints.sign_due(NOW)
    append(store, congress_id, 300)
    whole = store.write_now

    def cut(function: Any, *args: Any, **kwargs: Any) -> None:
        def then_lost(db: Session) -> None:
            function(db, *args, **kwargs)
            raise OSError("connection lost")

        if persisted:
            whole(function, *args, **kwargs)
            raise OSError("connection lost")
        whole(then_lost)

    with monkeypatch.context() as patched:
        patched.setattr(store, "write_now", cut)
        with pytest.raises(OSError, match="lost"):
            checkpoints.sign_due(NOW)
    signed = store.read_now(signed_roots.last, congress_id)
    assert signed is not None and signed.size == (304 if persisted else 4)
    append(store, congress_id, 1)
    assert checkpoints.sign_due(NOW) == 1
    recover(store, tmp_path, congress_id)
