"""Long tasks: a row of `job`, run by whoever turns the loop, resumed after a crash.

A job found `running` that no process runs any more was cut: it runs again from its start, for every kind
can be repeated. Only one process may turn this (`serve` alone, or `motion work`).
"""

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from motion.acts import roster, sign_in
from motion.acts.roster import Reading
from motion.rules.errors import MotionError
from motion.rules.names import display_name
from motion.rules.roster import Plan
from motion.rules.roster_file import SAMPLE_BYTES, recognise
from motion.rules.roster_rows import Row
from storage import jobs
from storage.models import Job
from storage.store import Store

log = logging.getLogger("motion.work")

CHUNK_BYTES = 1 << 18
PROGRESS_EVERY_BYTES = 1 << 21
SHOWN = 200  # lines of each kind in a preview; the rest is counted


def run_due(store: Store, now: Callable[[], datetime]) -> int:
    """Run every job that waits, and those that a crash cut, in order; return how many."""
    store.write_now(jobs.forget_files, now())
    ids = store.read_now(jobs.due)
    for job_id in ids:
        run(store, job_id, now)
    return len(ids)


def run(store: Store, job_id: int, now: Callable[[], datetime]) -> None:
    """Run one job to its end; a refusal of the domain is its outcome, with the error's name and values."""
    job = store.write_now(jobs.start, job_id)
    if job is None:
        return
    try:
        outcome = KINDS[job.kind](store, job, now)
        state = "done"
    except MotionError as refusal:
        outcome, state = {"error": type(refusal).__name__, "values": _fields(refusal)}, "failed"
    except Exception:
        log.exception("couldn't run job %d (%s)", job_id, job.kind)
        outcome, state = {"error": "internal", "values": {}}, "failed"
    store.write_now(
        jobs.finish,
        job_id,
        state,
        outcome,
        now(),
        drop_file=job.kind == "roster.import" and state == "done",
    )


def preview_roster(store: Store, job: Job, now: Callable[[], datetime]) -> dict[str, Any]:
    """Read the file and say what its import would do."""
    reading = _read(store, job)
    plan = store.read_now(roster.preview, job.congress_id, reading)
    return told(plan)


def import_roster(store: Store, job: Job, now: Callable[[], datetime]) -> dict[str, Any]:
    """Import what was previewed and confirmed; the confirmation and its decisions are in the arguments.

    Repeated after a crash that came between the import and its noting, it finds nothing left to do.
    """
    arguments = json.loads(job.arguments)
    reading = _read(store, job)
    actor = store.read_now(sign_in.actor_of, job.congress_id, secretary_id=arguments["secretary"])
    plan = store.read_now(roster.preview, job.congress_id, reading)
    if plan.does_nothing and not plan.doubtful:
        return told(plan)
    decisions = {int(number): choice for number, choice in arguments["decisions"].items()}
    plan = store.write_now(
        roster.apply, actor, job.congress_id, reading, expected=arguments["digest"], decisions=decisions, now=now()
    )
    return told(plan)


KINDS: dict[str, Callable[[Store, Job, Callable[[], datetime]], dict[str, Any]]] = {
    "roster.preview": preview_roster,
    "roster.import": import_roster,
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
                    }
                    for candidate in doubtful.candidates
                ],
            }
            for doubtful in plan.doubtful[:SHOWN]
        ],
        "refused": [
            {"line": line.number, "reason": line.reason, "values": list(line.values)} for line in plan.refused[:SHOWN]
        ],
    }


def _read(store: Store, job: Job) -> Reading:
    arguments = json.loads(job.arguments)
    content = job.file or b""
    dialect = recognise(content[:SAMPLE_BYTES], filename=arguments.get("filename", ""))
    last = 0

    def progress(read_bytes: int) -> None:
        nonlocal last
        if read_bytes - last >= PROGRESS_EVERY_BYTES:
            last = read_bytes
            store.write_now(jobs.progress, job.id or 0, read_bytes)

    return roster.read_file(
        _chunks(content), dialect, department=arguments.get("department") or None, progress=progress
    )


def _chunks(content: bytes) -> Iterator[bytes]:
    file = io.BytesIO(content)
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


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
