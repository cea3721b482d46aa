"""OpenSSL and the tools of every system check the record, without a line of ours."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from motion.record.checkpoint import sign_checkpoint
from motion.record.objects import seal
from tests.record.world import OTHER, SIGNER, cosign

from .published import long_log, publish

CHECK = Path(__file__).with_name("check.sh")


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the script as an auditor would."""
    command = ["sh", str(CHECK), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A published record of 300 entries."""
    return publish(long_log(300), tmp_path / "record")


class TestSignature:
    """FORMAT.md, "Checkpoint and keys"."""

    def test_verifies(self, record: Path):
        """The checkpoint is signed by the published key."""
        run = check("signature", record / "checkpoint", record / "log.vkey")
        assert run.returncode == 0 and "Verified Successfully" in run.stdout, run.stderr

    def test_verifies_under_witnesses(self, record: Path):
        """Cosignatures below change nothing."""
        path = record / "checkpoint"
        path.write_bytes(cosign(path.read_bytes(), "ville.example/temoin", bytes([9] * 32), 7))
        assert check("signature", path, record / "log.vkey").returncode == 0

    def test_edited_checkpoint_fails(self, record: Path):
        """One digit of the size."""
        path = record / "checkpoint"
        path.write_bytes(path.read_bytes().replace(b"\n300\n", b"\n301\n"))
        run = check("signature", path, record / "log.vkey")
        assert run.returncode == 1 and "not signed as it stands" in run.stderr

    def test_another_key_fails(self, record: Path):
        """Announced under its own id, or under the id of the log's key."""
        path = record / "checkpoint"
        note = sign_checkpoint(long_log(300).checkpoint(), [OTHER])
        path.write_bytes(note)
        run = check("signature", path, record / "log.vkey")
        assert run.returncode == 1 and "signed by another key" in run.stderr
        forged = OTHER.verifier.encode().replace(OTHER.verifier.key_id.hex(), SIGNER.verifier.key_id.hex())
        path.write_bytes(long_log(300).note())
        (record / "log.vkey").write_text(forged + "\n")
        run = check("signature", path, record / "log.vkey")
        assert run.returncode == 1 and "not signed as it stands" in run.stderr


class TestLeaf:
    """FORMAT.md, "Tree"."""

    def test_hash_is_in_the_tile(self, record: Path, tmp_path: Path):
        """First, last of a full tile, and one of a partial tile."""
        entries = long_log(300).entries
        for number, tile, at in ((0, "000", 0), (255, "000", 255), (299, "001.p/44", 43)):
            (tmp_path / "entry").write_bytes(entries[number])
            assert check("leaf", tmp_path / "entry", record / "tile/0" / tile, at).returncode == 0

    def test_altered_entry_fails(self, record: Path, tmp_path: Path):
        """One flipped bit; and the neighbour's entry in its place."""
        entries = long_log(300).entries
        for data in (bytes([entries[7][0] ^ 1]) + entries[7][1:], entries[8]):
            (tmp_path / "entry").write_bytes(data)
            run = check("leaf", tmp_path / "entry", record / "tile/0/000", 7)
            assert run.returncode == 1 and "another entry" in run.stderr

    def test_root_of_two_entries(self, tmp_path: Path):
        """The smallest tree by hand; swapped, it is another tree."""
        log = long_log(2)
        paths = [tmp_path / name for name in ("checkpoint", "left", "right")]
        for path, data in zip(paths, (log.note(), *log.entries), strict=True):
            path.write_bytes(data)
        assert check("pair", *paths).returncode == 0
        run = check("pair", paths[0], paths[2], paths[1])
        assert run.returncode == 1 and "another tree" in run.stderr


class TestObject:
    """FORMAT.md, "Objects"."""

    @pytest.mark.parametrize("content", [b"", b"oui", bytes(range(256)), "Élu·e\n".encode()])
    def test_name_is_the_hmac(self, content: bytes, tmp_path: Path):
        """Empty, short, binary, with a newline at its end."""
        sealed = seal(bytes([0, 10, *range(30)]), content)
        (tmp_path / "object").write_bytes(sealed.data)
        assert check("object", tmp_path / "object", sealed.name).returncode == 0

    def test_altered_object_fails(self, tmp_path: Path):
        """In its salt or in its content."""
        sealed = seal(bytes(range(32)), b"oui")
        for at in (0, 31, 32):
            altered = bytearray(sealed.data)
            altered[at] ^= 1
            (tmp_path / "object").write_bytes(altered)
            run = check("object", tmp_path / "object", sealed.name)
            assert run.returncode == 1 and "altered object" in run.stderr
