"""Time stamps by an authority (RFC 3161): the request, and what can be checked of the reply without its certificates.

A stamp shows that the bytes existed at a time that the congress did not choose. Its signature is checked with the
authority's certificate, by ``openssl ts -verify``; here only that the reply grants, and is about these very bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from .errors import MalformedStamp

QUERY_TYPE = "application/timestamp-query"  # RFC 3161, 3.4
REPLY_TYPE = "application/timestamp-reply"
MAX_REPLY_BYTES = 64 * 1024

_INTEGER, _OCTETS, _OBJECT, _SEQUENCE, _TIME = 0x02, 0x04, 0x06, 0x30, 0x18  # tags of DER (ITU-T X.690)
_CONTEXT_0 = 0xA0
_SHA256 = bytes.fromhex("608648016503040201")  # 2.16.840.1.101.3.4.2.1
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")  # 1.2.840.113549.1.9.16.1.4
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
    return _write(_SEQUENCE, _write(_INTEGER, b"\x01") + imprint + _nonce(nonce) + b"\x01\x01\xff")


def check_reply(reply: bytes, data: bytes, nonce: int) -> Stamp:
    """Read a reply (RFC 3161, 2.4.2) to the request for these bytes.

    Raises:
        MalformedStamp: ``form`` when it can't be read, ``refused``, ``data`` when it is about other bytes, ``nonce``.
    """
    try:
        (outer,) = list(_read(reply, _SEQUENCE))
        status, *token = _parts(outer)
        if int.from_bytes(_expect(_parts(_expect(status, _SEQUENCE))[0], _INTEGER), "big") not in _GRANTED or not token:
            raise MalformedStamp("refused")
        kind, content = _parts(_expect(token[0], _SEQUENCE))
        if _expect(kind, _OBJECT) != _SIGNED_DATA:
            raise MalformedStamp("form")
        signed = _parts(_expect(_parts(_expect(content, _CONTEXT_0))[0], _SEQUENCE))
        inner_kind, inner = _parts(_expect(signed[2], _SEQUENCE))
        if _expect(inner_kind, _OBJECT) != _TST_INFO:
            raise MalformedStamp("form")
        info = _expect(_parts(_expect(inner, _CONTEXT_0))[0], _OCTETS)
        (body,) = list(_read(info, _SEQUENCE))
        fields = _parts(body)
        _version, _policy, imprint, _serial, moment, *rest = fields
        if _write(*imprint) != _imprint(data):
            raise MalformedStamp("data")
        if not any(_write(*one) == _nonce(nonce) for one in rest):
            raise MalformedStamp("nonce")
        found = _MOMENT.fullmatch(_expect(moment, _TIME).decode("ascii"))
        if found is None:
            raise MalformedStamp("form")
        return Stamp(datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC))
    except (ValueError, IndexError, UnicodeDecodeError):
        raise MalformedStamp("form") from None


def _imprint(data: bytes) -> bytes:
    algorithm = _write(_SEQUENCE, _write(_OBJECT, _SHA256) + b"\x05\x00")
    return _write(_SEQUENCE, algorithm + _write(_OCTETS, hashlib.sha256(data).digest()))


def _nonce(number: int) -> bytes:
    return _write(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _write(tag: int, content: bytes) -> bytes:
    """A value in DER."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _all(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        tag, size, start = data[at], data[at + 1], at + 2
        if size >= 0x80:
            count = size & 0x7F
            if not 1 <= count <= 4:
                raise ValueError(count)
            size, start = int.from_bytes(data[start : start + count], "big"), start + count
        at = start + size
        if at > len(data):
            raise ValueError(at)
        yield tag, data[start:at]


def _read(data: bytes, tag: int) -> Iterator[bytes]:
    for found, content in _all(data):
        if found != tag:
            raise ValueError(found)
        yield content


def _parts(content: bytes) -> list[tuple[int, bytes]]:
    return list(_all(content))


def _expect(part: tuple[int, bytes], tag: int) -> bytes:
    if part[0] != tag:
        raise ValueError(part[0])
    return part[1]
