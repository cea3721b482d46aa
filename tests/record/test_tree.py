"""The tree is that of RFC 6962, and its proofs hold for what they prove alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.record.errors import MalformedProof, MalformedTree, OutOfTree, ProofFails, RecordError
from motion.record.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The test entries and roots of the Certificate Transparency reference implementation.
CT_ENTRIES = [
    bytes.fromhex(digits)
    for digits in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

LEAVES = [leaf_hash(b"entry %d" % number) for number in range(600)]
ROOTS = [root_of(LEAVES[:size]) for size in range(600)]
sizes = st.integers(1, 599)


def leaves(start: int, stop: int) -> Sequence[bytes]:
    """The leaf hashes of the long tree."""
    return LEAVES[start:stop]


def recursive_root(hashes: list[bytes]) -> bytes:
    """The definition, word for word (RFC 6962, 2.1)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(recursive_root(hashes[:split]), recursive_root(hashes[split:]))


class TestRoot:
    """RFC 6962, 2.1."""

    def test_known_roots(self):
        """The roots that the reference implementation gives."""
        hashes = [leaf_hash(entry) for entry in CT_ENTRIES]
        assert [root_of(hashes[:size]).hex() for size in range(9)] == CT_ROOTS

    @given(st.integers(0, 599))
    @settings(max_examples=60)
    def test_is_the_recursive_definition(self, size: int):
        """Level by level, recursively, or one entry at a time: one root."""
        frontier = Frontier()
        frontier.extend(LEAVES[:size])
        assert frontier.root() == root_of(iter(LEAVES[:size])) == recursive_root(LEAVES[:size])

    def test_a_leaf_is_no_node(self):
        """An entry that looks like two hashes does not pass for a node."""
        left, right = LEAVES[:2]
        assert leaf_hash(left + right) != node_hash(left, right)


class TestFrontier:
    """The edge on which a log grows."""

    def test_numbers_what_it_appends(self):
        """The first entry is number 0."""
        frontier = Frontier()
        assert [frontier.append(leaf) for leaf in LEAVES[:3]] == [0, 1, 2]
        assert frontier.size == 3

    def test_starts_empty(self):
        """The root of nothing is the hash of nothing."""
        assert (Frontier().size, Frontier().root()) == (0, EMPTY_ROOT)

    @given(st.integers(0, 599), st.integers(0, 40))
    @settings(max_examples=60)
    def test_goes_on_where_it_was_saved(self, size: int, more: int):
        """Saved, restored and continued, it is the frontier that never stopped."""
        frontier = Frontier()
        frontier.extend(LEAVES[:size])
        saved = frontier.serialise()
        restored = Frontier.restore(saved)
        assert (restored.size, restored.root(), restored.serialise()) == (size, ROOTS[size], saved)
        restored.extend(LEAVES[size : size + more])
        assert restored.root() == ROOTS[min(size + more, 599)] or size + more >= 600

    def test_a_copy_leaves_the_original(self):
        """A transaction that rolls back takes its copy with it."""
        frontier = Frontier()
        frontier.extend(LEAVES[:5])
        frontier.copy().extend(LEAVES[5:9])
        assert (frontier.size, frontier.root()) == (5, ROOTS[5])

    @pytest.mark.parametrize("data", [b"", bytes(7), bytes(9), (3).to_bytes(8, "big") + bytes(32)])
    def test_refuses_other_bytes(self, data: bytes):
        """A saved frontier has as many hashes as its size asks."""
        with pytest.raises(MalformedTree) as caught:
            Frontier.restore(data)
        assert caught.value.what == "frontier"


