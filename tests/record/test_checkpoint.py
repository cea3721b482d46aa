"""Checkpoints are signed notes: what the key signed is read, all else is refused."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.record.checkpoint import (
    Checkpoint,
    Signer,
    VerifierKey,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    parse_verifier_key,
    sign_checkpoint,
    sign_note,
    signature_line,
)
from motion.record.errors import MalformedKey, MalformedNote, RecordError, Unsigned, WrongSignature
from motion.record.tree import EMPTY_ROOT

from .world import ORIGIN, OTHER, SIGNER, cosign, small_log, witness_key

LOG = SIGNER.verifier
TREE = Checkpoint(ORIGIN, 70_000, bytes(range(32)))
NOTE = sign_checkpoint(TREE, [SIGNER])
TOWN, TOWN_SEED = "ville-a.example/temoin", bytes([9] * 32)

# The example of Go's golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


class TestKeys:
    """signed-note, "Signatures"."""

    def test_of_go_are_read(self):
        """A key published by another implementation reads and writes the same."""
        assert parse_verifier_key(GO_KEY + "\n").encode() == GO_KEY

    def test_read_back_as_written(self):
        """A log's key and a witness's."""
        for key in (LOG, witness_key(TOWN, TOWN_SEED)):
            assert parse_verifier_key(key.encode()) == key

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("", "form"),
            ("name+00000000", "form"),
            ("+00000000+AAAA", "name"),
            ("a b+00000000+AAAA", "name"),
            ("a+0000000G+AAAA", "form"),
            ("a+00000000+AAA", "form"),
            ("a+00000000+é", "form"),
            ("a+00000000+AQ==", "length"),
            ("a+00000000+", "algorithm"),
            ("a+00000000+" + base64.b64encode(b"\x06" + bytes(32)).decode(), "algorithm"),
            ("a+00000000+" + base64.b64encode(b"\x01" + bytes(32)).decode(), "id"),
        ],
    )
    def test_refuses_other_lines(self, line: str, reason: str):
        """The error says which part is wrong; a key id that is not the key's is caught."""
        with pytest.raises(MalformedKey) as caught:
            parse_verifier_key(line)
        assert caught.value.reason == reason

    @pytest.mark.parametrize(("name", "size", "reason"), [("", 32, "name"), ("a+b", 32, "name"), ("a", 31, "length")])
    def test_a_signer_has_a_name_and_32_bytes(self, name: str, size: int, reason: str):
        """Refused when the program starts, not at the first signature."""
        with pytest.raises(MalformedKey) as caught:
            Signer(name, bytes(size))
        assert caught.value.reason == reason

    def test_a_signer_never_shows_its_seed(self):
        """Neither in a log line nor on an error page."""
        assert str(SIGNER.seed) not in repr(SIGNER) and "seed" not in repr(SIGNER)


class TestNotes:
    """signed-note, "Format"."""

    def test_of_go_are_read(self):
        """A note signed by another implementation verifies."""
        text, signatures = open_note(GO_NOTE.encode(), [parse_verifier_key(GO_KEY)])
        assert text.startswith("If you think") and [s.key.name for s in signatures] == ["PeterNeumann"]

    def test_may_have_empty_lines_in_their_text(self):
        """The last empty line separates."""
        text = "un\n\ndeux\n"
        assert open_note(sign_note(text, [SIGNER]), [LOG])[0] == text

    def test_leaves_unknown_signatures_aside(self):
        """A line of a kind of tomorrow does not disturb."""
        note = NOTE + signature_line("demain.example", b"\x01\x02\x03\x04", b"?").encode()
        assert len(open_note(note, [LOG])[1]) == 1

    def test_a_wrong_line_of_a_known_key_refuses_the_whole(self):
        """One good signature does not save a note that bears a false one of a known key."""
        other = Signer("ville-b.example/temoin", bytes([3] * 32))
        false = signature_line(other.name, other.verifier.key_id, bytes(64)).encode()
        with pytest.raises(WrongSignature) as caught:
            open_note(NOTE + false, [LOG, other.verifier])
        assert caught.value.name == other.name

    @pytest.mark.parametrize("size", [1, 63, 65])
    def test_a_signature_has_64_bytes(self, size: int):
        """Shorter or longer under a known key: refused."""
        note = TREE.text + "\n" + signature_line(ORIGIN, LOG.key_id, bytes(size))
        with pytest.raises(WrongSignature):
            open_note(note.encode(), [LOG])

    @pytest.mark.parametrize(
        ("note", "reason"),
        [
            (b"", "signatures"),
            (b"\xff", "text"),
            (b"text\n", "signatures"),
            (b"text\n\n", "signatures"),
            (b"text\n\nline", "signatures"),
            (b"text\n\n- a AAAAAAA=\n", "signatures"),
            ("text\n\n— a\n".encode(), "signatures"),
            ("text\n\n—  AAAAAAA=\n".encode(), "signatures"),
            ("text\n\n— a AAAAAA==\n".encode(), "signatures"),
            ("text\n\n— a AAAAAAB=\n".encode(), "signatures"),
            ("te\txt\n\n— a AAAAAAA=\n".encode(), "text"),
            (b"x" * 1_000_001, "size"),
            (b"text\n\n" + "— a AAAAAAA=\n".encode() * 101, "signatures"),
        ],
    )
    def test_refuses_what_is_no_note(self, note: bytes, reason: str):
        """The error says which part is wrong."""
        with pytest.raises(MalformedNote) as caught:
            open_note(note, [LOG])
        assert caught.value.reason == reason

    @pytest.mark.parametrize("text", ["", "no newline", "a\rb\n"])
    def test_signs_no_text_that_a_reader_would_refuse(self, text: str):
        """A newline at the end, no other control character."""
        with pytest.raises(MalformedNote):
            sign_note(text, [SIGNER])


