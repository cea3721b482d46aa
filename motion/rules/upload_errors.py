"""The facts that make Motion refuse a file, or a piece of one.

    UploadRefused
    ├── FileTooLarge(length, limit)
    ├── EmptyFile()
    ├── TooManyFiles(limit)
    ├── PersonalRoomFull(limit)
    ├── CongressRoomFull(limit)
    ├── NoRoomLeft()
    ├── UploadGone()
    ├── UploadBusy()
    ├── UploadElsewhere(expected, found)
    ├── UploadUnfinished(received, length)
    ├── PieceAltered()
    ├── PieceLate()
    └── PieceUnreadable(reason)

Each carries values and no sentence, as in `motion.rules.errors`.
"""

from dataclasses import dataclass

from motion.rules.errors import MotionError


@dataclass(unsafe_hash=True)
class UploadRefused(MotionError):
    """A file, or a piece of one, was not taken; what had arrived before is still there."""


@dataclass(unsafe_hash=True)
class FileTooLarge(UploadRefused):
    """More bytes than one file may have, or than were announced for it."""

    length: int
    limit: int


@dataclass(unsafe_hash=True)
class EmptyFile(UploadRefused):
    """A file without a byte: a name without a photo."""


@dataclass(unsafe_hash=True)
class TooManyFiles(UploadRefused):
    """So many files of this person, of this network or of all are under way that no further one begins."""

    limit: int


@dataclass(unsafe_hash=True)
class PersonalRoomFull(UploadRefused):
    """One person's files would hold more than `limit` bytes in this congress."""

    limit: int


@dataclass(unsafe_hash=True)
class CongressRoomFull(UploadRefused):
    """The congress's files would hold more than `limit` bytes."""

    limit: int


@dataclass(unsafe_hash=True)
class NoRoomLeft(UploadRefused):
    """The disk of the service is full."""


@dataclass(unsafe_hash=True)
class UploadGone(UploadRefused):
    """Nothing came for too long, or it took too long altogether: what had arrived is forgotten."""


@dataclass(unsafe_hash=True)
class UploadBusy(UploadRefused):
    """Another connection is sending this very file."""


@dataclass(unsafe_hash=True)
class UploadElsewhere(UploadRefused):
    """A piece begins at byte `found`, and `expected` is where the file goes on."""

    expected: int
    found: int


@dataclass(unsafe_hash=True)
class UploadUnfinished(UploadRefused):
    """A file that is to be used has not arrived whole, or is not yet where it stays."""

    received: int
    length: int


@dataclass(unsafe_hash=True)
class PieceAltered(UploadRefused):
    """What came is not what its sender's checksum says."""


@dataclass(unsafe_hash=True)
class PieceLate(UploadRefused):
    """Nothing came for a while on an open connection."""


@dataclass(unsafe_hash=True)
class PieceUnreadable(UploadRefused):
    """The request is none of the protocol's; `reason` names the header."""

    reason: str
