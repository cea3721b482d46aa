"""A first text of recordings, made by a machine in the background: one at a time in this process.

What may stop this, and where, is in `storage.captions`. The listening itself is done by a child with its hands tied
(`motion.media.transcribing`); here it is given its sound, listened to, and what it heard is kept as what it is:
automatic, until a person has compared it with the recording.
"""

import asyncio
import logging
import secrets
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from motion.acts import transcripts
from motion.media import process, transcribing
from motion.media.refusal import DiskFull
from motion.media.speech_model import SpeechModel
from motion.record.objects import SALT_BYTES
from motion.rules.captions import Cues
from motion.rules.heard import LANGUAGES, HearingReason
from motion.work import signs
from motion.work.jobs import THIS_PROCESS, TakenOver
from storage import captions, jobs, ledger
from storage.blobs import BlobMissing, Blobs, StoreUnusable
from storage.captions import Taken
from storage.store import Session, Store

log = logging.getLogger("motion.work")

PAUSE = timedelta(minutes=1)  # when the disk is full or the store of files away: this is no fault of any recording


class Captions:
    """Writes down what is said in recordings. Owned by one task; other processes may do the same."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        data_dir: Path,
        now: Callable[[], datetime],
        model: SpeechModel,
        *,
        program: Sequence[str] = transcribing.PROGRAM,
        owner: str = THIS_PROCESS,
        sign_every_s: float = signs.EVERY_S,
    ) -> None:
        self._store, self._blobs, self._data_dir, self._now = store, blobs, data_dir.absolute(), now
        self._model, self._program = model, program
        self._owner = owner
        self._sign_every_s = sign_every_s
        self._paused_until: datetime | None = None
        self._child: int | None = None
        self._percent = 0

    @property
    def process_id(self) -> int | None:
        """The child that listens now."""
        return self._child

    async def hear_due(self) -> int:
        """Listen to every recording that waits, and to those that a crash cut; return how many were settled."""
        if self._paused_until is not None and self._now() < self._paused_until:
            return 0
        if await self._store.read(captions.has_waiting, LANGUAGES):
            await self._store.write(captions.queue, LANGUAGES, self._now())
        count = 0
        for job_id in await self._store.read(jobs.due, self._now(), (captions.KIND,)):
            taken = await self._store.write(captions.begin, job_id, self._owner, LANGUAGES, self._now())
            if taken is not None:
                count += await self._hear(taken)
                if self._paused_until is not None and self._now() < self._paused_until:
                    break
        return count

    async def _hear(self, taken: Taken) -> bool:
        """Listen to one recording; whether it is settled, were it with a reason."""
        folder = await asyncio.to_thread(process.new_folder, self._data_dir)
        self._percent = 0
        try:
            await signs.with_signs(self._work(folder, taken), lambda: self._sign(taken), self._sign_every_s)
        except TakenOver:
            log.warning("recording %d was silent for too long and is heard elsewhere", taken.file_id)
            return False
        except (DiskFull, StoreUnusable) as error:
            log.warning("couldn't listen to recording %d, trying again in %s: %r", taken.file_id, PAUSE, error)
            self._paused_until = self._now() + PAUSE
            await self._store.write(jobs.give_back, taken.job_id, self._owner)
            return False
        except BlobMissing:
            log.error("the sound of recording %d is not in the store of files", taken.file_id)
            await self._fail(taken, HearingReason.LOST)
        except asyncio.CancelledError:
            # This process stops: whoever comes next begins at once. What is settled already stays so.
            await asyncio.shield(self._store.write(jobs.give_back, taken.job_id, self._owner))
            raise
        except Exception:
            log.exception("couldn't listen to recording %d", taken.file_id)
            await self._fail(taken, HearingReason.INTERNAL)
        finally:
            self._child = None
            shutil.rmtree(folder, ignore_errors=True)  # not in a thread: a cancelled turn cleans up as well
        return True

    async def _sign(self, taken: Taken) -> bool:
        return await self._store.write(jobs.progress, taken.job_id, self._owner, self._percent, self._now())

    async def _work(self, folder: Path, taken: Taken) -> None:
        model = await asyncio.to_thread(self._model.folder)
        async with self._blobs.as_file(taken.blob) as path:
            heard = await transcribing.transcribe(
                path.absolute(),
                taken.language,
                model,
                folder,
                self._tell,
                program=self._program,
                started=self._started,
            )
        self._child = None
        if heard.refused is not None:
            log.info("nothing was heard in recording %d: %s", taken.file_id, heard.refused)
            await self._fail(taken, heard.refused)
            return
        salt = secrets.token_bytes(SALT_BYTES)
        settling = asyncio.ensure_future(self._store.write(self._settle, taken, heard.cues, salt))
        try:
            await asyncio.shield(settling)
        except asyncio.CancelledError:
            await settling  # a deed that has begun ends
            raise

    async def _tell(self, percent: int) -> None:
        self._percent = percent

    def _started(self, child: int) -> None:
        self._child = child

    async def _fail(self, taken: Taken, reason: HearingReason) -> None:
        await self._store.write(captions.fail, taken.job_id, self._owner, reason, self._now())

    def _settle(self, db: Session, taken: Taken, cues: Cues, salt: bytes) -> None:
        now = self._now()
        ledger.lock(db, taken.congress_id)
        wanted = captions.settle(db, taken, self._owner, now)
        if wanted is None:
            return
        contribution, file = wanted
        transcripts.automatic(db, contribution, file, taken.language, cues, salt=salt, now=now)
