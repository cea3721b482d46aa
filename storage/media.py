"""Files of contributions on their way to what is published of them: who makes it, how far it is, what came of it.

A file that waits gets a task (`storage.jobs`), so that two processes never make it at once and a crash is no matter.

1. The file is `working` and its task waits: one transaction, in which one caller wins.
2. The task is claimed, for a time that is lengthened as long as somebody works at it.
3. The keys of the blobs that will be written are doomed, for later: one transaction, before the first byte of them.
4. The blobs are there.
5. Rows of what was made, its keys spared, the file `done`, the task ended: one transaction, the caller's, which also
   publishes.

Stopped between 2 and 5, the task is claimed again and the file made anew; what the former run wrote goes by itself,
for no blob is ever without a row that knows it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlmodel import Session, col

from motion.rules.contributions import ContributionState, FileKind
from motion.rules.media import MediaReason
from storage import jobs, removals
from storage.models import Contribution, ContributionFile, DoomedBlob, FileRendition, Job

KIND = "media"
WRITTEN_WITHIN = timedelta(hours=6)  # of their reservation: gigabytes to a store far away
MOST_CUTS = 4  # runs that ended with their whole process: whatever the reason, this file is no longer tried
_OVER = (ContributionState.REFUSED, ContributionState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file to make something of. `blob` is its key in the store of files."""

    job_id: int
    congress_id: int
    file_id: int
    kind: FileKind
    blob: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """What was made: a blob, and the salt and the name of its object (`motion.record.objects`)."""

    role: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    blob: str
    salt: bytes
    name: str


def _waiting() -> tuple[ColumnElement[bool], ...]:
    """A refused contribution may be received again, corrected: its files wait until then."""
    return (
        col(ContributionFile.state) == "waiting",
        col(ContributionFile.blob).is_not(None),
        col(Contribution.id) == col(ContributionFile.contribution_id),
        col(Contribution.state).not_in(_OVER),
    )


def has_waiting(db: Session) -> bool:
    """Whether `queue` has something to do: looked at often, and readers hold nobody up."""
    return db.execute(select(col(ContributionFile.id)).where(*_waiting()).limit(1)).first() is not None


def queue(db: Session, now: datetime) -> int:
    """Give a task to each file that waits; return how many."""
    count = 0
    query = select(col(ContributionFile.id), col(Contribution.congress_id)).where(*_waiting())
    for file_id, congress_id in db.execute(query.order_by(col(ContributionFile.id))).all():
        mine = update(ContributionFile).where(
            col(ContributionFile.id) == file_id, col(ContributionFile.state) == "waiting"
        )
        if _changed(db, mine.values(state="working", progress=0, reason="")):
            jobs.add(db, congress_id, KIND, {"file": file_id}, now)
            count += 1
    return count


def begin(db: Session, job_id: int, owner: str, now: datetime) -> Taken | None:
    """Claim a task; None when another process has it, or when there is nothing left to do, which is then settled."""
    before = db.get(Job, job_id, populate_existing=True)
    was_cut = before is not None and before.state == "running"
    job = jobs.claim(db, job_id, owner, now)
    if job is None:
        return None
    arguments = json.loads(job.arguments)
    arguments["cuts"] = arguments.get("cuts", 0) + was_cut
    job.arguments = json.dumps(arguments)
    db.add(job)
    file = db.get_one(ContributionFile, arguments["file"])
    if arguments["cuts"] > MOST_CUTS:
        fail(db, job_id, owner, MediaReason.TOO_HEAVY, now)
        return None
    if file.blob is None or file.state != "working" or _contribution(db, file).state in _OVER:
        _let_wait(db, file)
        jobs.finish(db, job_id, owner, "done", {"made": 0}, now)
        return None
    return Taken(job_id, job.congress_id, arguments["file"], FileKind(file.kind), file.blob)


def alive(db: Session, taken: Taken, owner: str, percent: int, now: datetime) -> bool:
    """Say how far it is; False when another process works at it now."""
    if not jobs.progress(db, taken.job_id, owner, percent, now):
        return False
    file = update(ContributionFile).where(col(ContributionFile.id) == taken.file_id)
    db.execute(file.values(progress=percent))
    return True


def reserve(db: Session, taken: Taken, owner: str, keys: Sequence[str], now: datetime) -> bool:
    """Doom the blobs that are about to be written, until `settle`; False when another process works at it now."""
    if not jobs.progress(db, taken.job_id, owner, 99, now):
        return False
    _doom(db, keys, now + WRITTEN_WITHIN)
    return True


