"""Long tasks as rows: queued by a page, claimed and run by whoever turns the loop.

A file arrives in pieces, each in a transaction of its own, so that nobody who writes in a motion waits for it:
`receive`, `keep_piece` as often as needed, `ready`.
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from storage.models import Job, JobPiece

FILES_KEPT = timedelta(hours=24)  # a roster file holds birth dates: it doesn't stay
PIECE_BYTES = 1 << 19  # committed in a few milliseconds
# How long a process that says nothing keeps a task. Longer than any step between two signs of life; a task that is
# taken over too early runs twice, which every kind can bear.
LEASE = timedelta(seconds=60)


def add(db: Session, congress_id: int, kind: str, arguments: dict[str, Any], now: datetime) -> int:
    """Put a long task in the queue and return its id."""
    return _insert(db, congress_id, kind, arguments, "waiting", now)


def receive(db: Session, congress_id: int, kind: str, arguments: dict[str, Any], now: datetime) -> int:
    """Make a task whose file is still to come, and return its id."""
    return _insert(db, congress_id, kind, arguments, "receiving", now)


def _insert(db: Session, congress_id: int, kind: str, arguments: dict[str, Any], state: str, now: datetime) -> int:
    job = Job(
        congress_id=congress_id,
        kind=kind,
        arguments=json.dumps(arguments, ensure_ascii=False),
        state=state,
        created_at=now,
    )
    db.add(job)
    db.flush()
    assert job.id is not None
    return job.id


def keep_piece(db: Session, job_id: int, number: int, content: bytes) -> None:
    """Keep one part of a task's file; parts are numbered from 0."""
    db.add(JobPiece(job_id=job_id, number=number, content=content))


def ready(db: Session, job_id: int) -> None:
    """Put a task in the queue, its file having arrived whole."""
    db.exec(update(Job).where(col(Job.id) == job_id, col(Job.state) == "receiving").values(state="waiting"))


def describe(db: Session, job_id: int, more: dict[str, Any]) -> bool:
    """Add to the arguments of a task that is still `receiving`; False when it is so no longer."""
    job = db.get_one(Job, job_id, with_for_update=True)
    if job.state != "receiving":
        return False
    job.arguments = json.dumps(json.loads(job.arguments) | more, ensure_ascii=False)
    db.add(job)
    return True


def decide(db: Session, job_id: int, decisions: dict[str, str]) -> dict[str, str]:
    """Keep what somebody decided about doubtful lines of a preview, by line number; an empty choice takes one back.

    Returns:
        Every decision made so far.
    """
    job = db.get_one(Job, job_id, with_for_update=True)
    arguments = json.loads(job.arguments)
    made = {line: choice for line, choice in (arguments.get("decisions", {}) | decisions).items() if choice}
    job.arguments = json.dumps(arguments | {"decisions": made}, ensure_ascii=False)
    db.add(job)
    return made


def piece(db: Session, job_id: int, number: int) -> bytes | None:
    """Return one part of a task's file; None after the last, or when the file is gone."""
    return db.exec(select(JobPiece.content).where(JobPiece.job_id == job_id, JobPiece.number == number)).one_or_none()


def has_file(db: Session, job_id: int) -> bool:
    """Whether a task's file is still there."""
    return db.exec(select(JobPiece.number).where(JobPiece.job_id == job_id).limit(1)).first() is not None


def due(db: Session, now: datetime, kinds: Collection[str]) -> list[int]:
    """List the tasks of these kinds that wait, and those that a crash cut, in order."""
    return list(db.exec(due_rows(now, kinds).order_by(col(Job.id))))


def due_rows(now: Any, kinds: Any) -> Any:
    """What `due` asks, to stand in another statement as well: with values, or with parameters for them."""
    return select(Job.id).where(_free(now), col(Job.kind).in_(kinds))


def _free(now: datetime) -> Any:
    cut = (col(Job.state) == "running") & (col(Job.leased_until) <= now)
    return (col(Job.state) == "waiting") | cut


def claim(db: Session, job_id: int, owner: str, now: datetime) -> Job | None:
    """Take a task, from its start; None when another process has it, or when it has ended.

    The condition stands in the UPDATE itself: of two processes that try at once, the database lets one.
    """
    taken = {"state": "running", "owner": owner, "leased_until": now + LEASE, "done": 0}
    if not db.exec(update(Job).where(col(Job.id) == job_id, _free(now)).values(taken)).rowcount:
        return None
    job = db.get_one(Job, job_id, populate_existing=True)
    length = select(func.sum(func.length(JobPiece.content))).where(JobPiece.job_id == file_of(job))
    job.total = db.exec(length).one() or 0
    db.add(job)
    return job


def file_of(job: Job) -> int:
    """The task whose file this one reads: an import reads its preview's."""
    return int(json.loads(job.arguments).get("file_of") or job.id or 0)


def done(db: Session, congress_id: int, kind: str, limit: int) -> list[Job]:
    """List the last tasks of a kind that are done, the latest first."""
    query = select(Job).where(Job.congress_id == congress_id, Job.kind == kind, Job.state == "done")
    return list(db.exec(query.order_by(col(Job.id).desc()).limit(limit)))


def progress(db: Session, job_id: int, owner: str, done: int, now: datetime) -> bool:
    """Say how far a task is, and that one still runs it; False when another process took it over."""
    mine = (col(Job.id) == job_id, col(Job.state) == "running", col(Job.owner) == owner)
    changed = db.exec(update(Job).where(*mine).values(done=done, leased_until=now + LEASE))
    return bool(changed.rowcount)


def give_back(db: Session, job_id: int, owner: str) -> None:
    """Let a task wait for whoever comes next: this process stops."""
    mine = (col(Job.id) == job_id, col(Job.state) == "running", col(Job.owner) == owner)
    db.exec(update(Job).where(*mine).values(state="waiting"))


def finish(
    db: Session, job_id: int, owner: str, state: str, outcome: dict[str, Any], now: datetime, *, drop: int | None = None
) -> None:
    """Keep a task's outcome, `done` or `failed`, unless another process took it over.

    Args:
        drop: The task whose file is of no more use.
    """
    mine = (col(Job.id) == job_id, col(Job.state) == "running", col(Job.owner) == owner)
    ended = {"state": state, "outcome": json.dumps(outcome, ensure_ascii=False), "finished_at": now, "done": Job.total}
    if db.exec(update(Job).where(*mine).values(ended)).rowcount and drop is not None:
        drop_file(db, drop)


def drop_file(db: Session, job_id: int) -> None:
    """Forget a task's file."""
    db.exec(delete(JobPiece).where(col(JobPiece.job_id) == job_id))


def has_old_files(db: Session, now: datetime) -> bool:
    """Whether `forget_files` has something to do: looked at often, and readers hold nobody up."""
    return db.exec(old_pieces(now - FILES_KEPT).limit(1)).first() is not None


def old_pieces(before: Any) -> Any:
    """Parts of the files of tasks made before a moment, to stand in another statement as well."""
    return select(JobPiece.job_id).join(Job).where(col(Job.created_at) < before)


def forget_files(db: Session, now: datetime) -> None:
    """Forget the files of old tasks, and those that never arrived whole."""
    old = select(Job.id).where(col(Job.created_at) < now - FILES_KEPT)
    db.exec(delete(JobPiece).where(col(JobPiece.job_id).in_(old)))
