"""Receiving a file piece by piece: what came is on disk before it is counted, and counted before it is answered for.

Life of a piece. Its connection takes the file's lock; what lies beyond the counted bytes is cut off; bytes are written
by the megabyte, and every sixteen of them, or five seconds of a slow line, are put on disk and counted, so that a cut
costs no more than that. A piece with a checksum is counted at its end, and only if it is right. With the last byte the
file is whole and becomes a blob (`storage.finished_uploads`).

A line that broke often stays open on this side, holding the lock: whoever comes for the same file asks it to let go,
and it counts what it has first. Nobody's bytes are ever mixed.
"""

import asyncio
import errno
import hashlib
import hmac
import logging
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect

from motion.acts import uploads as acts
from motion.acts.uploads import Limits, NewUpload
from motion.rules.upload_errors import (
    FileTooLarge,
    NoRoomLeft,
    PieceAltered,
    PieceLate,
    UploadBusy,
    UploadElsewhere,
)
from motion.settings import Settings
from motion.web.file_commitments import Commitments
from motion.web.service import Service
from storage import finished_uploads, uploads
from storage.blobs import StoreUnusable
from storage.models import Upload
from storage.upload_files import Incoming, folder_in

T = TypeVar("T")

log = logging.getLogger("motion.web")

WRITTEN_BYTES = 1 << 20  # at once
COUNTED_BYTES = 16 << 20  # what a cut costs on a fast line
MOST_UNCOUNTED_BYTES = 64 << 20  # on a line that is faster than the disk
COUNTED_S = 5.0  # and on a slow one
SILENT_S = 60.0  # an open connection on which nothing comes
GIVEN_UP_S = 10.0  # for another connection to count what it has and let go
THREADS = 4  # of their own: a slow disk holds up neither pages nor signatures
KEPT_FREE_BYTES = 512 << 20  # of the disk, for the record and everything else
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
DIGESTS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says that a piece is: `algorithm` is a key of `DIGESTS`."""

    algorithm: str
    digest: bytes


@dataclass(slots=True)
class _Writer:
    """A connection that has a file's lock; another may ask it to let go."""

    released: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: asyncio.Timeout | None = None
    is_asked: bool = False

    def ask(self) -> None:
        self.is_asked = True
        if self.waiting is not None:
            self.waiting.reschedule(asyncio.get_running_loop().time())


def limits_of(settings: Settings) -> Limits:
    """What this installation allows."""
    return Limits(
        settings.max_media_bytes,
        settings.person_media_bytes,
        settings.congress_media_bytes,
        timedelta(hours=settings.upload_hours),
    )


