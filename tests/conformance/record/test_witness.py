"""The witness protocol with others: our log and their witness, their rules and our witness, over HTTP."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from motion import outgoing
from motion.record.checkpoint import open_checkpoint, parse_verifier_key
from motion.record.tree import consistency_proof
from motion.record.witnessing import AddCheckpoint, cosignature_lines
from tests.databases import free_port
from tests.record.test_witnessing import log_of
from tests.record.world import SIGNER, Log
from tests.servers import clean_environment, serving

from .fetched import get, grown, size_of

START_SECONDS = 20


@contextmanager
def running(command: list[str], address: str, folder: Path) -> Iterator[str]:
    """Run a witness until the block ends; give what it printed when it answers."""
    with (folder / "witness.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=clean_environment(), cwd=Path.cwd())
    try:
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                outgoing.ask(f"{address}/")
                break
            except outgoing.NoAnswer:
                said = (folder / "witness.log").read_text()
                assert process.poll() is None and time.monotonic() < limit, said
                time.sleep(0.05)
        yield (folder / "witness.log").read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_SECONDS)


def ours(folder: Path, address: str, *log_keys: str) -> list[str]:
    """The command of our witness."""
    command = [sys.executable, "-m", "motion", "witness", "serve", "--data", str(folder / "state")]
    command += ["--port", address.rpartition(":")[2], "--name", "temoin.example"]
    return command + [part for key in log_keys for part in ("--log", key)]


def ask(address: str, log: Log, old: int, new: int) -> outgoing.Answer:
    """Show a checkpoint to a witness."""
    proof = tuple(consistency_proof(old, new, log.hashes))
    return outgoing.ask(f"{address}/add-checkpoint", AddCheckpoint(old, proof, log.note(new)).encode())


def exchange(address: str, key_line: str) -> None:
    """What every witness must answer, in order."""
    log, fork = log_of(700), log_of(700, "Valombre")
    key = parse_verifier_key(key_line)
    for old, new in ((0, 1), (1, 257), (257, 700), (700, 700)):
        answer = ask(address, log, old, new)
        assert answer.status == 200, answer
        line = cosignature_lines(log.note(new), answer.content, key)
        assert open_checkpoint(log.note(new) + line.encode(), SIGNER.verifier, [key]).cosignatures
    behind = ask(address, log, 0, 300)
    assert (behind.status, behind.kind, behind.content) == (409, "text/x.tlog.size", b"700\n")
    longer = log_of(800, "Valombre")
    assert ask(address, longer, 700, 800).status == 422
    assert ask(address, fork, 700, 700).status == 422
    stranger = AddCheckpoint(0, (), log.note(5).replace(b"registre.", b"regestre."))
    assert outgoing.ask(f"{address}/add-checkpoint", stranger.encode()).status == 404
    unsigned = AddCheckpoint(700, (), log.note(700).replace(b"\n700\n", b"\n701\n"))
    assert outgoing.ask(f"{address}/add-checkpoint", unsigned.encode()).status == 403
    assert outgoing.ask(f"{address}/add-checkpoint", b"old x\n\n").status == 400
    assert ask(address, log_of(900), 700, 900).status == 200


def test_ours_answers_by_the_specification(tmp_path: Path):
    """And again after a restart, with the same key and the same memory."""
    address = f"http://127.0.0.1:{free_port()}"
    command = ours(tmp_path, address, SIGNER.verifier.encode())
    with running(command, address, tmp_path) as said:
        key = next(word for word in said.split() if word.startswith("temoin.example+"))
        exchange(address, key)
    with running(command, address, tmp_path):
        assert outgoing.ask(f"{address}/").content.decode().split()[0] == key
        assert ask(address, log_of(900), 0, 900).content == b"900\n"


@pytest.mark.timeout(600)
def test_theirs_gives_the_same_answers(foreign: Path, tmp_path: Path):
    """aics-witness, put through the same exchange: what we ask and expect is not of our own making."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    config = ("--config", str(tmp_path / "witness.json"))
    program = str(foreign / "aics-witness")
    names = ("--name", "temoin.example/w1", "--listen", f"127.0.0.1:{port}")
    made = subprocess.run([program, "init", *config, *names], capture_output=True, text=True, check=True)
    key = next(word for word in (made.stdout + made.stderr).split() if word.startswith("temoin.example/w1+"))
    log = ("--origin", SIGNER.name, "--vkey", SIGNER.verifier.encode())
    subprocess.run([program, "add-log", *config, *log], capture_output=True, check=True)
    with running([program, "serve", *config], address, tmp_path):
        exchange(address, key)
    kept = subprocess.run([program, "evidence", *config], capture_output=True, text=True, check=True)
    assert json.loads(kept.stdout)


@pytest.mark.timeout(600)
def test_a_congress_is_watched_over(tmp_path: Path):
    """The real programs: `motion serve`, `motion witness serve`, `motion witness add`; then the database grows old."""
    address = f"http://127.0.0.1:{free_port()}"
    data, port = tmp_path / "data", free_port()
    day = ("--starts", "2031-11-14", "--ends", "2031-11-16", "--secretariat", "s@ormeline.example")
    with serving(data, port=port) as served:
        served.command("congress", "new", "Congrès d’Ormeline", "--slug", "ormeline", *day)
        log = f"{served.address}/ormeline/log"
        grown(log, 0)
        log_key = get(f"{log}/log.vkey").decode().strip()
        with running(ours(tmp_path, address, log_key), address, tmp_path) as said:
            key = next(word for word in said.split() if word.startswith("temoin.example+"))
            served.command("witness", "add", "ormeline", key, address)
            limit = time.monotonic() + 20
            note = b""
            while "— temoin.example" not in note.decode():
                assert time.monotonic() < limit, note
                time.sleep(0.1)
                note = get(f"{log}/checkpoint")
            opened = open_checkpoint(note, parse_verifier_key(log_key), [parse_verifier_key(key)])
            assert len(opened.cosignatures) == 1
            assert f"witness temoin.example {key} {address}\n" in get(f"{log}/policy").decode()
            listed = served.command("witness", "list", "ormeline").stdout
            assert "1 sur 1" in listed and key in listed
            assert size_of(get(f"{log}/checkpoint.latest")) == size_of(note)
    witness = running(ours(tmp_path, address, log_key), address, tmp_path)
    database = data / "motion.sqlite"
    program = f"""
import sqlite3
with sqlite3.connect({str(database)!r}) as db:
    for table in ("checkpoint", "entry", "log_tile"):
        column = {{"checkpoint": "size", "entry": "number", "log_tile": "level"}}[table]
        db.execute(f"DELETE FROM {{table}} WHERE {{column}} >= 2" if table != "log_tile" else "DELETE FROM log_tile")
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    for path in (data / "signed").iterdir():  # the folder of another machine: only the witness remembers
        path.unlink()
    with witness, pytest.raises(AssertionError) as refused, serving(data, port=port):
        pass
    assert "une sauvegarde ancienne a été restaurée" in str(refused.value)
    assert address in str(refused.value)