class TestInclusion:
    """RFC 9162, 2.1.3."""

    def test_known_proof(self):
        """The audit path that the reference implementation gives for the first of eight entries."""
        hashes = [leaf_hash(entry) for entry in CT_ENTRIES]
        assert [part.hex() for part in inclusion_proof(0, 8, lambda a, b: hashes[a:b])] == [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]

    def test_holds_for_every_entry_of_small_trees(self):
        """All entries of all trees up to 40."""
        for size in range(1, 41):
            for number in range(size):
                proof = inclusion_proof(number, size, leaves)
                verify_inclusion(LEAVES[number], number, size, proof, ROOTS[size])

    @given(sizes, st.data())
    @settings(max_examples=100)
    def test_holds_for_nothing_else(self, size: int, data: st.DataObject):
        """Another entry, place, root, or a changed, missing or added hash: refused."""
        number = data.draw(st.integers(0, size - 1))
        proof = inclusion_proof(number, size, leaves)
        verify_inclusion(LEAVES[number], number, size, proof, ROOTS[size])
        with pytest.raises(ProofFails):
            verify_inclusion(leaf_hash(b"another"), number, size, proof, ROOTS[size])
        with pytest.raises(ProofFails) as caught:
            verify_inclusion(LEAVES[number], number, size, proof, ROOTS[size - 1])
        assert (caught.value.expected, caught.value.found) == (ROOTS[size - 1], ROOTS[size])
        with pytest.raises(MalformedProof):
            verify_inclusion(LEAVES[number], number, size, [*proof, bytes(32)], ROOTS[size])
        elsewhere = data.draw(st.integers(0, size))
        if elsewhere != number:
            with pytest.raises(RecordError):
                verify_inclusion(LEAVES[number], elsewhere, size, proof, ROOTS[size])
        if proof:
            with pytest.raises(MalformedProof):
                verify_inclusion(LEAVES[number], number, size, proof[:-1], ROOTS[size])
            at = data.draw(st.integers(0, len(proof) - 1))
            altered = [*proof[:at], leaf_hash(proof[at]), *proof[at + 1 :]]
            with pytest.raises(ProofFails):
                verify_inclusion(LEAVES[number], number, size, altered, ROOTS[size])

    @pytest.mark.parametrize(("number", "size"), [(-1, 5), (5, 5), (0, 0)])
    def test_refuses_an_entry_that_is_not_there(self, number: int, size: int):
        """Neither made nor verified."""
        with pytest.raises(OutOfTree) as caught:
            inclusion_proof(number, size, leaves)
        assert (caught.value.number, caught.value.size) == (number, size)
        with pytest.raises(OutOfTree):
            verify_inclusion(LEAVES[0], number, size, [], ROOTS[size])


class TestConsistency:
    """RFC 9162, 2.1.4."""

    def test_known_proof(self):
        """The proof that the reference implementation gives from six entries to eight."""
        hashes = [leaf_hash(entry) for entry in CT_ENTRIES]
        assert [part.hex() for part in consistency_proof(6, 8, lambda a, b: hashes[a:b])] == [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]

    def test_holds_between_all_small_trees(self):
        """All pairs up to 40, the empty tree and equal trees included."""
        for new in range(41):
            for old in range(new + 1):
                proof = consistency_proof(old, new, leaves)
                verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)

    @given(sizes, st.data())
    @settings(max_examples=100)
    def test_holds_for_nothing_else(self, new: int, data: st.DataObject):
        """Another history, old or new, or a changed, missing or added hash: refused."""
        old = data.draw(st.integers(1, new))
        proof = consistency_proof(old, new, leaves)
        verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)
        rewritten = root_of([leaf_hash(b"another"), *LEAVES[1:old]])
        with pytest.raises(ProofFails):
            verify_consistency(old, new, rewritten, ROOTS[new], proof)
        with pytest.raises(ProofFails):
            verify_consistency(old, new, ROOTS[old], leaf_hash(ROOTS[new]), proof)
        with pytest.raises(MalformedProof):
            verify_consistency(old, new, ROOTS[old], ROOTS[new], [*proof, bytes(32)])
        if proof:
            with pytest.raises(MalformedProof):
                verify_consistency(old, new, ROOTS[old], ROOTS[new], proof[:-1])
            at = data.draw(st.integers(0, len(proof) - 1))
            altered = [*proof[:at], leaf_hash(proof[at]), *proof[at + 1 :]]
            with pytest.raises(ProofFails):
                verify_consistency(old, new, ROOTS[old], ROOTS[new], altered)

    def test_only_the_empty_root_is_the_beginning_of_all(self):
        """From size 0 there is nothing to prove, but its root is known."""
        verify_consistency(0, 7, EMPTY_ROOT, ROOTS[7], [])
        with pytest.raises(ProofFails):
            verify_consistency(0, 7, ROOTS[1], ROOTS[7], [])

    def test_a_full_old_tree_still_needs_the_rest(self):
        """An empty proof is too short, for a full old tree as for another."""
        for old in (4, 5):
            with pytest.raises(MalformedProof):
                verify_consistency(old, 7, ROOTS[old], ROOTS[7], [])

    @pytest.mark.parametrize(("old", "new"), [(-1, 5), (6, 5)])
    def test_refuses_to_go_back(self, old: int, new: int):
        """A tree does not begin with a larger one."""
        with pytest.raises(OutOfTree):
            consistency_proof(old, new, leaves)
        with pytest.raises(OutOfTree):
            verify_consistency(old, new, EMPTY_ROOT, EMPTY_ROOT, [])
