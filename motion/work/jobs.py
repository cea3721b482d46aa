"""Long tasks: a row of `job`, run by whoever turns the loop, resumed after a crash.

A job is claimed for a time, and its owner says now and then that it is alive. One found `running` after that time
was cut: it runs again from its start, for every kind can be repeated. Several processes may turn this.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from motion.acts import collecting, roster, sign_in
from motion.acts.roster import Reading
from motion.rules.errors import MotionError, TextChangedMeanwhile
from motion.rules.names import display_name
from motion.rules.roster import Plan
from motion.rules.roster_file import SAMPLE_BYTES, recognise
from motion.rules.roster_rows import Row
from motion.work import collected
from motion.work.task_files import GivenBack as GivenBack
from motion.work.task_files import TakenOver as TakenOver
from motion.work.task_files import pieces
from storage import jobs
from storage.models import Job
from storage.store import Session, Store

log = logging.getLogger("motion.work")

PROGRESS_EVERY_BYTES = 1 << 21  # a second's reading on a slow machine: far below `jobs.LEASE`
SHOWN = 200  # lines of each kind in a preview; the rest is counted
DECIDABLE = 2_000  # doubtful lines that can be decided: more than a person does in one go; the rest is counted
THIS_PROCESS = uuid4().hex


Kinds = Mapping[str, Callable[[Store, Job, Callable[[], datetime]], dict[str, Any]]]
"""The function of each kind of job."""


def run_due(store: Store, now: Callable[[], datetime], owner: str = THIS_PROCESS, kinds: Kinds | None = None) -> int:
    """Run every job that waits, and those that a crash cut, in order; return how many were claimed.

    Args:
        kinds: Those to run; by default the ones of this module.
    """
    kinds = KINDS if kinds is None else kinds
    if store.read_now(jobs.has_old_files, now()):
        store.write_now(jobs.forget_files, now())
    due = store.read_now(jobs.due, now(), tuple(kinds))
    return sum(run(store, job_id, now, owner, kinds) for job_id in due)


def run(
    store: Store,
    job_id: int,
    now: Callable[[], datetime],
    owner: str = THIS_PROCESS,
    kinds: Kinds | None = None,
) -> bool:
    """Run one job to its end, if no other process has it; a refusal of the domain is its outcome.

    Returns:
        Whether this process claimed it.
    """
    job = store.write_now(jobs.claim, job_id, owner, now())
    if job is None:
        return False
    try:
        outcome = (KINDS if kinds is None else kinds)[job.kind](store, job, now)
        state = "done"
    except MotionError as refusal:
        outcome, state = {"error": type(refusal).__name__, "values": _fields(refusal)}, "failed"
    except TakenOver:
        log.warning("job %d was silent for too long and runs elsewhere now", job_id)
        return True
    except GivenBack:
        store.write_now(jobs.give_back, job_id, owner)
        return True
    except Exception:
        log.exception("couldn't run job %d (%s)", job_id, job.kind)
        outcome, state = {"error": "internal", "values": {}}, "failed"
    store.write_now(
        jobs.finish,
        job_id,
        owner,
        state,
        outcome,
        now(),
        drop=jobs.file_of(job) if job.kind == "roster.import" and state == "done" else None,
    )
    return True


def preview_roster(store: Store, job: Job, now: Callable[[], datetime]) -> dict[str, Any]:
    """Read the file and say what its import would do."""
    reading = _read(store, job, now)
    plan = store.read_now(roster.preview, job.congress_id, reading)
    return told(plan)


def import_roster(store: Store, job: Job, now: Callable[[], datetime]) -> dict[str, Any]:
    """Import what was previewed and confirmed; the confirmation and its decisions are in the arguments.

    The import and its outcome are kept in one transaction: after a crash both are there, or neither.
    """
    arguments = json.loads(job.arguments)
    if not store.read_now(jobs.has_file, jobs.file_of(job)):
        # Confirmed twice: the first import took the file with it.
        raise TextChangedMeanwhile(arguments["digest"], "")
    reading = _read(store, job, now)
    actor = store.read_now(sign_in.actor_of, job.congress_id, secretary_id=arguments["secretary"])
    plan = store.read_now(roster.preview, job.congress_id, reading)
    if plan.does_nothing and not plan.doubtful:
        return told(plan)
    decisions = {int(number): choice for number, choice in arguments["decisions"].items()}
    at = now()

    def apply(db: Session) -> dict[str, Any]:
        done = roster.apply(
            db, actor, job.congress_id, reading, expected=arguments["digest"], decisions=decisions, now=at
        )
        outcome = told(done)
        jobs.finish(db, job.id or 0, job.owner, "done", outcome, at, drop=jobs.file_of(job))
        return outcome

    return store.write_now(apply)


KINDS: Kinds = {
    "roster.preview": preview_roster,
    "roster.import": import_roster,
    collecting.PREVIEW: collected.preview,
    collecting.IMPORT: collected.bring_in,
}


def told(plan: Plan) -> dict[str, Any]:
    """A plan as JSON for the page: counts, the first lines of each kind, no birth date."""
    return {
        "digest": roster.plan_digest(plan),
        "counts": {
            "added": len(plan.added),
            "changed": len(plan.changed),
            "left": len(plan.unchanged),
            "absent": len(plan.absent),
            "doubtful": len(plan.doubtful),
            "refused": plan.refused_count,
        },
        "added": [_person(row) for row in plan.added[:SHOWN]],
        "changed": [
            _person(changed.row)
            | {"changes": [[change.field, change.before, change.after] for change in changed.changes]}
            for changed in plan.changed[:SHOWN]
        ],
        "doubtful": [
            _person(doubtful.row)
            | {
                "reason": str(doubtful.reason),
                "candidates": [
                    {
                        "id": candidate.id,
                        "name": display_name(candidate.first_names, candidate.family_name),
                        "mandate": candidate.mandate,
                        "territory": candidate.territory,
                        "email": candidate.email,
                    }
                    for candidate in doubtful.candidates
                ],
                "others": [_person(other) for other in doubtful.others],
            }
            for doubtful in plan.doubtful[:DECIDABLE]
        ],
        "refused": [
            {"line": line.number, "reason": line.reason, "values": list(line.values)} for line in plan.refused[:SHOWN]
        ],
    }


def _read(store: Store, job: Job, now: Callable[[], datetime]) -> Reading:
    arguments = json.loads(job.arguments)
    source, last = jobs.file_of(job), 0
    # A piece is longer than the sample.
    sample = (store.read_now(jobs.piece, source, 0) or b"")[:SAMPLE_BYTES]
    dialect = recognise(sample, filename=arguments.get("filename", ""))

    def progress(read_bytes: int) -> None:
        nonlocal last
        if read_bytes - last >= PROGRESS_EVERY_BYTES:
            last = read_bytes
            if not store.write_now(jobs.progress, job.id or 0, job.owner, read_bytes, now()):
                raise TakenOver

    reading = roster.read_file(
        pieces(store, source), dialect, department=arguments.get("department") or None, progress=progress
    )
    if not store.write_now(jobs.progress, job.id or 0, job.owner, job.total, now()):
        raise TakenOver
    return reading


def _person(row: Row) -> dict[str, Any]:
    return {
        "line": row.number,
        "name": f"{row.first_names} {row.family_name}",
        "mandate": row.mandate,
        "territory": row.territory,
        "email": row.email,
    }


def _fields(refusal: MotionError) -> dict[str, Any]:
    return {name: getattr(refusal, name) for name in refusal.__dataclass_fields__}
