"""Recordings that wait for a text made by a machine: who makes it, how far it is, why there is none.

A recording that has been made ready, and of which nobody has written a word in any language, gets one task
(`storage.jobs`) for its life. The text itself is kept by `motion.acts.transcripts`, in the transaction that ends the
task. Stopped anywhere before, the task is claimed again and the recording heard anew; nothing is left of the first run.
A person who writes first, and whoever takes the contribution back, have the last word: the task then goes.

The arguments of a task are the same as long as it lives, and name it: `{"file": 12}`.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, literal, select, update
from sqlmodel import Session, col

from motion.rules.contributions import ContributionState, FileKind
from motion.rules.heard import HearingReason
from storage import jobs
from storage.models import Contribution, ContributionFile, ContributionVersion, FileRendition, Job, Transcript

KIND = "captions"
MOST_CUTS = 4  # runs that ended with their whole process: whatever the reason, this recording is no longer tried
SOUND = "sound"
_RECORDED = (FileKind.SOUND, FileKind.VIDEO)
_OVER = (ContributionState.REFUSED, ContributionState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Taken:
    """A recording to listen to. `blob` is the key of its small sound in the store of files."""

    job_id: int
    congress_id: int
    file_id: int
    language: str
    blob: str


@dataclass(frozen=True, slots=True)
class Hearing:
    """How far the text of a recording is: `waiting`, `running`, `failed`, `done`. `reason` is a `HearingReason`.

    Whoever runs it has it until `leased_until`.
    """

    state: str
    percent: int
    reason: str
    leased_until: datetime | None = None

    def goes_on(self, hears: bool, now: datetime) -> bool:
        """Whether a machine is at it, or will be: where none listens (`hears`), a task that waits is nobody's."""
        if self.state == "running" and self.leased_until is not None and self.leased_until > now:
            return True
        return hears and self.state in ("waiting", "running")


def has_waiting(db: Session, languages: Collection[str]) -> bool:
    """Whether `queue` has something to do: looked at often, and readers hold nobody up."""
    return db.execute(_without_task(languages).limit(1)).first() is not None


def queue(db: Session, languages: Collection[str], now: datetime) -> int:
    """Give a task to each recording that waits; return how many. Two who do it at once may give two: one is kept."""
    found = db.execute(_without_task(languages).order_by(col(ContributionFile.id))).all()
    for row in found:
        jobs.add(db, row.congress_id, KIND, {"file": row.id}, now)
    return len(found)


def begin(db: Session, job_id: int, owner: str, languages: Collection[str], now: datetime) -> Taken | None:
    """Claim a task; None when another process has it, or when there is nothing left to do: then the task goes."""
    before = db.get(Job, job_id, populate_existing=True)
    was_cut = before is not None and before.state == "running"
    job = jobs.claim(db, job_id, owner, now)
    if job is None:
        return None
    cuts = json.loads(job.outcome).get("cuts", 0) + was_cut
    job.outcome = json.dumps({"cuts": cuts})
    db.add(job)
    if cuts > MOST_CUTS:
        fail(db, job_id, owner, HearingReason.TOO_HEAVY, now)
        return None
    file_id = json.loads(job.arguments)["file"]
    row = db.execute(_wanted(languages).where(col(ContributionFile.id) == file_id)).first()
    if row is None:
        _forget(db, job_id)
        return None
    return Taken(job_id, row.congress_id, file_id, row.language, row.blob)


def settle(db: Session, taken: Taken, owner: str, now: datetime) -> tuple[Contribution, ContributionFile] | None:
    """End the task; the caller keeps the text in the same transaction, of what this returns.

    The caller holds the congress's lock (`ledger.lock`): whoever writes or takes back comes before this, or finds it
    done.

    Returns:
        None when another process works at it, when somebody has written meanwhile, in any language, or when the
        contribution is refused, taken back, or said to be in another language: nothing is to be kept.
    """
    if not jobs.progress(db, taken.job_id, owner, 100, now):
        return None
    if db.execute(_wanted([taken.language]).where(col(ContributionFile.id) == taken.file_id)).first() is None:
        _forget(db, taken.job_id)
        return None
    jobs.finish(db, taken.job_id, owner, "done", {"made": 1}, now)
    file = db.get_one(ContributionFile, taken.file_id, populate_existing=True)
    return db.get_one(Contribution, file.contribution_id, populate_existing=True), file


