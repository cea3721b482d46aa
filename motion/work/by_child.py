"""Works on files that a child process does, one file at a time: what is the same whatever is made of them.

The child has its hands tied (`motion.media.process`); here it has a folder of its own, signs of life are given as long
as it works, and whatever stops it, its task is settled with a reason, given back, or left to whoever took it over.
"""

import asyncio
import logging
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from motion.media import process
from motion.media.refusal import DiskFull
from motion.work import signs
from motion.work.jobs import THIS_PROCESS
from motion.work.task_files import TakenOver
from storage import jobs
from storage.blobs import BlobMissing, Blobs, StoreUnusable
from storage.store import Store

log = logging.getLogger("motion.work")

PAUSE = timedelta(minutes=1)  # when the disk is full or the store of files away: this is no fault of any file


class Begun(Protocol):
    """A task that this process has claimed, and the file it is about."""

    @property
    def job_id(self) -> int:
        """Of the task."""

    @property
    def file_id(self) -> int:
        """Of the file."""


Taken = TypeVar("Taken", bound=Begun)
Reason = TypeVar("Reason")


class ByChild(ABC, Generic[Taken, Reason]):
    """One kind of work. Owned by one task; other processes may do the same.

    Attributes:
        _kind: Of its tasks, as `storage.jobs` knows them.
        _doing: What it does, for the log: the number of a file follows.
        _lost: The reason of a file that is not in the store of files.
        _internal: The reason of one that a fault of this program stopped.
    """

    _kind: str
    _doing: str
    _lost: Reason
    _internal: Reason

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
        """The child that works now."""
        return self._child

    @abstractmethod
    async def _queue(self) -> None:
        """Give a task to each file that waits for one."""

    @abstractmethod
    async def _begin(self, job_id: int) -> Taken | None:
        """Claim a task; None when there is nothing to do."""

    @abstractmethod
    async def _work(self, folder: Path, taken: Taken) -> None:
        """Do it, by a child in this folder, and settle it."""

    @abstractmethod
    async def _sign(self, taken: Taken) -> bool:
        """Say that somebody works at it; False when somebody else does now."""

    @abstractmethod
    async def _fail(self, taken: Taken, reason: Reason) -> None:
        """Settle it with a reason."""

    async def _work_at_due(self) -> int:
        """Work at every file that waits, and at those that a crash cut; return how many were settled."""
        if self._is_paused():
            return 0
        await self._queue()
        count = 0
        for job_id in await self._store.read(jobs.due, self._now(), (self._kind,)):
            taken = await self._begin(job_id)
            if taken is not None:
                count += await self._work_at(taken)
                if self._is_paused():
                    break
        return count

    def _is_paused(self) -> bool:
        return self._paused_until is not None and self._now() < self._paused_until

    async def _work_at(self, taken: Taken) -> bool:
        """Work at one file; whether it is settled, were it with a reason."""
        folder = await asyncio.to_thread(process.new_folder, self._data_dir)
        self._percent = 0
        try:
            await signs.with_signs(self._work(folder, taken), lambda: self._sign(taken), self._sign_every_s)
        except TakenOver:
            log.warning("couldn't %s %d: silent for too long, it was taken over", self._doing, taken.file_id)
            return False
        except (DiskFull, StoreUnusable) as error:
            log.warning("couldn't %s %d, trying again in %s: %r", self._doing, taken.file_id, PAUSE, error)
            self._paused_until = self._now() + PAUSE
            await self._store.write(jobs.give_back, taken.job_id, self._owner)
            return False
        except BlobMissing:
            log.error("couldn't %s %d: it is not in the store of files", self._doing, taken.file_id)
            await self._fail(taken, self._lost)
        except asyncio.CancelledError:
            # This process stops: whoever comes next begins at once. What is settled already stays so.
            await asyncio.shield(self._store.write(jobs.give_back, taken.job_id, self._owner))
            raise
        except Exception:
            log.exception("couldn't %s %d", self._doing, taken.file_id)
            await self._fail(taken, self._internal)
        finally:
            self._child = None
            shutil.rmtree(folder, ignore_errors=True)  # not in a thread: a cancelled turn cleans up as well
        return True

    async def _tell(self, percent: int) -> None:
        self._percent = percent

    def _started(self, child: int) -> None:
        self._child = child
