"""What a log and its witnesses say to each other (C2SP tlog-witness, `add-checkpoint`).

A witness keeps one thing for each log: the last checkpoint that it cosigned. It cosigns the next one only when a
proof shows that the log did nothing but grow. Two histories can then not both be cosigned by it.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum

from .checkpoint import Checkpoint, SignedCheckpoint, VerifierKey, open_checkpoint, open_note
from .errors import MalformedNote, MalformedProof, ProofFails, RecordError, Unsigned, WrongSignature
from .tree import EMPTY_ROOT, HASH_BYTES, verify_consistency

PATH = "add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"  # of the answer that says which size the witness has
MAX_HASHES = 63  # as the specification asks
MAX_REQUEST_BYTES = 64 * 1024  # 63 hashes, and a checkpoint with many cosignatures

_OLD = re.compile(r"old (0|[1-9][0-9]{0,19})")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A log asks for a cosignature: ``note`` is its checkpoint, ``hashes`` prove it against size ``old``."""

    old: int
    hashes: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """The body of the request."""
        lines = [f"old {self.old}", *(base64.b64encode(part).decode() for part in self.hashes)]
        return ("\n".join(lines) + "\n\n").encode() + self.note


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """Read the body of a request; it proves nothing before ``judge``.

    Raises:
        MalformedProof: Not of the format.
    """
    head, gap, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
        old = _OLD.fullmatch(lines[0])
        hashes = tuple(base64.b64decode(line, validate=True) for line in lines[1:])
    except (UnicodeDecodeError, binascii.Error):
        raise MalformedProof("form") from None
    if old is None or len(hashes) > MAX_HASHES or any(len(part) != HASH_BYTES for part in hashes):
        raise MalformedProof("form")
    request = AddCheckpoint(int(old[1]), hashes, note)
    if not gap or request.encode() != data:
        raise MalformedProof("form")
    return request


class Verdict(StrEnum):
    """What a witness makes of a request; the comment is the status of its answer."""

    COSIGN = "cosign"  # 200
    MALFORMED = "malformed"  # 400
    UNSIGNED = "unsigned"  # 403: no signature of a key that the witness knows for this log
    UNKNOWN_LOG = "unknown-log"  # 404
    ANOTHER_SIZE = "another-size"  # 409: the witness has another last size, and says which
    ANOTHER_ROOT = "another-root"  # 422 (409 before version 1.1.0): the last size, another root: two histories
    NOT_PROVEN = "not-proven"  # 422: the proof fails: perhaps evidence of two histories


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and the checkpoint that it is about when one could be read and its log signed it."""

    verdict: Verdict
    checkpoint: Checkpoint | None = None


def judge(request: AddCheckpoint, logs: dict[str, tuple[VerifierKey, ...]], last: dict[str, Checkpoint]) -> Judged:
    """Decide on a request.

    Args:
        logs: Keys of the logs that the witness accepts, by origin.
        last: The last checkpoint cosigned, by origin; nothing for a log never cosigned.
    """
    origin = request.note.partition(b"\n")[0].decode(errors="replace")
    if origin not in logs:
        return Judged(Verdict.UNKNOWN_LOG)
    try:
        new = _opened(request.note, logs[origin]).checkpoint
    except (Unsigned, WrongSignature):
        return Judged(Verdict.UNSIGNED)
    except MalformedNote:
        return Judged(Verdict.MALFORMED)
    if request.old > new.size:
        return Judged(Verdict.MALFORMED, new)
    if new.size == 0 and new.root != EMPTY_ROOT:
        return Judged(Verdict.NOT_PROVEN, new)
    before = last.get(origin)
    if request.old != (before.size if before else 0):
        return Judged(Verdict.ANOTHER_SIZE, new)
    if before is not None and before.size == new.size:
        same = before.root == new.root
        if request.hashes:
            return Judged(Verdict.NOT_PROVEN, new)
        return Judged(Verdict.COSIGN if same else Verdict.ANOTHER_ROOT, new)
    try:
        if before is not None and before.size > 0:
            verify_consistency(before.size, new.size, before.root, new.root, request.hashes)
        elif request.hashes:
            raise MalformedProof("length")  # from the empty tree there is nothing to prove
    except (ProofFails, MalformedProof):
        return Judged(Verdict.NOT_PROVEN, new)
    return Judged(Verdict.COSIGN, new)


def cosignature_lines(note: bytes, answer: bytes, witness: VerifierKey) -> str:
    """Those lines of a witness's answer that are its valid cosignature of this checkpoint, ready to be appended.

    Raises:
        MalformedNote, WrongSignature, Unsigned: The answer holds none.
    """
    text = note.decode().rpartition("\n\n")[0] + "\n"
    lines = []
    for line in answer.decode(errors="replace").splitlines(keepends=True):
        try:
            open_note((text + "\n" + line).encode(), [witness])
        except Unsigned:
            continue
        lines.append(line)
    if not lines:
        raise Unsigned((witness.name,))
    return lines[0]


def _opened(note: bytes, keys: tuple[VerifierKey, ...]) -> SignedCheckpoint:
    refused: RecordError = Unsigned(tuple(key.name for key in keys))
    for key in keys:
        try:
            return open_checkpoint(note, key)
        except (Unsigned, WrongSignature) as error:
            refused = error
    raise refused
