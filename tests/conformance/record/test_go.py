"""The packages of the Go checksum database check the record, without a line of ours."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from motion.record.checkpoint import sign_checkpoint
from tests.record.world import OTHER

from .published import long_log, publish


def verify(verifier: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier on a published record."""
    return subprocess.run([str(verifier), str(folder)], capture_output=True, text=True, check=False)


@pytest.mark.timeout(600)  # the first test installs and builds
class TestGo:
    """golang.org/x/mod/sumdb: note, tlog."""

    @pytest.mark.parametrize(
        ("size", "older"),
        [(1, (0, 1)), (2, (1,)), (255, (2, 254)), (256, (255,)), (257, (1, 256)), (1500, (3, 256, 700, 1499))],
    )
    def test_holds(self, verifier: Path, tmp_path: Path, size: int, older: tuple[int, ...]):
        """Signature, every entry, and consistency with every checkpoint kept."""
        run = verify(verifier, publish(long_log(size), tmp_path / "record", older))
        assert (run.returncode, run.stdout) == (0, f"holds {size}\n"), run.stderr

    def test_flipped_byte_fails(self, verifier: Path, tmp_path: Path):
        """In an entry: the entry is named."""
        folder = publish(long_log(300), tmp_path / "record")
        path = folder / "tile/entries/001.p/44"
        data = bytearray(path.read_bytes())
        data[40] ^= 1
        path.write_bytes(data)
        run = verify(verifier, folder)
        assert run.returncode == 1 and "entry 256 is not the one that was signed" in run.stderr

    def test_swapped_entries_fail(self, verifier: Path, tmp_path: Path):
        """In the bundle only, or in the whole tree, which then has another root than the one signed."""
        good, log = long_log(20), long_log(20)
        log.entries[7], log.entries[8] = log.entries[8], log.entries[7]
        folder = publish(log, tmp_path / "record")
        (folder / "checkpoint").write_bytes(good.note())
        run = verify(verifier, folder)
        assert run.returncode == 1 and "tree: " in run.stderr
        folder = publish(good, tmp_path / "again")
        swapped = (tmp_path / "record/tile/entries/000.p/20").read_bytes()
        (folder / "tile/entries/000.p/20").write_bytes(swapped)
        run = verify(verifier, folder)
        assert run.returncode == 1 and "entry 7 is not the one that was signed" in run.stderr

    def test_edited_checkpoint_fails(self, verifier: Path, tmp_path: Path):
        """One digit of the size."""
        folder = publish(long_log(20), tmp_path / "record")
        path = folder / "checkpoint"
        path.write_bytes(path.read_bytes().replace(b"\n20\n", b"\n19\n"))
        run = verify(verifier, folder)
        assert run.returncode == 1 and "invalid signature" in run.stderr

    def test_another_key_fails(self, verifier: Path, tmp_path: Path):
        """The same name, another key."""
        log = long_log(20)
        folder = publish(log, tmp_path / "record")
        (folder / "checkpoint").write_bytes(sign_checkpoint(log.checkpoint(), [OTHER]))
        run = verify(verifier, folder)
        assert run.returncode == 1 and "no verifiable signatures" in run.stderr

    def test_rewritten_history_fails(self, verifier: Path, tmp_path: Path):
        """Signed again by the true key: a checkpoint that somebody kept gives it away."""
        log = long_log(300)
        kept = log.note(200)
        log.entries[3] = log.entries[3].replace(b"Port-aux-Grues", b"Port-aux-Oies")
        folder = publish(log, tmp_path / "record")
        (folder / "checkpoints" / "200").write_bytes(kept)
        run = verify(verifier, folder)
        assert run.returncode == 1 and "consistency with 200" in run.stderr
