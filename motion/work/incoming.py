"""Files on their way in, looked after: finished after a crash, forgotten when nobody goes on, swept."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from motion.acts.deposits import KEPT
from storage import deposits, finished_uploads
from storage.blobs import Blobs
from storage.store import Store
from storage.upload_files import folder_in

log = logging.getLogger("motion.work")

PARTS_KEPT = timedelta(days=1)  # no writer is at work so long
SWEPT_EVERY = timedelta(hours=6)


class Incoming:
    """Owned by one task at a time: what it does can be repeated, and other processes may do the same."""

    def __init__(self, store: Store, blobs: Blobs, data_dir: Path) -> None:
        self._store = store
        self._blobs = blobs
        self._folder = folder_in(data_dir)
        self._swept_at: datetime | None = None

    async def finish_due(self, now: datetime) -> int:
        """Finish what is whole and was not moved to where it stays; return how many."""
        return await finished_uploads.finish_due(self._store, self._blobs, self._folder, now)

    async def forget_due(self, now: datetime) -> int:
        """Forget what was begun and never finished, and what no row needs; return how many files."""
        count = await finished_uploads.forget_due(self._store, self._blobs, self._folder, now)
        count += await finished_uploads.sweep(self._store, self._folder)
        if self._swept_at is None or now - self._swept_at >= SWEPT_EVERY:
            count += await self._blobs.sweep(now - PARTS_KEPT)
            self._swept_at = now
        if count:
            log.info("%d files that nobody finished or used were forgotten", count)
        return count

    async def forget_drafts(self, now: datetime) -> int:
        """Forget contributions that nobody went on writing; return how many. Their files have expired before."""
        moment = now - KEPT
        if not await self._store.read(deposits.is_late, moment):
            return 0
        return await self._store.write(deposits.forget_before, moment)
