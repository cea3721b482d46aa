"""A running service checked from outside, by programs that share no code with it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from motion.record.proof import parse_proof
from motion.record.tiles import Tile, decode_bundle, encode_bundle
from motion.record.tree import leaf_hash
from tests.servers import Served

from .fetched import fetch, get, grown, size_of
from .test_go import verify
from .test_openssl import check

CONGRESS = "ormeline"


@pytest.fixture(scope="module")
def log(service: Served) -> str:
    """The address of the demonstration's log."""
    return f"{service.address}/{CONGRESS}/log"


@pytest.fixture(scope="module")
def kept(service: Served, log: str) -> tuple[bytes, bytes]:
    """Two checkpoints: in between, people were invented and signed in."""
    first = grown(log, 0)
    service.command("seats", CONGRESS, "M1", "--count", "120")
    return first, grown(log, size_of(first) + 119)


@pytest.mark.timeout(600)
class TestGo:
    """golang.org/x/mod/sumdb, on files got over HTTP."""

    def test_holds(self, verifier: Path, log: str, kept: tuple[bytes, bytes], tmp_path: Path):
        """Signature, every entry, and consistency with the checkpoint kept from before."""
        folder = fetch(log, tmp_path / "record", kept[1], (kept[0],))
        run = verify(verifier, folder)
        assert (run.returncode, run.stdout) == (0, f"holds {size_of(kept[1])}\n"), run.stderr

    def test_an_altered_tile_fails(self, verifier: Path, log: str, kept: tuple[bytes, bytes], tmp_path: Path):
        """One bit of one hash on the way; and an entry altered together with its hash."""
        folder = fetch(log, tmp_path / "record", kept[1])
        hashes, bundle = folder / "tile/0/000", folder / "tile/entries/000"
        data = bytearray(hashes.read_bytes())
        data[40] ^= 1
        hashes.write_bytes(data)
        run = verify(verifier, folder)
        assert run.returncode == 1 and ("tree: " in run.stderr or "entry 1 is not" in run.stderr)
        entries = decode_bundle(Tile(None, 0), bundle.read_bytes())
        entries[1] = entries[1].replace(b"system", b"sistem")
        data[32:64] = leaf_hash(entries[1])
        hashes.write_bytes(data)
        bundle.write_bytes(encode_bundle(entries))
        run = verify(verifier, folder)
        assert run.returncode == 1 and "tree: " in run.stderr


class TestOpenSSL:
    """OpenSSL and the tools of every system, on files got over HTTP."""

    def test_the_checkpoint_is_signed(self, log: str, kept: tuple[bytes, bytes], tmp_path: Path):
        """By the key that the service publishes."""
        (tmp_path / "checkpoint").write_bytes(kept[1])
        (tmp_path / "log.vkey").write_bytes(get(f"{log}/log.vkey"))
        run = check("signature", tmp_path / "checkpoint", tmp_path / "log.vkey")
        assert run.returncode == 0 and "Verified Successfully" in run.stdout, run.stderr

    def test_an_entry_is_in_its_tile(self, service: Served, log: str, kept: tuple[bytes, bytes], tmp_path: Path):
        """The entry as its own address gives it."""
        (tmp_path / "entry").write_bytes(get(f"{service.address}/{CONGRESS}/registre/255.json"))
        (tmp_path / "tile").write_bytes(get(f"{log}/tile/0/000"))
        assert check("leaf", tmp_path / "entry", tmp_path / "tile", 255).returncode == 0
        run = check("leaf", tmp_path / "entry", tmp_path / "tile", 254)
        assert run.returncode == 1 and "another entry" in run.stderr


@pytest.mark.timeout(600)
class TestOthers:
    """aics-tlog and metamorphic-log: skipped with the reason where they cannot be installed."""

    def tlog(self, foreign: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(foreign / "aics-tlog"), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    def test_aics_checks_the_served_log(self, foreign: Path, log: str, kept: tuple[bytes, bytes], tmp_path: Path):
        """Checkpoint, inclusion and consistency, straight from the service, with the key had apart."""
        (tmp_path / "key").write_bytes(get(f"{log}/log.vkey"))
        (tmp_path / "old").write_bytes(kept[0])
        (tmp_path / "new").write_bytes(kept[1])
        where = ("--vkey-file", tmp_path / "key", "--tiles", log)
        run = self.tlog(foreign, "verify-checkpoint", *where)
        assert run.returncode == 0, run.stdout + run.stderr
        for index in (0, 255, size_of(kept[1]) - 1):
            run = self.tlog(foreign, "verify-inclusion", *where, "--index", index, "--checkpoint", tmp_path / "new")
            assert run.returncode == 0, run.stdout + run.stderr
        both = ("--old-checkpoint", tmp_path / "old", "--checkpoint", tmp_path / "new")
        run = self.tlog(foreign, "verify-consistency", *where, *both)
        assert run.returncode == 0, run.stdout + run.stderr

    def test_aics_audits_the_whole_tree(self, foreign: Path, log: str, kept: tuple[bytes, bytes], tmp_path: Path):
        """Every tile and bundle; and one altered hash in an old tile is found."""
        folder = fetch(log, tmp_path / "record", kept[1])
        program = """
import sys, aics_tlog as t
note = open(sys.argv[1] + "/checkpoint").read()
lines = note.split("\\n")
import base64
t.audit_tiles(t.FileSystemTileReader(sys.argv[1]), int(lines[1]), base64.b64decode(lines[2]))
print("audited")
"""
        command = [str(foreign / "python"), "-c", program, str(folder)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.stdout == "audited\n", run.stderr
        data = bytearray((folder / "tile/0/000").read_bytes())
        data[5] ^= 1
        (folder / "tile/0/000").write_bytes(data)
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 1 and "TileVerificationError" in run.stderr

    def test_metamorphic_checks_a_proof(self, foreign: Path, service: Served, log: str, kept: tuple[bytes, bytes]):
        """A `.tlog-proof` as a citizen has it, in a Rust core; another entry's hash is refused."""
        number = 7
        address = f"{service.address}/{CONGRESS}/registre/{number}"
        proof = parse_proof(get(f"{address}.tlog-proof"))
        values = {
            "note": proof.note.decode(),
            "key": get(f"{log}/log.vkey").decode().strip(),
            "number": number,
            "leaf": leaf_hash(get(f"{address}.json")).hex(),
            "proof": [part.hex() for part in proof.hashes],
        }
        program = """
import json, sys, metamorphic_log as m
v = json.load(sys.stdin)
proof = [bytes.fromhex(part) for part in v["proof"]]
m.checkpoint_verify(v["note"], [v["key"]])
m.checkpoint_verify_inclusion(v["note"], [v["key"]], v["number"], bytes.fromhex(v["leaf"]), proof)
try:
    m.checkpoint_verify_inclusion(v["note"], [v["key"]], v["number"], bytes(32), proof)
except m.VerifyError:
    print("holds, and another does not")
"""
        command = [str(foreign / "python"), "-c", program]
        run = subprocess.run(command, input=json.dumps(values), capture_output=True, text=True, check=False)
        assert run.stdout == "holds, and another does not\n", run.stderr
