"""What a log asks of a witness, and how a witness decides (C2SP tlog-witness)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.record.checkpoint import Checkpoint, Cosigner, open_checkpoint, sign_checkpoint
from motion.record.errors import MalformedProof, RecordError, Unsigned, WrongSignature
from motion.record.tree import consistency_proof
from motion.record.witnessing import AddCheckpoint, Verdict, cosignature_lines, judge, parse_add_checkpoint

from .world import ORIGIN, OTHER, SIGNER, Log, cosign, opened_motion

LOGS = {ORIGIN: (SIGNER.verifier,)}
WITNESS = Cosigner("ville.example/temoin", bytes([9] * 32))


def log_of(size: int, place: str = "Port-aux-Grues") -> Log:
    """A log of this size; with another place, another history."""
    log = opened_motion()
    n = 0
    while len(log.entries) < size:
        n += 1
        log.update(n)
    if size > 3:
        log.entries[3] = log.entries[3].replace(b"Port-aux-Grues", place.encode())
    return log


def asked(log: Log, old: int, new: int) -> AddCheckpoint:
    """The request that brings a witness from one size to another."""
    return AddCheckpoint(old, tuple(consistency_proof(old, new, log.hashes)), log.note(new))


class TestRequest:
    """The body of `add-checkpoint`."""

    @given(st.integers(1, 40), st.data())
    @settings(max_examples=50, deadline=None)
    def test_read_back_as_written(self, new: int, data: st.DataObject):
        """Whatever the sizes."""
        request = asked(log_of(40), data.draw(st.integers(0, new)), new)
        assert parse_add_checkpoint(request.encode()) == request

    @pytest.mark.parametrize(
        "body",
        [b"", b"old 1", b"old 01\n\nx", b"old -1\n\nx", b"size 1\n\nx", b"old 1\nAAAA\n\nx", b"old 1\n\xff\n\nx"],
    )
    def test_what_is_no_request_is_refused(self, body: bytes):
        """With the reason."""
        with pytest.raises(MalformedProof):
            parse_add_checkpoint(body)

    def test_no_more_than_63_hashes(self):
        """As the specification asks."""
        with pytest.raises(MalformedProof):
            parse_add_checkpoint(AddCheckpoint(1, (bytes(32),) * 64, b"x").encode())

    @given(st.binary(max_size=300))
    @settings(max_examples=150)
    def test_any_bytes(self, body: bytes):
        """Read, or refused with a documented error."""
        try:
            parse_add_checkpoint(body)
        except RecordError:
            pass


class TestVerdicts:
    """What a witness answers."""

    def test_growth_is_cosigned(self):
        """From nothing, then from what it saw; and again at the same size."""
        log = log_of(30)
        assert judge(asked(log, 0, 7), LOGS, {}).verdict is Verdict.COSIGN
        assert judge(asked(log, 7, 30), LOGS, {ORIGIN: log.checkpoint(7)}).verdict is Verdict.COSIGN
        assert judge(asked(log, 30, 30), LOGS, {ORIGIN: log.checkpoint(30)}).verdict is Verdict.COSIGN

    def test_another_size_is_said(self):
        """A rollback, a lag, or a log that does not know: 409."""
        log = log_of(30)
        last = {ORIGIN: log.checkpoint(20)}
        for old, new in ((0, 30), (7, 10), (21, 30), (0, 20)):
            assert judge(asked(log, old, new), LOGS, last).verdict is Verdict.ANOTHER_SIZE

    def test_a_fork_is_not_cosigned(self):
        """Signed by the true key: with a proof of its own, or at the same size."""
        log, fork = log_of(30), log_of(30, "Valombre")
        assert log.checkpoint(20).root != fork.checkpoint(20).root
        last = {ORIGIN: log.checkpoint(20)}
        assert judge(asked(fork, 20, 30), LOGS, last).verdict is Verdict.NOT_PROVEN
        assert judge(asked(fork, 20, 20), LOGS, last).verdict is Verdict.ANOTHER_ROOT

    def test_proofs_that_are_not_to_be(self):
        """Hashes where there is nothing to prove, none where there is."""
        log = log_of(30)
        note = log.note(30)
        extra = (bytes(32),)
        assert judge(AddCheckpoint(0, extra, note), LOGS, {}).verdict is Verdict.NOT_PROVEN
        for size, hashes in ((30, extra), (20, ()), (20, extra)):
            last = {ORIGIN: log.checkpoint(size)}
            assert judge(AddCheckpoint(size, hashes, note), LOGS, last).verdict is Verdict.NOT_PROVEN

    def test_strangers(self):
        """An unknown origin, an unknown key, a signature that fails, a size above the checkpoint's."""
        log = log_of(8)
        assert judge(asked(log, 0, 8), {}, {}).verdict is Verdict.UNKNOWN_LOG
        other = AddCheckpoint(0, (), log.note(8, OTHER))
        assert judge(other, LOGS, {}).verdict is Verdict.UNSIGNED
        assert judge(other, {ORIGIN: (SIGNER.verifier, OTHER.verifier)}, {}).verdict is Verdict.COSIGN
        altered = AddCheckpoint(0, (), log.note(8).replace(b"\n8\n", b"\n9\n"))
        assert judge(altered, LOGS, {}).verdict is Verdict.UNSIGNED
        assert judge(AddCheckpoint(9, (), log.note(8)), LOGS, {}).verdict is Verdict.MALFORMED
        assert judge(AddCheckpoint(0, (), f"{ORIGIN}\nx".encode()), LOGS, {}).verdict is Verdict.MALFORMED

    def test_an_empty_log(self):
        """Size 0 has one root: asking with it says what the witness has, and commits to nothing."""
        empty = AddCheckpoint(0, (), log_of(8).note(0))
        assert judge(empty, LOGS, {}).verdict is Verdict.COSIGN
        wrong = AddCheckpoint(0, (), sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), [SIGNER]))
        assert judge(wrong, LOGS, {}).verdict is Verdict.NOT_PROVEN
        log = log_of(8)
        assert judge(asked(log, 0, 8), LOGS, {ORIGIN: log.checkpoint(0)}).verdict is Verdict.COSIGN


