"""The copy that the site offers: made when a congress closes, and when the secretariat asks. One at a time.

The task is a row (`storage.jobs`), so that a crash or another process is no matter: a copy that was cut is resumed.
The work is done by `motion.archive.child`, a process of low priority, for rendering and packing would hold up those
who write; a thread here does nothing but listen to it. Its folder goes once it is one file. A closed congress in which
something was withdrawn gets a new copy by itself.
"""

import asyncio
import json
import logging
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from motion.archive.child import Task, clear_away
from motion.rules.vocabulary import Phase
from motion.settings import Settings
from motion.web import archives
from motion.web.archives import Ready
from motion.work import jobs as work
from storage import copying, jobs, published, queries
from storage.models import Congress, Job
from storage.store import Session, Store

log = logging.getLogger("motion.archive")

SIGN_EVERY_S = 5.0  # of life, far below `jobs.LEASE`
# How often one copy may be cut from outside (no memory left, an impatient operator): each run goes on where the former
# was cut, so that the third gets further than the first.
RUNS = 3
PROGRAM = (sys.executable, "-m", "motion.archive.child")


class CopyFailed(Exception):
    """The process that made the copy ended without one; its reason is in the log, above this."""

    def __init__(self, status: int) -> None:
        super().__init__(f"couldn't make a copy: its process ended with status {status}")
        self.status = status


class Copies:
    """Makes copies, in the caller's thread, one process at a time."""

    def __init__(self, store: Store, settings: Settings, now: Callable[[], datetime]) -> None:
        self._store, self._settings, self._now = store, settings, now
        self._lock = threading.Lock()  # over both: `stop` comes from another thread
        self._child: subprocess.Popen[bytes] | None = None
        self._is_stopping = False

    async def turn(self) -> None:
        """`make_due` in a thread; cancelled, it ends the process and gives the task back before it goes."""
        under_way = asyncio.create_task(asyncio.to_thread(self.make_due))
        try:
            await asyncio.shield(under_way)
        except asyncio.CancelledError:
            self.stop()
            with suppress(Exception):
                await under_way
            raise

    def make_due(self) -> int:
        """Make the copies that are asked for, and those of congresses that closed; return how many."""
        for congress in self._store.read_now(queries.congresses):
            if congress.phase == Phase.CLOSED and self._lacks(congress):
                self._store.write_now(self._ask, congress)
        return work.run_due(self._store, self._now, kinds={archives.KIND: self._make})

    def stop(self) -> None:
        """Make no more: the copy under way waits for the next start, and goes on there."""
        with self._lock:
            self._is_stopping = True
            if self._child is not None:
                self._child.kill()

    @property
    def process_id(self) -> int | None:
        """The process that makes a copy now."""
        child = self._child
        return None if child is None else child.pid

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
        task = Task(self._settings, store.url, congress.slug)
        try:
            made = self._run(task, _Alive(store, job, now))
        except CopyFailed:
            clear_away(place)
            raise
        archives.keep(self._settings.data_dir, congress.slug, made)
        clear_away(place)
        log.info("copied %s: %d entries, %d bytes", congress.slug, made.size, made.bytes)
        return {"size": made.size, "bytes": made.bytes}

    def _run(self, task: Task, alive: "_Alive") -> Ready:
        """Run the program, again if something outside cut it.

        Raises:
            CopyFailed: It ended by itself, or was cut too often.
            GivenBack, TakenOver: Nothing of it runs any more.
        """
        for run in range(1, RUNS + 1):
            made, status = self._run_once(task, alive)
            if made is not None:
                return made
            if status >= 0:  # it ended by itself, and would again
                break
            log.warning("the copy of %s was cut (signal %d), run %d of %d", task.slug, -status, run, RUNS)
        raise CopyFailed(status)

    def _run_once(self, task: Task, alive: "_Alive") -> tuple[Ready | None, int]:
        with self._lock:
            if self._is_stopping:
                raise work.GivenBack
            child = subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._child = child
        made: Ready | None = None
        # Its standard input stays open as long as this process lives: see `motion.archive.child`.
        with child:
            assert child.stdin is not None and child.stdout is not None
            try:
                with suppress(BrokenPipeError):
                    child.stdin.write(pickle.dumps(task))
                    child.stdin.flush()
                for line in child.stdout:
                    said = json.loads(line) if line.endswith(b"\n") else {}
                    if "made" in said:
                        made = Ready(**said["made"])
                    alive.tell(said.get("done"))
            except BaseException:
                child.kill()
                raise
            finally:
                with self._lock:
                    self._child = None
                with suppress(BrokenPipeError):
                    child.stdin.close()
        if made is None and self._is_stopping:
            raise work.GivenBack
        return made, child.returncode


class _Alive:
    """Says now and then that the task goes on."""

    def __init__(self, store: Store, job: Job, now: Callable[[], datetime]) -> None:
        self._store, self._job, self._now = store, job, now
        self._said = time.monotonic()

    def tell(self, done: int | None) -> None:
        """Say so, with the steps that were taken, if the last time is long ago.

        Raises:
            TakenOver: Another process makes this copy now.
        """
        if done is None or time.monotonic() - self._said < SIGN_EVERY_S:
            return
        self._said = time.monotonic()
        mine = self._store.write_now(jobs.progress, self._job.id or 0, self._job.owner, done, self._now())
        if not mine:
            raise work.TakenOver
