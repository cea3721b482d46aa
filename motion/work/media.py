"""Files of contributions, made ready to be published: one at a time in a process, in the background.

What may stop this, and where, is in `storage.media`. The work itself is done by a child with its hands tied
(`motion.media`); here it is given its file, listened to, and what it made is kept.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO

from motion.acts import moderation
from motion.media import process
from motion.media.process import File, Result
from motion.record.objects import SALT_BYTES, Commitment
from motion.rules.media import MediaReason
from motion.work.by_child import ByChild
from motion.work.task_files import TakenOver
from motion.work.uncut import to_its_end
from storage import ledger, media
from storage.blobs import CHUNK_BYTES
from storage.media import Rendition, Taken
from storage.store import Session

log = logging.getLogger("motion.work")


class Conversions(ByChild[Taken, MediaReason]):
    """Makes what is published of files. Owned by one task; other processes may do the same."""

    _kind, _doing = media.KIND, "work at file"
    _lost, _internal = MediaReason.LOST, MediaReason.INTERNAL

    async def make_due(self) -> int:
        """Make what is published of every file that waits, and of those that a crash cut; return how many."""
        if await self._store.read(media.has_unshown):
            await self._store.write(media.give_up_unshown, self._now())
        return await self._work_at_due()

    async def _queue(self) -> None:
        if await self._store.read(media.has_waiting):
            await self._store.write(media.queue, self._now())

    async def _begin(self, job_id: int) -> Taken | None:
        return await self._store.write(media.begin, job_id, self._owner, self._now())

    async def _sign(self, taken: Taken) -> bool:
        return await self._store.write(media.alive, taken, self._owner, self._percent, self._now())

    async def _fail(self, taken: Taken, reason: MediaReason) -> None:
        await self._store.write(media.fail, taken.job_id, self._owner, reason, self._now())

    async def _work(self, folder: Path, taken: Taken) -> None:
        async with self._blobs.as_file(taken.blob) as path:
            result = await process.convert(path.absolute(), taken.kind, folder, self._tell, started=self._started)
        self._child = None
        if result.refused is not None:
            log.info("nothing can be made of file %d: %s", taken.file_id, result.refused)
            await self._fail(taken, result.refused)
            return
        keys = [secrets.token_hex(16) for _file in result.files]
        if not await self._store.write(media.reserve, taken, self._owner, keys, self._now()):
            raise TakenOver
        try:
            made = [await self._keep(file, key) for file, key in zip(result.files, keys, strict=True)]
        except BaseException:
            # They would go by themselves, hours later.
            await asyncio.shield(self._store.write(media.give_up, keys, self._now()))
            raise
        await to_its_end(self._store.write(self._settle, taken, result, made))

    async def _keep(self, file: File, key: str) -> Rendition:
        """Write a blob, and compute the name of its object on the way."""
        salt = secrets.token_bytes(SALT_BYTES)
        commitment = Commitment(salt)
        size = await self._blobs.write(key, _pieces(file.path, commitment.update))
        return Rendition(file.role, file.media_type, size, file.width, file.height, key, salt, commitment.name)

    def _settle(self, db: Session, taken: Taken, result: Result, made: list[Rendition]) -> None:
        now = self._now()
        ledger.lock(db, taken.congress_id)
        kept = media.settle(db, taken, self._owner, result.kind, made, result.duration_ms, now)
        if kept is not None:
            contribution, file, rows = kept
            for row in rows:
                moderation.show(db, contribution, file, row, now=now)


async def _pieces(path: Path, seen: Callable[[bytes], None]) -> AsyncIterator[bytes]:
    """A file in pieces, each shown to `seen` on its way."""
    file = await asyncio.to_thread(_plain_file, path)
    try:
        while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
            seen(piece)
            yield piece
    finally:
        file.close()


def _plain_file(path: Path) -> IO[bytes]:
    """What a child left is opened as a file, and as nothing that leads elsewhere."""
    return open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb", buffering=0)
