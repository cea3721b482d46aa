"""Checkpoints: the signed summary of a log (C2SP tlog-checkpoint, signed-note, tlog-cosignature).

A checkpoint is three lines of text, signed as a note: the log's own signature, and under it those of
witnesses. Signatures of keys that one does not know are left aside, as the specification asks, so that new
kinds of signature can be added without breaking a reader.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import MalformedKey, MalformedNote, Unsigned, WrongSignature
from .tree import HASH_BYTES

ED25519 = 0x01  # signature of a note's text
COSIGNATURE = 0x04  # Ed25519 over a time and a note's text, by a witness
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_ID_BYTES = 4

MAX_NOTE_BYTES = 1_000_000  # a reader must bound what it reads; as Go's note package does
MAX_SIGNATURES = 100  # each costs a verification; the specification asks for 16 at least
MAX_SIZE = 2**64 - 1

_DASH = "\u2014 "
_SIZE = re.compile(r"0|[1-9][0-9]{0,19}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and the name that signs with it; ``algorithm`` is ``ED25519`` or ``COSIGNATURE``."""

    name: str
    key: bytes
    algorithm: int = ED25519

    @property
    def key_id(self) -> bytes:
        """The four bytes that announce a signature of this key: a hint, not a proof."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.key).digest()[:4]

    def encode(self) -> str:
        """The key as one line to print and publish: ``name+id+base64``."""
        material = base64.b64encode(bytes([self.algorithm]) + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    def verify(self, text: str, payload: bytes) -> int | None:
        """Check one signature of a note's text; the time of a cosignature, in seconds since 1970.

        Raises:
            WrongSignature: Not by this key, or not over this text.
        """
        time, signature, message = None, payload, text.encode()
        if self.algorithm == COSIGNATURE:
            time, signature = int.from_bytes(payload[:8], "big"), payload[8:]
            message = cosigned_message(text, time)
        try:
            if len(signature) != _SIGNATURE_BYTES:
                raise WrongSignature(self.name)
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature:
            raise WrongSignature(self.name) from None
        return time


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that signs notes. The name of a log's key is the log's origin."""

    name: str
    seed: bytes = field(repr=False)  # 32 bytes; must reach neither a log line nor an error page

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise MalformedKey("name")
        if len(self.seed) != _KEY_BYTES:
            raise MalformedKey("length")

    @property
    def verifier(self) -> VerifierKey:
        """The key to publish."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return VerifierKey(self.name, private.public_key().public_bytes_raw())

    def sign(self, text: str) -> bytes:
        """The 64 bytes of an Ed25519 signature (RFC 8032) of a note's text."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())


@dataclass(frozen=True, slots=True)
class Cosigner:
    """The private key of a witness (C2SP tlog-cosignature, version 1)."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        Signer(self.name, self.seed)  # the same rules for the name and the length

    @property
    def verifier(self) -> VerifierKey:
        """The key to publish."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return VerifierKey(self.name, private.public_key().public_bytes_raw(), COSIGNATURE)

    def cosign(self, text: str, time: int) -> str:
        """The line to append to a checkpoint of this text; ``time`` in seconds since 1970."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(cosigned_message(text, time))
        return signature_line(self.name, self.verifier.key_id, time.to_bytes(8, "big") + signature)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that was checked; ``time`` in seconds since 1970 for a witness, else None."""

    key: VerifierKey
    time: int | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log ``origin`` had ``size`` entries and this ``root``.

    ``extensions`` are further lines, which the specification allows and we never write.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The lines that are signed, the final newline included."""
        root = base64.b64encode(self.root).decode()
        return "\n".join((self.origin, str(self.size), root, *self.extensions)) + "\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that its log signed, and the witnesses, among the keys given, that cosigned it."""

    checkpoint: Checkpoint
    cosignatures: tuple[Signature, ...]


def is_key_name(name: str) -> bool:
    """Whether this may name a key: not empty, no plus sign, nothing blank, nothing unprintable."""
    return bool(name) and "+" not in name and not any(c.isspace() or not c.isprintable() for c in name)


def parse_verifier_key(line: str) -> VerifierKey:
    """Read ``name+id+base64``.

    Raises:
        MalformedKey: ``reason`` says which part is wrong; ``id`` when the key is not the one announced.
    """
    parts = line.strip().split("+", 2)
    if len(parts) != 3:
        raise MalformedKey("form")
    name, key_id, encoded = parts
    if not is_key_name(name):
        raise MalformedKey("name")
    material = _decode_base64(encoded)
    if material is None or _KEY_ID.fullmatch(key_id) is None:
        raise MalformedKey("form")
    if material[:1] not in (bytes([ED25519]), bytes([COSIGNATURE])):
        raise MalformedKey("algorithm")
    if len(material) != 1 + _KEY_BYTES:
        raise MalformedKey("length")
    key = VerifierKey(name, material[1:], material[0])
    if key.key_id.hex() != key_id:
        raise MalformedKey("id")
    return key


