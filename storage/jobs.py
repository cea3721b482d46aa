"""Long tasks as rows: queued by a page, run by whoever turns the loop."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select, update

from storage.models import Job

FILES_KEPT = timedelta(hours=24)  # a roster file holds birth dates: it doesn't stay


def add(
    db: Session, congress_id: int, kind: str, arguments: dict[str, Any], content: bytes | None, now: datetime
) -> int:
    """Put a long task in the queue and return its id."""
    job = Job(
        congress_id=congress_id,
        kind=kind,
        arguments=json.dumps(arguments, ensure_ascii=False),
        file=content,
        total=len(content or b""),
        created_at=now,
    )
    db.add(job)
    db.flush()
    assert job.id is not None
    return job.id


def due(db: Session) -> list[int]:
    """List the tasks that wait, and those that a crash cut, in order."""
    rows = db.exec(select(Job.id).where(col(Job.state).in_(("waiting", "running"))).order_by(col(Job.id)))
    return [job_id for job_id in rows if job_id is not None]


def start(db: Session, job_id: int) -> Job | None:
    """Mark a task as running, from its start; None when it has ended."""
    job = db.get(Job, job_id)
    if job is None or job.state not in {"waiting", "running"}:
        return None
    job.state, job.done, job.total = "running", 0, len(job.file or b"")
    db.add(job)
    return job


def progress(db: Session, job_id: int, done: int) -> None:
    """Say how far a task is."""
    db.exec(update(Job).where(col(Job.id) == job_id).values(done=done))


def finish(
    db: Session, job_id: int, state: str, outcome: dict[str, Any], now: datetime, *, drop_file: bool = False
) -> None:
    """Keep a task's outcome, `done` or `failed`."""
    job = db.get_one(Job, job_id)
    job.state, job.outcome, job.finished_at = state, json.dumps(outcome, ensure_ascii=False), now
    job.done = job.total
    if drop_file:
        job.file = None
    db.add(job)


def forget_files(db: Session, now: datetime) -> None:
    """Drop the files of old tasks."""
    old = (col(Job.file).is_not(None), col(Job.created_at) < now - FILES_KEPT)
    db.exec(update(Job).where(*old).values(file=None))
