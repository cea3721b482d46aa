"""Time stamps by an authority (RFC 3161): the request, and what can be checked of the reply without its certificates.

A stamp shows that the bytes existed at a time that the congress did not choose. Its signature is checked with the
certificate that comes with it in ``stamps``; here only that the reply grants, and is about these very bytes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from .der import CONTEXT_0, INTEGER, OBJECT, OCTETS, SEQUENCE, TIME, Part, expect, only, parts_of, written
from .errors import MalformedStamp

QUERY_TYPE = "application/timestamp-query"  # RFC 3161, 3.4
REPLY_TYPE = "application/timestamp-reply"
MAX_REPLY_BYTES = 64 * 1024

_SHA256 = bytes.fromhex("608648016503040201")  # 2.16.840.1.101.3.4.2.1
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2
TST_INFO = bytes.fromhex("2a864886f70d0109100104")  # 1.2.840.113549.1.9.16.1.4
_GRANTED = (0, 1)  # granted, granted with modifications

_MOMENT = re.compile(r"([0-9]{14})(?:\.[0-9]+)?Z")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a reply says: the authority's time for these bytes."""

    at: datetime


def encode_query(data: bytes, nonce: int) -> bytes:
    """The request (RFC 3161, 2.4.1) for the SHA-256 of some bytes, asking for the certificate.

    Args:
        nonce: A number of 64 bits that only this request has.
    """
    imprint = _imprint(data)
    return written(SEQUENCE, written(INTEGER, b"\x01") + imprint + _nonce(nonce) + b"\x01\x01\xff")


@dataclass(frozen=True, slots=True)
class Token:
    """What a reply that grants carries, before any signature is looked at (RFC 5652, 5.1; RFC 3161, 2.4.2).

    Attributes:
        info: The TSTInfo as bytes: what is signed.
        certificates, signers: As they stand: DER of each.
    """

    info: bytes
    certificates: tuple[bytes, ...]
    signers: tuple[bytes, ...]

    def stamp_of(self, data: bytes) -> Stamp:
        """What it says of these bytes.

        Raises:
            MalformedStamp: ``data`` when it is about others, ``form``.
        """
        try:
            _version, _policy, imprint, _serial, moment, *_rest = self._fields()
            if written(*imprint) != _imprint(data):
                raise MalformedStamp("data")
            found = _MOMENT.fullmatch(expect(moment, TIME).decode("ascii"))
            if found is None:
                raise MalformedStamp("form")
            return Stamp(datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC))
        except (ValueError, IndexError, UnicodeDecodeError):
            raise MalformedStamp("form") from None

    def has_nonce(self, nonce: int) -> bool:
        """Whether it answers the request that had this number."""
        return any(written(*one) == _nonce(nonce) for one in self._fields()[5:])

    def _fields(self) -> list[Part]:
        return parts_of(only(self.info, SEQUENCE))


def read_reply(reply: bytes) -> Token:
    """Read a reply (RFC 3161, 2.4.2).

    Raises:
        MalformedStamp: ``form`` when it can't be read, ``refused``.
    """
    try:
        status, *token = parts_of(only(reply, SEQUENCE))
        if int.from_bytes(expect(parts_of(expect(status, SEQUENCE))[0], INTEGER), "big") not in _GRANTED or not token:
            raise MalformedStamp("refused")
        kind, content = parts_of(expect(token[0], SEQUENCE))
        if expect(kind, OBJECT) != _SIGNED_DATA:
            raise MalformedStamp("form")
        _version, _digests, inside, *rest = parts_of(expect(parts_of(expect(content, CONTEXT_0))[0], SEQUENCE))
        inner_kind, inner = parts_of(expect(inside, SEQUENCE))
        if expect(inner_kind, OBJECT) != TST_INFO:
            raise MalformedStamp("form")
        certificates = parts_of(rest[0][1]) if rest[0][0] == CONTEXT_0 else []
        return Token(
            expect(parts_of(expect(inner, CONTEXT_0))[0], OCTETS),
            tuple(written(*one) for one in certificates),
            tuple(written(*one) for one in parts_of(rest[-1][1])),
        )
    except (ValueError, IndexError):
        raise MalformedStamp("form") from None


def check_reply(reply: bytes, data: bytes, nonce: int) -> Stamp:
    """Read a reply to the request for these bytes.

    Raises:
        MalformedStamp: ``form`` when it can't be read, ``refused``, ``data`` when it is about other bytes, ``nonce``.
    """
    token = read_reply(reply)
    stamp = token.stamp_of(data)
    if not token.has_nonce(nonce):
        raise MalformedStamp("nonce")
    return stamp


def _imprint(data: bytes) -> bytes:
    algorithm = written(SEQUENCE, written(OBJECT, _SHA256) + b"\x05\x00")
    return written(SEQUENCE, algorithm + written(OCTETS, hashlib.sha256(data).digest()))


def _nonce(number: int) -> bytes:
    return written(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))