def settle(
    db: Session,
    taken: Taken,
    owner: str,
    kind: FileKind,
    made: Sequence[Rendition],
    duration_ms: int | None,
    now: datetime,
) -> tuple[Contribution, ContributionFile, list[FileRendition]] | None:
    """Keep what was made, and end the task; the caller publishes it if the contribution is published.

    The caller holds the congress's lock (`ledger.lock`): a withdrawal comes before this, or finds it done.

    Returns:
        None when another process works at it, when the contribution was refused or taken back meanwhile, or when it
        took so long that blobs are gone already: what is left of them is given up.
    """
    file = db.get_one(ContributionFile, taken.file_id, populate_existing=True)
    contribution = _contribution(db, file)
    if not jobs.progress(db, taken.job_id, owner, 100, now):
        _doom(db, [each.blob for each in made], now)
        return None
    is_late = any(db.get(DoomedBlob, each.blob, populate_existing=True) is None for each in made)
    if file.blob is None or contribution.state in _OVER or is_late:
        _doom(db, [each.blob for each in made], now)
        _let_wait(db, file)
        jobs.finish(db, taken.job_id, owner, "done", {"made": 0}, now)
        return None
    kept = [
        FileRendition(
            file_id=taken.file_id,
            role=each.role,
            media_type=each.media_type,
            size=each.size,
            width=each.width,
            height=each.height,
            blob=each.blob,
            salt=each.salt,
            name=each.name,
        )
        for each in made
    ]
    db.add_all(kept)
    for each in made:
        removals.spare(db, each.blob)
    file.kind, file.state, file.progress, file.reason, file.duration_ms = kind, "done", 100, "", duration_ms
    db.add(file)
    jobs.finish(db, taken.job_id, owner, "done", {"made": len(kept)}, now)
    db.flush()
    return contribution, file, kept


def fail(db: Session, job_id: int, owner: str, reason: MediaReason, now: datetime) -> bool:
    """Keep why nothing can be made of a file, which stays as it was sent; False when another process works at it."""
    if not jobs.progress(db, job_id, owner, 100, now):
        return False
    job = db.get_one(Job, job_id, populate_existing=True)
    arguments = json.loads(job.arguments)
    file = update(ContributionFile).where(
        col(ContributionFile.id) == arguments["file"], col(ContributionFile.state) == "working"
    )
    db.execute(file.values(state="failed", reason=reason.value))
    jobs.finish(db, job_id, owner, "failed", {"reason": reason.value}, now)
    return True


def give_up(db: Session, keys: Sequence[str], now: datetime) -> None:
    """Have blobs destroyed that were written for nothing."""
    needed = set(db.execute(select(col(FileRendition.blob)).where(col(FileRendition.blob).in_(keys))).scalars())
    _doom(db, [key for key in keys if key not in needed], now)


def give_up_unshown(db: Session, now: datetime) -> int:
    """Have what was made of files and never published destroyed, once its author has taken the contribution back, or
    once the file of a refused one is sealed; return how many."""
    found = list(db.execute(_unshown()).scalars())
    for made in found:
        assert made.blob is not None
        removals.doom(db, made.blob, now)
        made.blob = made.salt = None
        db.add(made)
    return len(found)


def has_unshown(db: Session) -> bool:
    """Whether `give_up_unshown` has something to do."""
    return db.execute(_unshown().limit(1)).first() is not None


def _unshown() -> Any:
    return (
        select(FileRendition)
        .join(ContributionFile, col(ContributionFile.id) == col(FileRendition.file_id))
        .join(Contribution, col(Contribution.id) == col(ContributionFile.contribution_id))
        .where(
            or_(
                col(Contribution.state) == ContributionState.WITHDRAWN,
                and_(col(Contribution.state) == ContributionState.REFUSED, col(ContributionFile.blob).is_(None)),
            ),
            col(FileRendition.entry).is_(None),
            col(FileRendition.blob).is_not(None),
        )
    )


def _contribution(db: Session, file: ContributionFile) -> Contribution:
    return db.get_one(Contribution, file.contribution_id, populate_existing=True)


def _let_wait(db: Session, file: ContributionFile) -> None:
    if file.state == "working":
        file.state, file.progress = "waiting", 0
        db.add(file)


def _doom(db: Session, keys: Sequence[str], now: datetime) -> None:
    for key in keys:
        removals.doom(db, key, now)


def _changed(db: Session, statement: Any) -> bool:
    return bool(db.exec(statement).rowcount)