class TestCosignature:
    """What comes back."""

    def test_it_stands_under_the_checkpoint(self):
        """And is the same as that of others who follow the specification."""
        note = log_of(8).note()
        line = WITNESS.cosign(note.decode().rpartition("\n\n")[0] + "\n", 1_700_000_000)
        assert cosignature_lines(note, line.encode(), WITNESS.verifier) == line
        assert note + line.encode() == cosign(note, WITNESS.name, WITNESS.seed, 1_700_000_000)
        opened = open_checkpoint(note + line.encode(), SIGNER.verifier, [WITNESS.verifier])
        assert [signature.time for signature in opened.cosignatures] == [1_700_000_000]

    def test_only_the_named_witness_counts(self):
        """Lines of others are left aside; one that fails is refused."""
        note = log_of(8).note()
        text = note.decode().rpartition("\n\n")[0] + "\n"
        other = Cosigner("autre.example/temoin", bytes([8] * 32)).cosign(text, 1)
        ours = WITNESS.cosign(text, 1)
        assert cosignature_lines(note, (other + ours).encode(), WITNESS.verifier) == ours
        with pytest.raises(Unsigned):
            cosignature_lines(note, other.encode(), WITNESS.verifier)
        with pytest.raises(WrongSignature):
            cosignature_lines(note, WITNESS.cosign(text + "x\n", 1).encode(), WITNESS.verifier)
        for answer in (b"", b"\n", b"non", b"\xff"):
            with pytest.raises(RecordError):
                cosignature_lines(note, answer, WITNESS.verifier)
