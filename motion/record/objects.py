"""Salted objects: what may have to be erased one day, kept outside the log.

The log holds a commitment only. An object is 32 random bytes followed by the content; its name, which is
the commitment, is HMAC-SHA256 with those bytes as key. While the object is there anyone can check it with
OpenSSL; once it is erased, salt included, its name says nothing, not even for a content as short as "oui".
A plain SHA-256 of the same content could be guessed and tried for ever: hence none in the log, in file
names, in ETags.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from .errors import WrongObject, WrongSalt

SALT_BYTES = 32  # one length only: with keys of several lengths HMAC would bind less


@dataclass(frozen=True, slots=True)
class Sealed:
    """``name`` goes to the log and is the object's file name; ``data`` is the object's bytes."""

    name: str
    data: bytes


def seal(salt: bytes, content: bytes) -> Sealed:
    """Commit to a content.

    Args:
        salt: 32 bytes from a cryptographic generator, used for this object alone.
        content: Any bytes, none included.

    Raises:
        WrongSalt: Not 32 bytes.
    """
    if len(salt) != SALT_BYTES:
        raise WrongSalt(len(salt))
    return Sealed(_name(salt, content), salt + content)


class Commitment:
    """The name of an object whose content comes in pieces: `update` with each, then `name`. One owner."""

    __slots__ = ("_mac",)

    def __init__(self, salt: bytes) -> None:
        """Begin; `salt` as for `seal`.

        Raises:
            WrongSalt: Not 32 bytes.
        """
        if len(salt) != SALT_BYTES:
            raise WrongSalt(len(salt))
        self._mac = hmac.new(salt, digestmod=hashlib.sha256)

    def update(self, piece: bytes) -> None:
        """Take the next piece of the content."""
        self._mac.update(piece)

    @property
    def name(self) -> str:
        """The name of the object whose content was taken so far."""
        return self._mac.hexdigest()


def open_object(data: bytes, name: str) -> bytes:
    """The content of an object, once checked against its name.

    Raises:
        WrongObject: These are not the bytes that were committed to.
    """
    salt, content = data[:SALT_BYTES], data[SALT_BYTES:]
    if len(salt) != SALT_BYTES or not hmac.compare_digest(_name(salt, content).encode(), name.encode()):
        raise WrongObject(name)
    return content


def _name(salt: bytes, content: bytes) -> str:
    return hmac.new(salt, content, hashlib.sha256).hexdigest()
