"""Proof files: all that shows one entry to be in the log, in one file to keep (C2SP tlog-proof)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .checkpoint import SignedCheckpoint, VerifierKey, open_checkpoint
from .errors import MalformedProof
from .tree import HASH_BYTES, leaf_hash, verify_inclusion

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,19})")
MAX_HASHES = 64  # the height of a tree whose size fits 64 bits


@dataclass(frozen=True, slots=True)
class LogProof:
    """Entry ``number`` is in the log of which ``note`` is a signed checkpoint; ``hashes`` sibling first.

    ``extra`` is what the file may carry besides; no signature covers it.
    """

    number: int
    hashes: tuple[bytes, ...]
    note: bytes
    extra: bytes = b""

    def encode(self) -> bytes:
        """The file, to be named ``….tlog-proof``."""
        lines = [_HEADER]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.number}")
        lines += (base64.b64encode(part).decode() for part in self.hashes)
        return ("\n".join(lines) + "\n\n").encode() + self.note


def parse_proof(data: bytes) -> LogProof:
    """Read a proof file; it proves nothing before ``verify_proof``.

    Raises:
        MalformedProof: Not of the format.
    """
    head, gap, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
        extra = b""
        if lines[1:] and lines[1].startswith("extra "):
            extra = base64.b64decode(lines.pop(1).removeprefix("extra "), validate=True)
        index = _INDEX.fullmatch(lines[1]) if lines[1:] else None
        hashes = tuple(base64.b64decode(line, validate=True) for line in lines[2:])
    except (UnicodeDecodeError, binascii.Error):
        raise MalformedProof("form") from None
    if index is None or len(hashes) > MAX_HASHES or any(len(part) != HASH_BYTES for part in hashes):
        raise MalformedProof("form")
    proof = LogProof(int(index[1]), hashes, note, extra)
    if not gap or proof.encode() != data:
        raise MalformedProof("form")
    return proof


def verify_proof(
    entry: bytes, proof: LogProof, log: VerifierKey, witnesses: Sequence[VerifierKey] = ()
) -> SignedCheckpoint:
    """Check that an entry is in the log, at the number that the proof says.

    Raises:
        MalformedNote, WrongSignature, Unsigned: The checkpoint is not one of this log.
        OutOfTree, MalformedProof, ProofFails: The entry is not in the tree that the log signed.
    """
    signed = open_checkpoint(proof.note, log, witnesses)
    tree = signed.checkpoint
    verify_inclusion(leaf_hash(entry), proof.number, tree.size, proof.hashes, tree.root)
    return signed
