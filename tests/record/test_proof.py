"""A proof file shows one entry to be in the log, and no other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.record.errors import MalformedProof, OutOfTree, ProofFails, RecordError
from motion.record.proof import LogProof, parse_proof, verify_proof
from motion.record.tree import inclusion_proof

from .world import SIGNER, cosign, small_log, witness_key

LOG = SIGNER.verifier
WORLD = small_log()
SIZE = len(WORLD.entries)


def proof_of(number: int, extra: bytes = b"") -> LogProof:
    """The proof of one entry of the small log."""
    return LogProof(number, tuple(inclusion_proof(number, SIZE, WORLD.hashes)), WORLD.note(), extra)


class TestProofFile:
    """C2SP tlog-proof."""

    def test_is_written_to_the_byte_as_documented(self):
        """A header, the number, the hashes, an empty line, the checkpoint verbatim."""
        lines = proof_of(6).encode().decode().split("\n")
        assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 6"]
        assert all(len(line) == 44 for line in lines[2:7]) and lines[7] == ""
        assert proof_of(6).encode().endswith(b"\n\n" + WORLD.note())

    @pytest.mark.parametrize("extra", [b"", b"\x00apart"])
    @pytest.mark.parametrize("number", range(SIZE))
    def test_holds_for_every_entry(self, number: int, extra: bytes):
        """Written, read and verified, with or without something extra."""
        proof = parse_proof(proof_of(number, extra).encode())
        assert proof == proof_of(number, extra)
        assert verify_proof(WORLD.entries[number], proof, LOG).checkpoint == WORLD.checkpoint()

    def test_gives_the_witnesses(self):
        """A proof with a city's signature says so."""
        seed = bytes([9] * 32)
        proof = LogProof(3, proof_of(3).hashes, cosign(WORLD.note(), "ville.example", seed, 42))
        signed = verify_proof(WORLD.entries[3], proof, LOG, [witness_key("ville.example", seed)])
        assert [s.time for s in signed.cosignatures] == [42]

    def test_of_one_entry_does_not_hold_for_another(self):
        """Neither for its neighbour, nor for itself with one byte more, nor beyond the end."""
        with pytest.raises(ProofFails):
            verify_proof(WORLD.entries[4], proof_of(3), LOG)
        with pytest.raises(ProofFails):
            verify_proof(WORLD.entries[3] + b" ", proof_of(3), LOG)
        beyond = LogProof(SIZE, proof_of(3).hashes, WORLD.note())
        with pytest.raises(OutOfTree):
            verify_proof(WORLD.entries[3], beyond, LOG)

    def test_of_an_empty_path(self):
        """A log of one entry needs no hash."""
        one = LogProof(0, (), WORLD.note(1))
        verify_proof(WORLD.entries[0], parse_proof(one.encode()), LOG)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"c2sp.org/tlog-proof@v1",
            b"c2sp.org/tlog-proof@v1\n\nnote",
            b"c2sp.org/tlog-proof@v1\nindex 01\n\nnote",
            b"c2sp.org/tlog-proof@v1\nindex 1",
            b"c2sp.org/tlog-proof@v2\nindex 1\n\nnote",
            b"c2sp.org/tlog-proof@v1\nextra \nindex 1\n\nnote",
            b"c2sp.org/tlog-proof@v1\nextra AA\nindex 1\n\nnote",
            b"c2sp.org/tlog-proof@v1\nextra AA==\n\nnote",
            b"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nnote",
            b"c2sp.org/tlog-proof@v1\nindex 1\n" + b"A" * 42 + b"B=\n\nnote",
            b"c2sp.org/tlog-proof@v1\nindex 1\n" + (b"A" * 43 + b"=\n") * 65 + b"\nnote",
            b"c2sp.org/tlog-proof@v1\nindex \xd9\xa3\n\nnote",
        ],
    )
    def test_refuses_other_files(self, data: bytes):
        """One form only."""
        with pytest.raises(MalformedProof) as caught:
            parse_proof(data)
        assert caught.value.reason == "form"

    @given(st.data())
    @settings(max_examples=150)
    def test_edited_is_refused(self, data: st.DataObject):
        """Any other byte anywhere in the file: refused, by a documented error."""
        whole = proof_of(6).encode()
        at = data.draw(st.integers(0, len(whole) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda b: b != whole[at]))
        with pytest.raises(RecordError):
            verify_proof(WORLD.entries[6], parse_proof(whole[:at] + bytes([byte]) + whole[at + 1 :]), LOG)
