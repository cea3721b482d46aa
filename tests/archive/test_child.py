"""The copy is made by a process of its own: low priority, killed or left alone without leaving half of anything."""

import asyncio
import logging
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from motion.archive import background
from motion.archive.background import Copies
from motion.archive.bag import JOURNAL
from motion.archive.child import FOLDER, NICENESS, Task
from motion.web import archives
from storage import copying
from storage.models import Job
from tests.archive.hall import FILE, PAGE, Hall

PATIENCE_S = 120


def dying(*words: str) -> tuple[str, ...]:
    """The program, cut at numbers of files."""
    return (sys.executable, "-m", "tests.archive.dying_copy", *words)


def until(holds: Callable[[], object]) -> None:
    """Wait for something that another process does."""
    limit = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.02)


def place(hall: Hall) -> Path:
    """The congress's folder of copies."""
    return archives.place(hall.settings.data_dir, "ormeline")


def finished(hall: Hall) -> int:
    """How many files of the copy are finished."""
    journal = place(hall) / FOLDER / JOURNAL
    return journal.read_bytes().count(b"\n") - 1 if journal.is_file() else 0


def last_job(hall: Hall) -> Job:
    """The last task."""
    job = hall.script.store.read_now(copying.last_job, hall.script.congress, archives.KIND)
    assert job is not None
    return job


def left(hall: Hall) -> list[str]:
    """What lies in the folder of copies."""
    return sorted(path.name for path in place(hall).iterdir())


class TestKilled:
    """SIGKILL, as by a machine without memory."""

    def test_a_copy_goes_on_where_it_was_cut(
        self, hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Twice; what comes out is a whole copy, and nothing else is left."""
        monkeypatch.setattr(background, "PROGRAM", dying("kill", "20", "60"))
        hall.clerk.post(PAGE)
        with caplog.at_level(logging.WARNING, "motion.archive"):
            assert hall.copies.make_due() == 1
        assert [record.message for record in caplog.records if "was cut" in record.message] == [
            "the copy of ormeline was cut (signal 9), run 1 of 3",
            "the copy of ormeline was cut (signal 9), run 2 of 3",
        ]
        made = archives.ready(hall.settings.data_dir, "ormeline")
        assert made is not None and left(hall) == sorted([made.name, archives.NOTE])
        assert last_job(hall).state == "done"
        monkeypatch.undo()
        (place(hall) / made.name).unlink()
        hall.clerk.post(PAGE)
        assert hall.copies.make_due() == 1
        assert archives.ready(hall.settings.data_dir, "ormeline") == made  # as if nobody had cut it

    def test_one_cut_each_time_is_given_up_and_said(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """The former copy is given out still; nothing half done is left beside it."""
        hall.clerk.post(PAGE)
        assert hall.copies.make_due() == 1
        before = left(hall)
        monkeypatch.setattr(background, "PROGRAM", dying("kill"))
        hall.clerk.post(PAGE)
        assert hall.copies.make_due() == 1
        assert last_job(hall).state == "failed"
        assert left(hall) == before
        assert "n’a pas pu être faite" in hall.public.get(PAGE).text
        assert hall.public.get(FILE).status_code == 200


class TestUnderWay:
    """While a copy is made."""

    def test_it_runs_apart_and_last_and_says_how_far_it_is(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another process, of the lowest priority; stopping the service gives the task back at once."""
        monkeypatch.setattr(background, "PROGRAM", dying("hang", "20"))
        monkeypatch.setattr(background, "SIGN_EVERY_S", 0.0)
        hall.clerk.post(PAGE)

        async def stopped_meanwhile() -> int:
            turn = asyncio.create_task(hall.copies.turn())
            await asyncio.to_thread(until, lambda: finished(hall) == 20 and last_job(hall).done >= 19)
            process = hall.copies.process_id
            assert process is not None and process != os.getpid()
            assert psutil.Process(process).nice() == NICENESS
            assert "Une copie se prépare" in hall.public.get(PAGE).text
            turn.cancel()
            with pytest.raises(asyncio.CancelledError):
                await turn
            return process

        process = asyncio.run(stopped_meanwhile())
        assert not psutil.pid_exists(process)
        assert last_job(hall).state == "waiting" and finished(hall) == 20
        assert hall.copies.make_due() == 1  # it was claimed and given back: this one makes no more
        assert last_job(hall).state == "waiting"
        monkeypatch.undo()
        assert Copies(hall.script.store, hall.settings, lambda: hall.script.at).make_due() == 1
        assert last_job(hall).state == "done"

    def test_it_ends_with_whoever_started_it(self, hall: Hall) -> None:
        """However that went: the other end of its standard input is its life."""
        child = subprocess.Popen(dying("hang", "20"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        with child:
            assert child.stdin is not None
            child.stdin.write(pickle.dumps(Task(hall.settings, hall.script.store.url, "ormeline")))
            child.stdin.flush()
            until(lambda: finished(hall) == 20)
            assert child.poll() is None
            child.stdin.close()
            assert child.wait(PATIENCE_S) == 1