def sign_note(text: str, signers: Sequence[Signer]) -> bytes:
    """A note: the text, an empty line, one line for each signer.

    Raises:
        MalformedNote: The text does not end with a newline, or holds a control character.
    """
    _check_note_text(text)
    lines = (signature_line(s.name, s.verifier.key_id, s.sign(text)) for s in signers)
    return (text + "\n" + "".join(lines)).encode()


def signature_line(name: str, key_id: bytes, payload: bytes) -> str:
    """One signature as it stands at the foot of a note; a witness's is added to a note by appending it."""
    return f"{_DASH}{name} {base64.b64encode(key_id + payload).decode()}\n"


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs: its time, in seconds since 1970, and the whole text of the checkpoint."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def open_note(note: bytes, keys: Sequence[VerifierKey]) -> tuple[str, tuple[Signature, ...]]:
    """The text of a note and those of its signatures that are by the given keys.

    Raises:
        MalformedNote: Not a note.
        WrongSignature: One claims to be by a known key and is not: the whole note is refused.
        Unsigned: None is by a known key.
    """
    text, lines = _split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    signatures: list[Signature] = []
    for name, key_id, payload in lines:
        key = known.get((name, key_id))
        if key is not None:
            signatures.append(Signature(key, key.verify(text, payload)))
    if not signatures:
        raise Unsigned(tuple(key.name for key in keys))
    return text, tuple(signatures)


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> bytes:
    """The signed checkpoint of a log, ready to publish.

    Raises:
        MalformedNote: The origin is no name of a key, or the root is not 32 bytes.
    """
    parse_checkpoint(checkpoint.text)
    if not is_key_name(checkpoint.origin):
        raise MalformedNote("origin")
    return sign_note(checkpoint.text, signers)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint; it proves nothing without its signature (``open_checkpoint``).

    Raises:
        MalformedNote: ``reason`` says which part is wrong.
    """
    if not text.endswith("\n"):
        raise MalformedNote("text")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise MalformedNote("text")
    origin, size, encoded, *extensions = lines
    if _SIZE.fullmatch(size) is None or int(size) > MAX_SIZE:
        raise MalformedNote("size")
    root = _decode_base64(encoded)
    if root is None or len(root) != HASH_BYTES:
        raise MalformedNote("root")
    return Checkpoint(origin, int(size), root, tuple(extensions))


def open_checkpoint(note: bytes, log: VerifierKey, witnesses: Sequence[VerifierKey] = ()) -> SignedCheckpoint:
    """Read a checkpoint that its log must have signed.

    Args:
        note: The file as published.
        log: The log's key, had from elsewhere than the log's own server.
        witnesses: Keys of the witnesses that one trusts; how many must have signed is the caller's rule.

    Raises:
        MalformedNote: Not a checkpoint; ``origin`` when it is one of another log.
        WrongSignature: Altered, or signed by another key under the same name and id.
        Unsigned: The log's key did not sign.
    """
    text, signatures = open_note(note, (log, *witnesses))
    if all(signature.key != log for signature in signatures):
        raise Unsigned((log.name,))
    checkpoint = parse_checkpoint(text)
    if checkpoint.origin != log.name:
        raise MalformedNote("origin")
    return SignedCheckpoint(checkpoint, tuple(s for s in signatures if s.key.algorithm == COSIGNATURE))


def _split_note(note: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    if len(note) > MAX_NOTE_BYTES:
        raise MalformedNote("size")
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        raise MalformedNote("text") from None
    text, gap, foot = whole.rpartition("\n\n")
    text += "\n"
    _check_note_text(text)
    if not gap or not foot.endswith("\n"):
        raise MalformedNote("signatures")
    lines = foot[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedNote("signatures")
    return text, [_parse_signature_line(line) for line in lines]


def _parse_signature_line(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    payload = _decode_base64(encoded)
    if not line.startswith(_DASH) or not is_key_name(name) or payload is None or len(payload) <= _ID_BYTES:
        raise MalformedNote("signatures")
    return name, payload[:_ID_BYTES], payload[_ID_BYTES:]


def _check_note_text(text: str) -> None:
    if not text.endswith("\n") or any(c < " " and c != "\n" for c in text):
        raise MalformedNote("text")


def _decode_base64(text: str) -> bytes | None:
    """Standard base64 in its one form: Python's decoder alone would let stray final bits through."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None
