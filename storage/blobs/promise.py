"""What a store of files promises, whoever keeps them: `local` and `s3` are tested on the same sentences.

A file is called a blob here. Its key is 32 hexadecimal digits drawn at random, never derived from what it holds:
whoever knows a content learns nothing from the keys. Names, types, owners and the commitments of the record are rows of
the database; the store holds bytes alone. A blob is written once: it is whole or it is not there, and nothing changes
it but its deletion.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 1 << 18
"""The most of a file in memory for one reader: a thousand may watch. A writer to S3 holds three parts of 6 MiB."""

KEY = r"[0-9a-f]{32}"
_KEY = re.compile(KEY, re.ASCII)


@dataclass
class BlobTaken(Exception):
    """A blob has this key already: nothing was written."""

    key: str


@dataclass
class BlobMissing(Exception):
    """No blob has this key, or it has fewer bytes than were asked for."""

    key: str


@dataclass
class StoreUnusable(Exception):
    """The store of files can't be reached, or it refuses; `detail` is for whoever runs the service."""

    detail: str


def is_key(text: str) -> bool:
    """Whether this may be a key: 32 hexadecimal digits."""
    return _KEY.fullmatch(text) is not None


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    """A content that is in memory, as `write` takes it."""
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


def checked(key: str) -> str:
    """Return the key.

    Raises:
        ValueError: It is none. Nothing but a key ever becomes part of a path or of an address.
    """
    if not is_key(key):
        raise ValueError(f"not a key of a blob: {key!r}")
    return key


class Blobs(Protocol):
    """Files, durable once `write` or `take` returns. Every method may raise `StoreUnusable`."""

    @property
    def origin(self) -> str:
        """Where browsers are sent by `address` (`https://host:port`); empty when it always answers None."""

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        """Keep a file; it is visible once it is whole and durable, and never before.

        An exception of `chunks`, a cancellation or a crash leaves no blob; `sweep` finds what it leaves behind.

        Returns:
            How many bytes.

        Raises:
            BlobTaken: There is such a blob.
        """

    async def take(self, key: str, path: Path) -> int:
        """Keep a file that lies on this machine's disk, and remove it there once it is durable here.

        After a crash, `size` says whether it is here; then the file at `path` may be left, and is to be removed.

        Returns:
            How many bytes.

        Raises:
            BlobTaken: There is such a blob; `path` was not touched.
        """

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Read a blob, or its bytes from `start` up to but not including `end`, in pieces of at most `CHUNK_BYTES`.

        Raises:
            BlobMissing: At the first piece, or later if it was deleted meanwhile.
        """

    async def size(self, key: str) -> int | None:
        """How many bytes a blob has; None when there is none."""

    async def delete(self, key: str) -> None:
        """Delete a blob, for good once this returns; one that is not there is deleted already."""

    def as_file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """Lend a blob as a file of this machine, to be read and not changed, for programs that know no more.

        Raises:
            BlobMissing: There is none.
        """

    def address(self, key: str, *, seconds: int, media_type: str, file_name: str, inline: bool = True) -> str | None:
        """An address at which the store itself answers a browser, for so many seconds; None when it has none to give.

        Args:
            media_type: With which it answers.
            file_name: What the file is called when it is saved.
            inline: Whether it is shown rather than saved.
        """

    async def sweep(self, before: datetime) -> int:
        """Remove what writers that were cut left behind before this moment; return how many pieces.

        A writer that still writes must have begun later: give it a day.
        """

    def close(self) -> None:
        """Let go of threads and connections."""
