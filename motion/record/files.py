"""Objects that are files of their own, of any length: read piece by piece, in either of the two forms they lie in.

On a server such an object is one file, salt first. In a folder salt and content may lie apart, so that any program
opens the content as it is, and no film lies there twice (``FORMAT.md``, "Objects, published").
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Generator, Iterable
from contextlib import closing

from .bundles import file_path
from .errors import MalformedTree
from .objects import SALT_BYTES, Commitment

PIECE_BYTES = 1 << 16
MAX_APART_BYTES = 256
"""Of a file that holds a salt and says where the content is."""

Flow = Generator[bytes, None, None]
"""The bytes of a file, in pieces; to be closed by whoever does not read it to its end."""

Stream = Callable[[str], Flow | None]
"""Brings a file by its path below the congress's address (``log/objects/files/…``), or None."""

Files = Callable[[str], Flow | None]
"""Brings an object that is a file of its own by its name, salt first, or None."""

_CONTENT = re.compile(r"medias/([0-9a-f]{64})(\.[a-z0-9]{1,8})?")


def salt_path(name: str) -> str:
    """Path below the log's address of the salt of an object whose content lies apart.

    Raises:
        MalformedTree: No object has this name.
    """
    return f"{file_path(name)}.salt"


def encode_apart(salt: bytes, path: str) -> bytes:
    """The file at ``salt_path``: the salt, then where the content is, below the congress's address.

    Raises:
        MalformedTree: Not a salt, or no such path.
    """
    if len(salt) != SALT_BYTES or _CONTENT.fullmatch(path) is None:
        raise MalformedTree("apart")
    return salt + path.encode()


def decode_apart(name: str, data: bytes) -> tuple[bytes, str]:
    """Salt and path of the content of an object.

    Raises:
        MalformedTree: It is not of this object, or leads elsewhere than to the files of the congress.
    """
    salt, path = data[:SALT_BYTES], data[SALT_BYTES:MAX_APART_BYTES].decode(errors="replace")
    found = _CONTENT.fullmatch(path)
    if found is None or found[1] != name:
        raise MalformedTree("apart")
    return salt, path


def whole_or_apart(stream: Stream) -> Files:
    """Reads objects in the form they lie in."""

    def files(name: str) -> Flow | None:
        found = stream(f"log/{file_path(name)}")
        if found is not None:
            return found
        apart = stream(f"log/{salt_path(name)}")
        if apart is None:
            return None
        with closing(apart):
            data = next(apart, b"")
        try:
            salt, path = decode_apart(name, data)
        except MalformedTree:
            return (piece for piece in (data,))  # something is there, and it is not the object
        content = stream(path)
        return None if content is None else _joined(salt, content)

    return files


def _joined(salt: bytes, content: Flow) -> Flow:
    with closing(content):
        yield salt
        yield from content


def length_of(pieces: Iterable[bytes], name: str, most: int | None) -> int | None:
    """The length of an object's content without its salt, once checked against its name; None when it is another.

    Args:
        most: Longer than this it is not read on: the length found so far is returned, unchecked.
    """
    salt, commitment, length = b"", None, 0
    for piece in pieces:
        if commitment is None:
            salt += piece
            if len(salt) < SALT_BYTES:
                continue
            commitment, piece = Commitment(salt[:SALT_BYTES]), salt[SALT_BYTES:]
        commitment.update(piece)
        length += len(piece)
        if most is not None and length > most:
            return length
    if commitment is None or not hmac.compare_digest(commitment.name.encode(), name.encode()):
        return None
    return length
