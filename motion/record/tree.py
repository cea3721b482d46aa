"""The Merkle tree of RFC 6962: one root for a whole log, short proofs for its parts.

Leaves are hashed once, by ``leaf_hash``; everything else works on those 32-byte hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from .errors import MalformedProof, MalformedTree, OutOfTree, ProofFails

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

LeafHashes: TypeAlias = Callable[[int, int], Sequence[bytes]]
"""Gives the leaf hashes of the entries from the first number to the second, the second not included."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of an entry as a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two neighbours (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Root of the tree with these leaf hashes, in about one hash per leaf.

    Working upwards, an odd last node passes unchanged: the same tree as the recursive definition.
    """
    level = list(hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)] + odd
    return level[0]


class Frontier:
    """The right edge of a growing tree: all that is needed to append and to give the root.

    It holds the roots of the full subtrees, largest first: one for each 1 in the binary form of the size,
    so at most 64 hashes whatever the length of the log. It has one owner, who saves ``serialise()`` in the
    transaction that appends; work on a ``copy()`` where that transaction may roll back.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[bytes] = []

    @property
    def size(self) -> int:
        """How many leaves were appended: also the number that the next entry will have."""
        return self._size

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash and return its number, from 0; two hashes at most per leaf on average."""
        number = self._size
        carry, below = leaf, number
        while below & 1:
            carry = node_hash(self._peaks.pop(), carry)
            below >>= 1
        self._peaks.append(carry)
        self._size += 1
        return number

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """Root of the tree as it is now."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def copy(self) -> Frontier:
        """Another frontier at the same point."""
        twin = Frontier()
        twin._size, twin._peaks = self._size, self._peaks.copy()
        return twin

    def serialise(self) -> bytes:
        """The size as 8 bytes, big-endian, then the subtree roots, largest first."""
        return self._size.to_bytes(8, "big") + b"".join(self._peaks)

    @classmethod
    def of_peaks(cls, size: int, peaks: Iterable[bytes]) -> Frontier:
        """The frontier of a tree of this size whose full subtrees have these roots, largest first.

        Raises:
            MalformedTree: Not as many roots as the size has.
        """
        frontier = cls()
        frontier._size, frontier._peaks = size, list(peaks)
        if len(frontier._peaks) != size.bit_count():
            raise MalformedTree("frontier")
        return frontier

    @classmethod
    def restore(cls, data: bytes) -> Frontier:
        """The frontier that was serialised.

        The bytes are trusted to be one's own; compare ``root()`` with the last signed checkpoint.

        Raises:
            MalformedTree: Not of the form.
        """
        frontier = cls()
        frontier._size = int.from_bytes(data[:8], "big")
        if len(data) != 8 + HASH_BYTES * frontier._size.bit_count():
            raise MalformedTree("frontier")
        frontier._peaks = [data[at : at + HASH_BYTES] for at in range(8, len(data), HASH_BYTES)]
        return frontier


def inclusion_ranges(number: int, size: int) -> list[tuple[int, int]]:
    """The subtrees whose roots prove that an entry is in the tree (RFC 9162, 2.1.3.1), sibling first.

    Each is the entries from its first number to its second, the second not included.

    Raises:
        OutOfTree: ``number`` is not in a tree of ``size`` entries.
    """
    if not 0 <= number < size:
        raise OutOfTree(number, size)
    ranges: list[tuple[int, int]] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if number < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def inclusion_proof(number: int, size: int, leaves: LeafHashes) -> list[bytes]:
    """Proof that an entry is in the tree of a given size (RFC 9162, 2.1.3.1), sibling first.

    Raises:
        OutOfTree: ``number`` is not in a tree of ``size`` entries.
    """
    return [root_of(leaves(start, stop)) for start, stop in inclusion_ranges(number, size)]


def verify_inclusion(leaf: bytes, number: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf is entry ``number`` of the tree of this size and root (RFC 9162, 2.1.3.2).

    Raises:
        OutOfTree: No such entry in a tree of this size.
        MalformedProof: Too many hashes, or too few.
        ProofFails: Another leaf, another place, or another tree.
    """
    if not 0 <= number < size:
        raise OutOfTree(number, size)
    at, last, found = number, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise MalformedProof("length")
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise MalformedProof("length")
    if found != root:
        raise ProofFails(root, found)


def consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """The subtrees whose roots prove that a tree begins with an older one (RFC 9162, 2.1.4.1).

    Empty when there is nothing to prove: from the empty tree, or from a tree to itself.

    Raises:
        OutOfTree: ``old`` is beyond ``new``.
    """
    if not 0 <= old <= new:
        raise OutOfTree(old, new)
    if old in (0, new):
        return []
    ranges: list[tuple[int, int]] = []
    start, stop = 0, new
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, stop))
    return ranges[::-1]


def consistency_proof(old: int, new: int, leaves: LeafHashes) -> list[bytes]:
    """Proof that the tree of size ``new`` begins with the tree of size ``old`` (RFC 9162, 2.1.4.1).

    Raises:
        OutOfTree: ``old`` is beyond ``new``.
    """
    return [root_of(leaves(start, stop)) for start, stop in consistency_ranges(old, new)]


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the newer tree only added to the older one (RFC 9162, 2.1.4.2).

    Raises:
        OutOfTree: ``old`` is beyond ``new``.
        MalformedProof: Too many hashes, or too few.
        ProofFails: One of the roots is not that of these trees.
    """
    if not 0 <= old <= new:
        raise OutOfTree(old, new)
    if old in (0, new):
        if proof:
            raise MalformedProof("length")
        expected = old_root if old else EMPTY_ROOT
        found = new_root if old else old_root
        if expected != found:
            raise ProofFails(expected, found)
        return
    path = list(proof)
    if old & (old - 1) == 0:  # a full tree is a node of the newer one, which the proof leaves out
        path.insert(0, old_root)
    if not path:
        raise MalformedProof("length")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise MalformedProof("length")
        if at & 1 or at == last:
            found_old = node_hash(sibling, found_old)
            found_new = node_hash(sibling, found_new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise MalformedProof("length")
    if found_old != old_root:
        raise ProofFails(old_root, found_old)
    if found_new != new_root:
        raise ProofFails(new_root, found_new)


def _split(count: int) -> int:
    """The largest power of two below ``count``, which is 2 or more (RFC 6962, 2.1)."""
    return 1 << (count - 1).bit_length() - 1
