"""Files of contributions, made ready to be published: one at a time in a process, in the background.

What may stop this, and where, is in `storage.media`. The work itself is done by a child with its hands tied
(`motion.media`); here it is given its file, listened to, and what it made is kept.
"""

import asyncio
import logging
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from motion.acts import moderation
from motion.media import process
from motion.media.process import File, Result
from motion.media.refusal import DiskFull
from motion.record.objects import SALT_BYTES, Commitment
from motion.rules.media import MediaReason
from motion.work import signs
from motion.work.jobs import THIS_PROCESS, TakenOver
from storage import jobs, ledger, media
from storage.blobs import CHUNK_BYTES, BlobMissing, Blobs, StoreUnusable
from storage.media import Rendition, Taken
from storage.store import Session, Store

log = logging.getLogger("motion.work")

PAUSE = timedelta(minutes=1)  # when the disk is full or the store of files away: this is no fault of any file


class Conversions:
    """Makes what is published of files. Owned by one task; other processes may do the same."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        data_dir: Path,
        now: Callable[[], datetime],
        *,
        owner: str = THIS_PROCESS,
        sign_every_s: float = signs.EVERY_S,
    ) -> None:
        self._store, self._blobs, self._data_dir, self._now = store, blobs, data_dir.absolute(), now
        self._owner = owner
        self._sign_every_s = sign_every_s
        self._paused_until: datetime | None = None
        self._child: int | None = None
        self._percent = 0

    @property
    def process_id(self) -> int | None:
        """The child that reads a file now."""
        return self._child

    async def make_due(self) -> int:
        """Make what is published of every file that waits, and of those that a crash cut; return how many."""
        if await self._store.read(media.has_unshown):
            await self._store.write(media.give_up_unshown, self._now())
        if self._paused_until is not None and self._now() < self._paused_until:
            return 0
        if await self._store.read(media.has_waiting):
            await self._store.write(media.queue, self._now())
        count = 0
        for job_id in await self._store.read(jobs.due, self._now(), (media.KIND,)):
            taken = await self._store.write(media.begin, job_id, self._owner, self._now())
            if taken is not None:
                count += await self._make(taken)
                if self._paused_until is not None and self._now() < self._paused_until:
                    break
        return count

    async def _make(self, taken: Taken) -> bool:
        """Make what is published of one file; whether it is settled, were it with a reason."""
        folder = await asyncio.to_thread(process.new_folder, self._data_dir)
        try:
            await signs.with_signs(self._work(folder, taken), lambda: self._sign(taken), self._sign_every_s)
        except TakenOver:
            log.warning("file %d was silent for too long and is worked at elsewhere", taken.file_id)
            return False
        except (DiskFull, StoreUnusable) as error:
            log.warning("couldn't work at file %d, trying again in %s: %r", taken.file_id, PAUSE, error)
            self._paused_until = self._now() + PAUSE
            await self._store.write(jobs.give_back, taken.job_id, self._owner)
            return False
        except BlobMissing:
            log.error("file %d is not in the store of files", taken.file_id)
            await self._store.write(media.fail, taken.job_id, self._owner, MediaReason.LOST, self._now())
        except asyncio.CancelledError:
            # This process stops: whoever comes next begins at once. What is settled already stays so.
            await asyncio.shield(self._store.write(jobs.give_back, taken.job_id, self._owner))
            raise
        except Exception:
            log.exception("couldn't work at file %d", taken.file_id)
            await self._store.write(media.fail, taken.job_id, self._owner, MediaReason.INTERNAL, self._now())
        finally:
            self._child = None
            shutil.rmtree(folder, ignore_errors=True)  # not in a thread: a cancelled turn cleans up as well
        return True

    async def _sign(self, taken: Taken) -> bool:
        return await self._store.write(media.alive, taken, self._owner, self._percent, self._now())

    async def _work(self, folder: Path, taken: Taken) -> None:
        self._percent = 0
        async with self._blobs.as_file(taken.blob) as path:
            result = await process.convert(path.absolute(), taken.kind, folder, self._tell, started=self._started)
        self._child = None
        if result.refused is not None:
            log.info("nothing can be made of file %d: %s", taken.file_id, result.refused)
            await self._store.write(media.fail, taken.job_id, self._owner, result.refused, self._now())
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
        settling = asyncio.ensure_future(self._store.write(self._settle, taken, result, made))
        try:
            await asyncio.shield(settling)
        except asyncio.CancelledError:
            await settling  # a deed that has begun ends
            raise

    async def _tell(self, percent: int) -> None:
        self._percent = percent

    def _started(self, child: int) -> None:
        self._child = child

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
