"""What goes into the record of a file's content, made before anyone asks for it.

An object's name takes its whole content in (`motion.record.objects`), and reading four gigabytes takes the time of a
page that never comes. So a large file is read as soon as it has arrived, while its author answers the other questions.
Salt and name stay in the memory of this process until a contribution takes the file: written down anywhere else, a salt
would outlive the erasure of its object. Another process, or this one started anew, reads the file again.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

from motion.record.objects import SALT_BYTES, Commitment
from storage.blobs import BlobMissing, Blobs, StoreUnusable
from storage.models import Upload

log = logging.getLogger("motion.web")

LARGE_BYTES = 32 << 20  # below, it is read in the moment in which it is sent
AT_ONCE = 2  # a disk reads two files as fast as twenty
WAITED_S = 15.0  # by a page: proxies give up after thirty or sixty
REMEMBERED = 2_000  # files: their authors may never send them


class FilesBeingRead(Exception):
    """Not all of them are read yet: nothing may be sent now, and a little later everything may.

    Attributes:
        percent: How much is read.
    """

    def __init__(self, percent: int) -> None:
        super().__init__(percent)
        self.percent = percent


@dataclass(frozen=True, slots=True)
class Committed:
    """The salt of an object and its name."""

    salt: bytes
    name: str


class Commitments:
    """The large files that this process reads or has read, by the key of their blob. One for each process."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._tasks: dict[str, asyncio.Task[Committed]] = {}
        self._read: dict[str, int] = {}  # bytes
        self._turns = asyncio.Semaphore(AT_ONCE)

    def begin(self, upload: Upload) -> None:
        """Read a large file that has arrived, unless that is done or being done."""
        if upload.key is None or upload.length < LARGE_BYTES:
            return
        if len(self._tasks) >= REMEMBERED:
            self.forget(list(self._tasks)[: len(self._tasks) - REMEMBERED + 1])
        if upload.key not in self._tasks:
            task = self._tasks[upload.key] = asyncio.create_task(self._in_turn(upload.key))
            task.add_done_callback(lambda done, key=upload.key: self._ended(key, done))  # type: ignore[misc]

    async def of(self, uploads: Iterable[Upload]) -> dict[str, Committed]:
        """Of each file, by the key of its blob.

        Raises:
            FilesBeingRead: It takes longer than a page can wait. It goes on.
            StoreUnusable, BlobMissing: One can't be read now, or was given up meanwhile.
        """
        wanted = [upload for upload in uploads if upload.key is not None]
        for upload in wanted:
            self.begin(upload)
        large = {upload.key: self._tasks[upload.key] for upload in wanted if upload.key in self._tasks}
        if large:
            await asyncio.wait(large.values(), timeout=WAITED_S)
        if not all(task.done() for task in large.values()):
            total = sum(upload.length for upload in wanted if upload.key in large)
            read = sum(self._read.get(key or "", 0) for key in large)
            raise FilesBeingRead(min(99, 100 * read // total))
        found = {}
        for upload in wanted:
            assert upload.key is not None
            task = large.get(upload.key)
            if task is not None and task.cancelled():
                raise BlobMissing(upload.key)
            found[upload.key] = task.result() if task is not None else await self._commit(upload.key)
        return found

    def forget(self, keys: Iterable[str]) -> None:
        """Forget files that a contribution has, or that are not wanted any more."""
        for key in keys:
            task = self._tasks.pop(key, None)
            if task is not None:
                task.cancel()
            self._read.pop(key, None)

    async def _in_turn(self, key: str) -> Committed:
        async with self._turns:
            return await self._commit(key)

    async def _commit(self, key: str) -> Committed:
        commitment = Commitment(salt := secrets.token_bytes(SALT_BYTES))
        read = 0
        # Closed at once when the file is given up: the store can then let go of it.
        async with aclosing(cast(AsyncGenerator[bytes, None], self._blobs.read(key))) as chunks:
            async for chunk in chunks:
                await asyncio.to_thread(commitment.update, chunk)
                read += len(chunk)
                if key in self._tasks:
                    self._read[key] = read
        return Committed(salt, commitment.name)

    def _ended(self, key: str, task: asyncio.Task[Committed]) -> None:
        """What failed is begun again when somebody asks for it."""
        if task.cancelled() or task.exception() is None:
            return
        if self._tasks.get(key) is task:
            del self._tasks[key]
            self._read.pop(key, None)
        error = task.exception()
        if isinstance(error, BlobMissing | StoreUnusable):
            log.info("couldn't read a file that has arrived; again when it is sent: %s", error)
        else:
            log.error("couldn't read a file that has arrived", exc_info=error)