class Uploads:
    """The files on their way into this process. One for each process."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._folder = folder_in(service.settings.data_dir)
        self._limits = limits_of(service.settings)
        self._threads = ThreadPoolExecutor(THREADS, "uploads")
        self._writers: dict[str, _Writer] = {}
        self.commitments = Commitments(service.blobs)

    async def begin(self, congress_id: int, owner: bytes, network: str, new: NewUpload) -> Upload:
        """Announce a file; see `motion.acts.uploads.begin`.

        Raises:
            NoRoomLeft: The disk could not hold it.
        """
        await self._run(self._check_room, new.length)
        return await self._service.store.write(
            acts.begin,
            congress_id,
            owner,
            network,
            new,
            self._limits,
            upload_id=secrets.token_hex(16),
            now=self._service.now(),
        )

    def _check_room(self, length: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < length + KEPT_FREE_BYTES:
            raise NoRoomLeft()

    async def look(self, congress_id: int, owner: bytes | None, upload_id: str) -> Upload:
        """An upload as it stands, once whoever sends it in this process has counted what came.

        Raises:
            NotFound, UploadGone: As `motion.acts.uploads.of_person`.
        """
        found = await self._find(congress_id, owner, upload_id)
        if found.state != "receiving":
            return found
        with suppress(UploadBusy):  # another process has it: what is counted is what there is
            async with self._holding(upload_id) as (_writer, file):
                return await self._counted(file, await self._find(congress_id, owner, upload_id))
        return await self._find(congress_id, owner, upload_id)

    async def receive(
        self,
        congress_id: int,
        owner: bytes | None,
        upload_id: str,
        offset: int,
        stream: AsyncIterator[bytes],
        *,
        length: int | None = None,
        checksum: Checksum | None = None,
    ) -> Upload:
        """Take a piece of a file.

        Args:
            offset: Where the piece begins.
            length: Of the piece, when it is known.

        Returns:
            The upload, with all of the piece counted.

        Raises:
            NotFound, UploadGone: As `motion.acts.uploads.of_person`.
            UploadElsewhere: The file goes on elsewhere.
            UploadBusy: Another connection sends it.
            FileTooLarge: More came than was announced; nothing of the piece's end is counted.
            PieceAltered: It is not what its checksum says; nothing of it is counted.
            PieceLate, NoRoomLeft, CongressRoomFull: What came before is counted.
            ClientDisconnect: As well.
        """
        await self._find(congress_id, owner, upload_id)
        async with self._holding(upload_id) as (writer, file):
            found = await self._counted(file, await self._find(congress_id, owner, upload_id))
            if offset != found.received:
                raise UploadElsewhere(found.received, offset)
            if length is not None and offset + length > found.length:
                raise FileTooLarge(offset + length, found.length)
            if found.state == "receiving":
                found = await _Piece(self, writer, file, found, checksum).take(stream)
            if found.state == "whole":
                await self._finish(found)
                found = await self._find(congress_id, owner, upload_id)
            if found.state == "done":
                self.commitments.begin(found)
            return found

    async def give_up(self, congress_id: int, owner: bytes | None, upload_id: str) -> None:
        """Forget an upload and its bytes, as its sender asks.

        Raises:
            NotFound, UploadGone: As `motion.acts.uploads.of_person`; or a contribution has it.
            UploadBusy: Another process receives it.
        """
        service = self._service
        await self._find(congress_id, owner, upload_id)
        async with self._holding(upload_id) as (_writer, file):
            found = await self._find(congress_id, owner, upload_id)
            if found.state == "whole":
                await self._finish(found)
                found = await self._find(congress_id, owner, upload_id)
            await service.store.write(acts.give_up, congress_id, owner, upload_id, now=service.now())
            file.remove()
        if found.state == "done" and found.key is not None:
            self.commitments.forget([found.key])
            await service.blobs.delete(found.key)

    async def count(self, upload: Upload, received: int) -> Upload:
        """Count what is on disk."""
        service = self._service
        return await service.store.write(
            acts.advance,
            upload,
            upload.received,
            received,
            self._limits,
            key=secrets.token_hex(16),
            now=service.now(),
        )

    async def on_disk(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run what waits for the disk.

        Raises:
            NoRoomLeft: It is full.
        """
        try:
            return await self._run(function, *arguments)
        except OSError as error:
            if error.errno in FULL:
                raise NoRoomLeft() from error
            raise

    async def _run(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def _find(self, congress_id: int, owner: bytes | None, upload_id: str) -> Upload:
        service = self._service
        return await service.store.read(acts.of_person, congress_id, owner, upload_id, now=service.now())

    async def _counted(self, file: Incoming, found: Upload) -> Upload:
        """Make file and row agree: cut off what was not counted, and count no more than there is."""
        if found.state == "receiving":
            there = await self.on_disk(file.cut, found.received)
            if there < found.received:
                await self._service.store.write(uploads.cut_back, found.id, there)
                found.received = there
        return found

    async def _finish(self, upload: Upload) -> None:
        service = self._service
        try:
            await finished_uploads.finish(service.store, service.blobs, self._folder, upload, service.now())
        except StoreUnusable as error:  # every byte is on disk and counted: `motion work` goes on
            log.warning("upload: whole, and not yet where it stays: %s", error.detail)

    @asynccontextmanager
    async def _holding(self, upload_id: str) -> AsyncIterator[tuple[_Writer, Incoming]]:
        """Have a file's lock.

        Raises:
            UploadBusy: Another connection has it and does not let go.
        """
        other = self._writers.get(upload_id)
        if other is not None:
            other.ask()
            try:
                async with asyncio.timeout(GIVEN_UP_S):
                    await other.released.wait()
            except TimeoutError:
                raise UploadBusy() from None
        if upload_id in self._writers:  # of several that waited, one was faster
            raise UploadBusy()
        writer = self._writers[upload_id] = _Writer()
        try:
            file = await self.on_disk(Incoming.hold, self._folder, upload_id)
            if file is None:
                raise UploadBusy()
            try:
                yield writer, file
            finally:
                file.close()
        finally:
            del self._writers[upload_id]
            writer.released.set()


class _Piece:
    """One piece on its way to the disk."""

    def __init__(
        self, uploads: Uploads, writer: _Writer, file: Incoming, upload: Upload, checksum: Checksum | None
    ) -> None:
        self._uploads = uploads
        self._writer = writer
        self._file = file
        self._upload = upload
        self._checksum = checksum
        self._digest = DIGESTS[checksum.algorithm]() if checksum else None
        self._pending = bytearray()
        self._at = upload.received  # where the pending bytes go
        self._count_at = 0.0  # when what a slow line brought is counted, by the loop's clock
        self._writing: asyncio.Task[None] | None = None  # while it does, the next bytes come in
        self._counting: asyncio.Task[Upload] | None = None  # likewise

    async def take(self, stream: AsyncIterator[bytes]) -> Upload:
        try:
            return await self._take(stream)
        finally:
            # The lock must not be let go while a thread still writes.
            left = [task for task in (self._writing, self._counting) if task is not None]
            await asyncio.gather(*left, return_exceptions=True)

    async def _take(self, stream: AsyncIterator[bytes]) -> Upload:
        now = asyncio.get_running_loop().time
        self._count_at = now() + COUNTED_S
        try:
            async for chunk in self._arriving(stream):
                if self._at + len(self._pending) + len(chunk) > self._upload.length:
                    raise FileTooLarge(self._at + len(self._pending) + len(chunk), self._upload.length)
                self._pending += chunk
                is_slow = now() >= self._count_at
                if len(self._pending) >= WRITTEN_BYTES or is_slow:
                    await self._write()
                    if self._checksum is None and (is_slow or self._at - self._upload.received >= COUNTED_BYTES):
                        await self._count_meanwhile()
                        self._count_at = now() + COUNTED_S
        except (ClientDisconnect, PieceLate, UploadBusy):
            if self._checksum is None:
                await self._count_all()
            raise
        if self._checksum is not None and self._digest is not None:
            await self._written()
            if not hmac.compare_digest(self._digest.digest(), self._checksum.digest):
                await self._uploads.on_disk(self._file.cut, self._upload.received)
                raise PieceAltered()
        return await self._count_all()

    async def _arriving(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The chunks, until the end, or until nothing comes, or until somebody asks for the file."""
        while True:
            try:
                async with asyncio.timeout(SILENT_S) as self._writer.waiting:
                    chunk = await anext(stream, None)
            except TimeoutError:
                if self._writer.is_asked:
                    raise UploadBusy() from None
                raise PieceLate() from None
            finally:
                self._writer.waiting = None
            if chunk is None:
                return
            if self._writer.is_asked:
                raise UploadBusy()
            if chunk:
                yield chunk

    async def _write(self) -> None:
        """Begin to write what is pending, when what was before is written."""
        if self._writing is not None:
            await self._writing
        chunk, self._pending = self._pending, bytearray()
        if chunk:
            self._writing = asyncio.create_task(self._uploads.on_disk(self._store, chunk, self._at))
            self._at += len(chunk)

    def _store(self, chunk: bytearray, at: int) -> None:
        if self._digest is not None:
            self._digest.update(chunk)
        self._file.write(chunk, at)

    async def _written(self) -> None:
        """Wait until everything that came is written."""
        await self._write()
        if self._writing is not None:
            await self._writing

    async def _count_meanwhile(self) -> None:
        """Begin to count what came, unless the last count still goes on and is not far behind."""
        if self._counting is not None:
            if not self._counting.done() and self._at - self._upload.received < MOST_UNCOUNTED_BYTES:
                return
            self._upload = await self._counting
        await self._written()
        self._counting = asyncio.create_task(self._count(self._at))

    async def _count_all(self) -> Upload:
        """Count everything that came."""
        await self._written()
        if self._counting is not None:
            self._upload = await self._counting
            self._counting = None
        if self._at > self._upload.received:
            self._upload = await self._count(self._at)
        return self._upload

    async def _count(self, at: int) -> Upload:
        await self._uploads.on_disk(self._file.sync)
        return await self._uploads.count(self._upload, at)
