"""The copy that the site offers: made when a congress closes, and when the secretariat asks. One at a time.

The task is a row (`storage.jobs`), so that a crash or another process is no matter: a copy that was cut is resumed.
Its folder goes once it is one file. A closed congress in which something was withdrawn gets a new copy by itself.
"""

import logging
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from motion.archive.export import export
from motion.archive.zipped import zip_folder
from motion.exports.log_folder import ChangedMeanwhile
from motion.rules.vocabulary import Phase
from motion.settings import Settings
from motion.web import archives
from motion.work import jobs as work
from storage import copying, jobs, published, queries
from storage.models import Congress, Job
from storage.store import Session, Store

log = logging.getLogger("motion.archive")

SIGN_EVERY_S = 5.0  # of life, far below `jobs.LEASE`


class Copies:
    """Makes copies, in the caller's thread."""

    def __init__(self, store: Store, settings: Settings, now: Callable[[], datetime]) -> None:
        self._store, self._settings, self._now = store, settings, now

    def make_due(self) -> int:
        """Make the copies that are asked for, and those of congresses that closed; return how many."""
        for congress in self._store.read_now(queries.congresses):
            if congress.phase == Phase.CLOSED and self._lacks(congress):
                self._store.write_now(self._ask, congress)
        return work.run_due(self._store, self._now, kinds={archives.KIND: self._make})

    def _lacks(self, congress: Congress) -> bool:
        assert congress.id is not None
        signed = self._store.read_now(published.newest, congress.id)
        if signed is None:
            return False
        made = archives.ready(self._settings.data_dir, congress.slug)
        if made is not None and made.size == signed.size:
            return False
        last = self._store.read_now(copying.last_job, congress.id, archives.KIND)
        # One that failed waits until somebody asks: it would fail again each time.
        return last is None or last.state == "done"

    def _ask(self, db: Session, congress: Congress) -> None:
        assert congress.id is not None
        last = copying.last_job(db, congress.id, archives.KIND)
        if last is None or last.state in ("done", "failed"):
            jobs.add(db, congress.id, archives.KIND, {}, self._now())

    def _make(self, store: Store, job: Job, now: Callable[[], datetime]) -> dict[str, Any]:
        congress = store.read_now(lambda db: db.get_one(Congress, job.congress_id))
        place = archives.place(self._settings.data_dir, congress.slug)
        folder = place / "dossier"
        place.mkdir(parents=True, exist_ok=True)
        alive = _Alive(store, job, now)
        try:
            copied = export(self._settings, store, congress.slug, folder, progress=alive)
        except ChangedMeanwhile:
            # Once more: what is unchanged of the folder is not written again, and nobody withdraws all day.
            copied = export(self._settings, store, congress.slug, folder, progress=alive)
        name = f"{copied.size}-{copied.root.hex()[:8]}.zip"
        digest = zip_folder(folder, place / name, copied.slug, copied.moment, alive.tell)
        length = (place / name).stat().st_size
        made = archives.Ready(name, copied.size, copied.root.hex(), copied.withdrawn, length, digest)
        archives.keep(self._settings.data_dir, congress.slug, made)
        shutil.rmtree(folder)
        log.info("copied %s: %d entries, %d bytes", congress.slug, made.size, made.bytes)
        return {"size": made.size, "bytes": made.bytes}


class _Alive:
    """Says now and then that the task goes on."""

    def __init__(self, store: Store, job: Job, now: Callable[[], datetime]) -> None:
        self._store, self._job, self._now = store, job, now
        self._said = time.monotonic()
        self._done = 0

    def __call__(self, part: str, done: int, total: int) -> None:
        self.tell()

    def tell(self) -> None:
        """Say so, if the last time is long ago.

        Raises:
            TakenOver: Another process makes this copy now.
        """
        self._done += 1
        if time.monotonic() - self._said < SIGN_EVERY_S:
            return
        self._said = time.monotonic()
        mine = self._store.write_now(jobs.progress, self._job.id or 0, self._job.owner, self._done, self._now())
        if not mine:
            raise work.TakenOver