def fail(db: Session, job_id: int, owner: str, reason: HearingReason, now: datetime) -> None:
    """Keep why nothing was heard, unless another process works at it."""
    jobs.finish(db, job_id, owner, "failed", {"reason": reason.value}, now)


def of_recording(db: Session, congress_id: int, file_id: int) -> Hearing | None:
    """How far the text of a recording is; None when no machine was asked for it."""
    return of_recordings(db, congress_id, [file_id]).get(file_id)


def of_recordings(db: Session, congress_id: int, file_ids: Collection[int | None]) -> dict[int, Hearing]:
    """How far the texts of recordings are, by recording: those that a machine was asked for."""
    arguments = [json.dumps({"file": file_id}) for file_id in file_ids]
    wanted = col(Job.congress_id) == congress_id, col(Job.kind) == KIND, col(Job.arguments).in_(arguments)
    found: dict[int, Hearing] = {}
    for job in db.execute(select(Job).where(*wanted).order_by(col(Job.id))).scalars():
        reason = json.loads(job.outcome).get("reason", "")
        hearing = Hearing(job.state, min(job.done, 100), reason, job.leased_until)
        found.setdefault(json.loads(job.arguments)["file"], hearing)
    return found


def has_task(congress_id: int, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a recording has a task that is so. The list of tasks is read once, not once for each recording."""
    wanted = col(Job.congress_id) == congress_id, col(Job.kind) == KIND
    return _MINE.in_(select(col(Job.arguments)).where(*wanted, *conditions))


def restart(db: Session, congress_id: int, file_id: int) -> bool:
    """Have a recording heard again that could not be; False when it is under way, or was never tried."""
    again = {"state": "waiting", "outcome": "{}", "done": 0, "owner": "", "finished_at": None}
    failed = update(Job).where(*_task_of(congress_id, file_id), col(Job.state) == "failed").values(again)
    return bool(db.exec(failed).rowcount)


def _wanted(languages: Collection[str]) -> Any:
    """Recordings that can be heard and of which nothing is written: file, congress, language, key of the sound."""
    written = select(col(Transcript.file_id)).where(col(Transcript.file_id) == col(ContributionFile.id))
    said = col(ContributionVersion.contribution_id) == col(Contribution.id)
    return (
        select(
            col(ContributionFile.id),
            col(Contribution.congress_id),
            col(ContributionVersion.language),
            col(FileRendition.blob),
        )
        .join(Contribution, col(Contribution.id) == col(ContributionFile.contribution_id))
        .join(ContributionVersion, said & (col(ContributionVersion.version) == col(Contribution.version)))
        .join(FileRendition, col(FileRendition.file_id) == col(ContributionFile.id))
        .where(
            col(ContributionFile.kind).in_(_RECORDED),
            col(ContributionFile.state) == "done",
            col(ContributionFile.blob).is_not(None),
            col(Contribution.state).not_in(_OVER),
            col(ContributionVersion.language).in_(languages),
            col(FileRendition.role) == SOUND,
            col(FileRendition.blob).is_not(None),
            ~written.exists(),
        )
    )


_MINE = literal('{"file": ') + cast(col(ContributionFile.id), String) + literal("}")
"""The arguments of a recording's task."""


def _without_task(languages: Collection[str]) -> Any:
    """Those that have no task. The list of tasks is read once, not once for each recording."""
    return _wanted(languages).where(_MINE.not_in(select(col(Job.arguments)).where(col(Job.kind) == KIND)))


def _task_of(congress_id: int, file_id: int) -> tuple[ColumnElement[bool], ...]:
    arguments = json.dumps({"file": file_id})
    return col(Job.congress_id) == congress_id, col(Job.kind) == KIND, col(Job.arguments) == arguments


def _forget(db: Session, job_id: int) -> None:
    db.execute(delete(Job).where(col(Job.id) == job_id))