class TestCheckpoint:
    """tlog-checkpoint."""

    def test_is_written_to_the_byte_as_documented(self):
        """Three lines, an empty one, a signature."""
        head, _, foot = NOTE.decode().partition("\n\n")
        assert head == f"{ORIGIN}\n70000\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        assert foot.startswith(f"— {ORIGIN} ") and foot.count("\n") == 1

    def test_reads_back_as_signed(self):
        """The log's key opens it."""
        signed = open_checkpoint(NOTE, LOG)
        assert (signed.checkpoint, signed.cosignatures) == (TREE, ())

    def test_of_an_empty_log(self):
        """Size 0 has a root too."""
        empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
        assert open_checkpoint(sign_checkpoint(empty, [SIGNER]), LOG).checkpoint == empty

    def test_reads_extension_lines(self):
        """The specification allows them; they are signed like the rest."""
        extended = Checkpoint(ORIGIN, 1, bytes(32), ("une ligne", "deux"))
        assert open_checkpoint(sign_checkpoint(extended, [SIGNER]), LOG).checkpoint == extended

    def test_carries_several_signers(self):
        """The log's key and another of the service: both verify."""
        second = Signer("registre.example.org/seconde", bytes([5] * 32))
        note = sign_checkpoint(TREE, [SIGNER, second])
        assert [s.key for s in open_note(note, [second.verifier, LOG])[1]] == [LOG, second.verifier]

    def test_of_another_key_is_refused(self):
        """The same name and another key: no signature of ours."""
        with pytest.raises(Unsigned) as caught:
            open_checkpoint(sign_checkpoint(TREE, [OTHER]), LOG)
        assert caught.value.names == (ORIGIN,)

    def test_signed_by_a_witness_alone_is_refused(self):
        """A witness does not stand in for the log."""
        lines = cosign(NOTE, TOWN, TOWN_SEED, 1).decode().splitlines(keepends=True)
        alone = "".join(line for line in lines if not line.startswith(f"— {ORIGIN} "))
        with pytest.raises(Unsigned):
            open_checkpoint(alone.encode(), LOG, [witness_key(TOWN, TOWN_SEED)])

    def test_of_another_log_is_refused(self):
        """A key signs for its own origin only."""
        elsewhere = Checkpoint("registre.example.org/autre", 1, bytes(32))
        with pytest.raises(MalformedNote) as caught:
            open_checkpoint(sign_checkpoint(elsewhere, [SIGNER]), LOG)
        assert caught.value.reason == "origin"

    @given(st.data())
    @settings(max_examples=150)
    def test_edited_is_refused(self, data: st.DataObject):
        """Any other byte anywhere: refused, by a documented error."""
        at = data.draw(st.integers(0, len(NOTE) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda b: b != NOTE[at]))
        with pytest.raises(RecordError):
            open_checkpoint(NOTE[:at] + bytes([byte]) + NOTE[at + 1 :], LOG)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "text"),
            ("a\n1\n", "text"),
            ("a\n1\nAAAA", "text"),
            ("\n1\nAAAA\n", "text"),
            ("a\n01\nAAAA\n", "size"),
            ("a\n-1\nAAAA\n", "size"),
            ("a\n٣\nAAAA\n", "size"),
            ("a\n18446744073709551616\nAAAA\n", "size"),
            ("a\n1\nAAAA\n", "root"),
            ("a\n1\n!\n", "root"),
            ("a\n1\n" + "A" * 42 + "B=\n", "root"),
        ],
    )
    def test_refuses_other_texts(self, text: str, reason: str):
        """The error says which line is wrong."""
        with pytest.raises(MalformedNote) as caught:
            parse_checkpoint(text)
        assert caught.value.reason == reason

    @pytest.mark.parametrize("origin", ["a b", "a+b", "a\u00a0b"])
    def test_signs_no_origin_that_cannot_name_a_key(self, origin: str):
        """Every reader must be able to find the key of the origin."""
        with pytest.raises(MalformedNote) as caught:
            sign_checkpoint(Checkpoint(origin, 1, bytes(32)), [SIGNER])
        assert caught.value.reason == "origin"


class TestWitness:
    """tlog-cosignature."""

    def test_is_read_with_its_time(self):
        """A city's signature says when it saw this checkpoint."""
        note = cosign(small_log().note(), TOWN, TOWN_SEED, 1_795_341_796)
        signed = open_checkpoint(note, LOG, [witness_key(TOWN, TOWN_SEED)])
        assert [(s.key.name, s.time) for s in signed.cosignatures] == [(TOWN, 1_795_341_796)]

    def test_of_another_time_is_refused(self):
        """The time is part of what was signed."""
        note = cosign(NOTE, TOWN, TOWN_SEED, 5).decode()
        line = note.splitlines()[-1].split(" ")[2]
        payload = bytearray(base64.b64decode(line))
        payload[11] ^= 1
        with pytest.raises(WrongSignature):
            open_checkpoint(
                note.replace(line, base64.b64encode(payload).decode()).encode(),
                LOG,
                [witness_key(TOWN, TOWN_SEED)],
            )

    def test_does_not_sign_as_a_log(self):
        """The same key and name under the type of a log is another key."""
        witness = witness_key(TOWN, TOWN_SEED)
        with pytest.raises(Unsigned):
            open_note(cosign(NOTE, TOWN, TOWN_SEED, 5), [VerifierKey(TOWN, witness.key)])
