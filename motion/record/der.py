"""Values in DER (ITU-T X.690), as far as a time stamp needs them: read with their bounds, written again the same."""

from __future__ import annotations

from collections.abc import Iterator

INTEGER, OCTETS, OBJECT, SEQUENCE, SET, TIME = 0x02, 0x04, 0x06, 0x30, 0x31, 0x18  # tags
CONTEXT_0 = 0xA0

Part = tuple[int, bytes]
"""The tag of a value, and its content."""


def written(tag: int, content: bytes) -> bytes:
    """A value as bytes."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def parts_of(content: bytes) -> list[Part]:
    """The values that stand one after the other.

    Raises:
        ValueError, IndexError: A length that can't be, or that leads beyond the end.
    """
    return list(_all(content))


def only(data: bytes, tag: int) -> bytes:
    """The content of the one value that these bytes are.

    Raises:
        ValueError, IndexError: It is another, or not alone.
    """
    (one,) = parts_of(data)
    return expect(one, tag)


def expect(part: Part, tag: int) -> bytes:
    """The content of a value of this tag.

    Raises:
        ValueError: It has another.
    """
    if part[0] != tag:
        raise ValueError(part[0])
    return part[1]


def _all(data: bytes) -> Iterator[Part]:
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
