"""One look at the database for all that happens by itself: which of it has something to do.

Each task still reads what it has to do, and finds nothing when the look was wrong or late. But a question costs a
transaction of its own whatever the answer, and a dozen of them each second cost more than most windows of keystrokes.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, case
from sqlmodel import Session, col, select

from motion.rules.phases import ORDER
from storage import jobs, signed_roots
from storage.models import Congress, PhaseOpening, Witness

_RANKS = {str(phase): rank for rank, phase in enumerate(ORDER)}


class Due(NamedTuple):
    """What waits: an entry of the kinds asked for is unsigned; a witness is named; a task is to be run or a file of
    one forgotten; a phase's hour has come."""

    to_sign: bool
    witnesses: bool
    jobs: bool
    phases: bool


def look(db: Session, now: datetime, kinds: Collection[str], tasks: Collection[str]) -> Due:
    """Look for all of them with one statement.

    Args:
        kinds: Of entries, outside `FREQUENT`.
        tasks: Kinds of tasks.
    """
    asked = {"now": now, "stale": now - jobs.FILES_KEPT, "kinds": list(kinds), "tasks": list(tasks)}
    row = db.connection().execute(_statement(), asked).one()
    return Due(*map(bool, row))


@cache  # building a statement costs more than running it
def _statement() -> Executable:
    phase = case(_RANKS, value=col(Congress.phase))
    hours = (
        select(PhaseOpening.congress_id)
        .join(Congress, col(Congress.id) == col(PhaseOpening.congress_id))
        .where(col(PhaseOpening.opens_at) <= bindparam("now"), case(_RANKS, value=col(PhaseOpening.phase)) > phase)
    )
    witnesses = select(Witness.congress_id).where(col(Witness.given_up_at).is_(None))
    return select(
        signed_roots.ANY_WAITS.exists(),
        witnesses.exists(),
        jobs.due_rows(bindparam("now"), bindparam("tasks", expanding=True)).exists()
        | jobs.old_pieces(bindparam("stale")).exists(),
        hours.exists(),
    )
