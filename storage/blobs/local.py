"""Blobs as files of this machine, or of a folder that the machines share.

    fichiers/3f/3f…        a blob, under the first two digits of its key
    fichiers/partiels/…    what is being written, under its key and a name of its own

A blob is written aside, put on disk, linked under its key, and then the folder is put on disk: whoever looks sees all
of it or none. Cut before the link, it is a file in `partiels`, which `sweep` removes; cut after it, the blob is there,
and the other name is removed the same way.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar

from storage.blobs.promise import CHUNK_BYTES, BlobMissing, BlobTaken, StoreUnusable, checked

T = TypeVar("T")

FOLDER = "fichiers"
PARTS = "partiels"
THREADS = 4  # of their own: a slow disk must hold up neither pages nor signatures


class LocalBlobs:
    """Blobs in a folder; see `storage.blobs.promise`."""

    origin = ""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = ThreadPoolExecutor(THREADS, "blobs")

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        place = self._place(key)
        aside = await self._run(self._aside, key)
        length = 0
        try:
            file = await self._run(aside.open, "xb", 0)
            try:
                async for chunk in chunks:
                    await self._run(_write_all, file, chunk)
                    length += len(chunk)
                await self._run(os.fsync, file.fileno())
            finally:
                file.close()
            await self._run(self._link, aside, place, key)
        finally:
            aside.unlink(missing_ok=True)  # not in the threads: a cancelled writer cleans up as well
        return length

    async def take(self, key: str, path: Path) -> int:
        return await self._run(self._take, key, path)

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        place = self._place(key)
        try:
            file = await self._run(place.open, "rb", 0)
        except FileNotFoundError:
            raise BlobMissing(key) from None
        try:
            at = start
            while end is None or at < end:
                wanted = CHUNK_BYTES if end is None else min(CHUNK_BYTES, end - at)
                piece = await self._run(os.pread, file.fileno(), wanted, at)
                if not piece:
                    if end is not None:
                        raise BlobMissing(key)
                    return
                yield piece
                at += len(piece)
        finally:
            file.close()

    async def size(self, key: str) -> int | None:
        place = self._place(key)
        try:
            return (await self._run(place.stat)).st_size
        except FileNotFoundError:
            return None

    async def delete(self, key: str) -> None:
        await self._run(self._delete, self._place(key))

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        if await self.size(key) is None:
            raise BlobMissing(key)
        yield self._place(key)

    def address(self, key: str, *, seconds: int, media_type: str, file_name: str, inline: bool = True) -> str | None:
        return None

    async def sweep(self, before: datetime) -> int:
        return await self._run(sweep_parts, self._folder / PARTS, before)

    def close(self) -> None:
        self._threads.shutdown()

    async def _run(self, function: Callable[..., T], *arguments: object) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)
        except (FileNotFoundError, BlobTaken):
            raise
        except OSError as error:
            raise StoreUnusable(f"couldn't use {self._folder}: {error}") from error

    def _place(self, key: str) -> Path:
        return self._folder / checked(key)[:2] / key

    def _aside(self, key: str) -> Path:
        return aside(self._folder / PARTS, key)

    def _link(self, source: Path, place: Path, key: str) -> None:
        _make_folder(place.parent)
        try:
            os.link(source, place)
        except FileExistsError:
            raise BlobTaken(key) from None
        sync_folder(place.parent)

    def _take(self, key: str, path: Path) -> int:
        place = self._place(key)
        with path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size
            os.fsync(file.fileno())
            try:
                self._link(path, place, key)
            except OSError:  # another disk
                draft = self._aside(key)
                try:
                    with draft.open("xb", 0) as copy:
                        while piece := file.read(CHUNK_BYTES):
                            _write_all(copy, piece)
                        os.fsync(copy.fileno())
                    self._link(draft, place, key)
                finally:
                    draft.unlink(missing_ok=True)
        path.unlink()
        return length

    def _delete(self, place: Path) -> None:
        with suppress(FileNotFoundError):
            place.unlink()
            sync_folder(place.parent)


def aside(folder: Path, key: str) -> Path:
    """A name for what is being written, which nobody else uses; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{key}.{secrets.token_hex(4)}"


def sweep_parts(folder: Path, before: datetime) -> int:
    """Remove the files of a folder that nobody has written to since a moment; return how many."""
    removed = 0
    with suppress(FileNotFoundError):
        for found in os.scandir(folder):
            with suppress(FileNotFoundError):
                if found.stat().st_mtime < before.timestamp():
                    os.unlink(found.path)
                    removed += 1
    return removed


def _make_folder(folder: Path) -> None:
    """Make a folder whose name survives a power cut."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)
        sync_folder(folder.parent.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(file: IO[bytes], chunk: bytes) -> None:
    """An unbuffered file may take a part only."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[file.write(rest) :]
