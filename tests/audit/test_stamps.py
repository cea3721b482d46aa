"""The stamps that lie with a published record: counted when they hold, caught when somebody rewrote them."""

import json
from pathlib import Path

import pytest

from motion.audit.audit import Given, Report, audit
from motion.audit.sources import Folder
from motion.commands import run
from motion.record.checkpoint import Signer, open_checkpoint, parse_verifier_key, sign_checkpoint
from motion.record.flaws import Flaw
from motion.record.stamps import check_stamp
from motion.record.timestamp import encode_query
from tests.record.authority import Authority

from .forger import Forger
from .world import Published


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """OpenSSL's."""
    return Authority.make(tmp_path_factory.mktemp("tsa") / "tsa")


@pytest.fixture
def stamped(congress: Published, forger: Forger, authority: Authority) -> Forger:
    """A copy with two stamps: of the checkpoint that somebody kept, then of the last one."""
    for note in (congress.kept, (forger.log / "checkpoint").read_bytes()):
        put(forger, note, authority.reply(encode_query(note, 7)))
    return forger


def size_of(note: bytes) -> int:
    return int(note.split(b"\n")[1])


def put(forger: Forger, note: bytes, reply: bytes) -> None:
    """As `write_log` does."""
    folder = forger.log / "timestamps"
    folder.mkdir(exist_ok=True)
    (folder / f"{size_of(note)}.checkpoint").write_bytes(note)
    (folder / f"{size_of(note)}.tsr").write_bytes(reply)


def file(forger: Forger, size: int, form: str = "tsr") -> Path:
    return forger.log / "timestamps" / f"{size}.{form}"


def check(congress: Published, forger: Forger) -> Report:
    """Check a copy with the key that people have on paper."""
    return audit(Folder(forger.folder), Given(parse_verifier_key(congress.key)))


def caught(congress: Published, forger: Forger) -> tuple[Flaw, str]:
    """What was found, and in which file."""
    broken = check(congress, forger).broken
    assert broken is not None
    return broken.flaw, broken.words


class TestHolds:
    """Status 0."""

    def test_they_are_counted_and_what_is_not_checked_is_said(
        self, congress: Published, stamped: Forger, capsys: pytest.CaptureFixture[str]
    ):
        """Whose the certificate is, only the authority can say: with OpenSSL."""
        arguments = ["verify", str(stamped.folder), "--key", congress.key]
        assert run(arguments, {"LANG": "fr_FR.UTF-8"}) == 0
        said = capsys.readouterr().out
        assert "- 2 horodatages\u00a0: objet, signature, ordre" in said and "openssl ts -verify" in said
        assert run([*arguments, "--json"], {}) == 0
        assert json.loads(capsys.readouterr().out)["checked"]["stamps"] == 2


class TestRewritten:
    """Each is caught, in its file."""

    def test_a_stamp_of_another_checkpoint(self, congress: Published, stamped: Forger):
        """The stamp of the kept one beside the last one."""
        last = size_of((stamped.log / "checkpoint").read_bytes())
        file(stamped, last).write_bytes(file(stamped, size_of(congress.kept)).read_bytes())
        assert caught(congress, stamped) == (Flaw.STAMP, f"timestamps/{last}.tsr")

    def test_an_altered_stamp(self, congress: Published, stamped: Forger):
        """One bit of the signature."""
        size = size_of(congress.kept)
        reply = bytearray(file(stamped, size).read_bytes())
        reply[-1] ^= 1
        file(stamped, size).write_bytes(reply)
        assert caught(congress, stamped) == (Flaw.STAMP, f"timestamps/{size}.tsr")

    def test_a_stamp_whose_checkpoint_is_gone(self, congress: Published, stamped: Forger):
        """Nothing says what was stamped."""
        size = size_of(congress.kept)
        file(stamped, size, "checkpoint").unlink()
        assert caught(congress, stamped) == (Flaw.STAMP, f"timestamps/{size}.tsr")

    def test_a_stamped_checkpoint_of_another_key(self, congress: Published, stamped: Forger, authority: Authority):
        """The stamp is good; what it stamps is not of this log."""
        key = parse_verifier_key(congress.key)
        kept = open_checkpoint(congress.kept, key).checkpoint
        false = sign_checkpoint(kept, [Signer(key.name, bytes([9] * 32))])
        put(stamped, false, authority.reply(encode_query(false, 7)))
        assert caught(congress, stamped)[0] == Flaw.OLDER_CHECKPOINT

    def test_a_stamped_checkpoint_of_another_history(self, congress: Published, stamped: Forger):
        """The operator rewrote the record and removed the older checkpoints: what was stamped gives it away."""
        stamped.edit(stamped.find("official.accredit", 0), name="Quelqu’un d’autre")
        stamped.forget_older()
        stamped.write()
        assert caught(congress, stamped)[0] == Flaw.ROOT

    def test_a_shorter_record_stamped_after_a_longer_one(
        self, congress: Published, stamped: Forger, authority: Authority
    ):
        """The authority's own times contradict each other."""
        last = (stamped.log / "checkpoint").read_bytes()
        first = check_stamp(file(stamped, size_of(last)).read_bytes(), last)
        reply = authority.reply(encode_query(congress.kept, 8))
        while check_stamp(reply, congress.kept) <= first:  # they count in seconds
            reply = authority.reply(encode_query(congress.kept, 8))
        put(stamped, congress.kept, reply)
        assert caught(congress, stamped) == (Flaw.STAMP_ORDER, f"timestamps/{size_of(last)}.tsr")
