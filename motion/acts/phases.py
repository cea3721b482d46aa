"""Opening the phases of a congress, by hand or at their hour."""

from datetime import datetime

from sqlmodel import Session, select

from motion.acts import congresses, motions
from motion.acts.record import note
from motion.rules import phases
from motion.rules.permissions import Act, Actor, require
from motion.rules.vocabulary import MotionState, Phase
from storage import queries
from storage.models import Congress

AFTER_DRAFTING = frozenset({Phase.FROZEN, Phase.ADOPTED, Phase.CLOSED})


def open_phase(db: Session, actor: Actor | None, congress_id: int, phase: Phase, *, now: datetime) -> None:
    """Open a phase by hand, or at its hour when `actor` is None.

    When drafting ends, every text still open is frozen in the same transaction: run it through
    `Rooms.run_congress_act`, which brings the reading copies up to date first.

    Raises:
        NotAllowed, PhaseOutOfOrder: The congress stays in its phase.
    """
    if actor is not None:
        require(actor, Act.RUN_CONGRESS, congress_id)
    congress = congresses.get(db, congress_id)
    before = Phase(congress.phase)
    phases.check_opening(before, phase)
    congress.phase = phase
    db.add(congress)
    body = {"from": str(before), "to": str(phase), "how": "hour" if actor is None else "hand"}
    note(db, congress_id, "phase.change", body, actor=actor, now=now)
    if phase in AFTER_DRAFTING:
        for motion in queries.motions(db, congress_id):
            if motion.state == MotionState.DRAFTING and motion.id is not None:
                motions.freeze(db, actor, motion.id, now=now)


def due_phases(db: Session, *, now: datetime) -> list[tuple[int, Phase]]:
    """List the congresses, by id, in which a phase must open by itself, and that phase."""
    found: list[tuple[int, Phase]] = []
    for congress in db.exec(select(Congress)):
        assert congress.id is not None
        phase = phases.due(Phase(congress.phase), congresses.calendar(db, congress.id), now)
        if phase is not None:
            found.append((congress.id, phase))
    return found
