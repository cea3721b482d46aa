"""A first text of recordings, made by a machine in the background: one at a time in this process.

What may stop this, and where, is in `storage.captions`. The listening itself is done by a child with its hands tied
(`motion.media.transcribing`); here it is given its sound, listened to, and what it heard is kept as what it is:
automatic, until a person has compared it with the recording.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from motion.acts import transcripts
from motion.media import transcribing
from motion.media.speech_model import SpeechModel
from motion.record.objects import SALT_BYTES
from motion.rules.captions import Cues
from motion.rules.heard import LANGUAGES, HearingReason
from motion.work import signs
from motion.work.by_child import ByChild
from motion.work.jobs import THIS_PROCESS
from motion.work.uncut import to_its_end
from storage import captions, jobs, ledger
from storage.blobs import Blobs
from storage.captions import Taken
from storage.store import Session, Store

log = logging.getLogger("motion.work")


class Captions(ByChild[Taken, HearingReason]):
    """Writes down what is said in recordings. Owned by one task; other processes may do the same."""

    _kind, _doing = captions.KIND, "listen to recording"
    _lost, _internal = HearingReason.LOST, HearingReason.INTERNAL

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
        super().__init__(store, blobs, data_dir, now, owner=owner, sign_every_s=sign_every_s)
        self._model, self._program = model, program

    async def hear_due(self) -> int:
        """Listen to every recording that waits, and to those that a crash cut; return how many were settled."""
        return await self._work_at_due()

    async def _queue(self) -> None:
        if await self._store.read(captions.has_waiting, LANGUAGES):
            await self._store.write(captions.queue, LANGUAGES, self._now())

    async def _begin(self, job_id: int) -> Taken | None:
        return await self._store.write(captions.begin, job_id, self._owner, LANGUAGES, self._now())

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
        await to_its_end(self._store.write(self._settle, taken, heard.cues, salt))

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
