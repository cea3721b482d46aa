"""`python -m tests.work.dying_publisher STORY FOLDER ENVIRONMENT`: a story, cut at each of its steps in turn.

A step is a commit, or something done to a blob: half written, written, destroyed. The story is told from its beginning
as often as it has steps: each time by a process that dies behind another one as by a power cut, and then by a second
process, which is what comes after a restart: a loop that looks at what is due, a person who sends the form again. What
each pair left lies in a folder, `step-N`; that of N steps is followed by the one that nobody cut, `whole`.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
from sqlalchemy import event
from sqlmodel import Session

from motion.work.checkpoints import Checkpoints
from motion.work.signed_aside import SignedAside
from storage.blobs.local import LocalBlobs
from tests.web.world import NOW, Hall, served
from tests.work import stories
from tests.work.cuts import die

SEED = bytes(range(32))
RESTARTED = NOW + timedelta(minutes=10)  # a lease is over by then
MOST_STEPS = 80


def main(story: str, folder: Path, environment: dict[str, str]) -> None:
    """Prepare the story once, and tell it until nobody dies."""
    template = folder / "template"
    template.mkdir()
    database = environment.get("DATABASE_URL", "")
    prepare, tell = getattr(stories, f"prepare_{story}"), getattr(stories, f"tell_{story}")

    def first() -> None:
        with served(template, environment=environment) as hall:
            prepare(hall)
            sign(hall)

    assert forked(first) == 0
    for step in range(1, MOST_STEPS):
        place = folder / f"step-{step}"
        shutil.copytree(template, place)
        here = environment | ({"DATABASE_URL": copied(database, step)} if database else {})
        (place / "environment").write_text(json.dumps(here))
        before = getattr(stories, f"before_{story}", lambda _environment: None)
        before(here)

        def told(limit: int, here: dict[str, str] = here, place: Path = place) -> None:
            arm(limit, place / "trail")
            with served(place, environment=here, is_new=False) as hall:
                hall.at[0] = RESTARTED if limit == 0 else NOW
                tell(hall)
                sign(hall)

        died = forked(lambda step=step, told=told: told(step))  # type: ignore[misc]
        if os.WIFSIGNALED(died):
            assert os.WTERMSIG(died) == signal.SIGKILL
            assert forked(lambda told=told: told(0)) == 0, f"not taken up again after {(place / 'trail').read_text()}"  # type: ignore[misc]
        else:
            assert died == 0
            place.rename(folder / "whole")
            return
    raise SystemExit("a story without end")


def sign(hall: Hall) -> None:
    """As the service does at its start and each second."""
    checkpoints = Checkpoints(hall.service.store, SEED, SignedAside.beside(hall.service.settings.data_dir))
    checkpoints.verify()
    checkpoints.sign_due(hall.at[0])


def copied(database: str, step: int) -> str:
    """A copy of a PostgreSQL database, to which nobody is connected."""
    server, _slash, name = database.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}-{step}" TEMPLATE "{name}"')  # type: ignore[arg-type]
    return f"{database}-{step}"


def forked(deed: Callable[[], object]) -> int:
    """Do something in a process of its own; return its status as `os.waitpid` gives it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            deed()
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def arm(limit: int, trail: Path) -> None:
    """Die at a step; none when it is 0."""
    seen = 0

    def step(what: str) -> None:
        nonlocal seen
        seen += 1
        with trail.open("a") as file:
            file.write(f"{what}\n")
        if seen == limit:
            die()

    event.listen(Session, "after_commit", lambda _session: step("committed"))
    write, delete = LocalBlobs.write, LocalBlobs.delete

    async def writing(self: LocalBlobs, key: str, chunks: AsyncIterator[bytes]) -> int:
        async def halves() -> AsyncIterator[bytes]:
            async for chunk in chunks:
                yield chunk[: len(chunk) // 2]
                step("blob half written")
                yield chunk[len(chunk) // 2 :]

        length = await write(self, key, halves())
        step("blob written")
        return length

    async def deleting(self: LocalBlobs, key: str) -> None:
        await delete(self, key)
        step("blob destroyed")

    LocalBlobs.write, LocalBlobs.delete = writing, deleting  # type: ignore[method-assign]


@contextmanager
def left(folder: Path) -> Iterator[Hall]:
    """The service on what a story left."""
    environment = json.loads((folder / "environment").read_text())
    with served(folder, environment=environment, is_new=False) as hall:
        hall.at[0] = RESTARTED
        yield hall


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]))
