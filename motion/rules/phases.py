"""The calendar of a congress: which phase may follow which, and which is due."""

from collections.abc import Mapping
from datetime import datetime

from motion.rules.errors import PhaseOutOfOrder
from motion.rules.vocabulary import MotionState, Phase

ORDER = tuple(Phase)


def check_opening(current: Phase, wanted: Phase) -> None:
    """Phases go forward; the one step back is from frozen to drafting, which has its reason.

    Raises:
        PhaseOutOfOrder: The phase is open already or lies behind.
    """
    forward = ORDER.index(wanted) > ORDER.index(current)
    reopening = current is Phase.FROZEN and wanted is Phase.DRAFTING
    if not forward and not reopening:
        raise PhaseOutOfOrder(current, wanted)


def due(current: Phase, calendar: Mapping[Phase, datetime], now: datetime) -> Phase | None:
    """Return the latest phase whose hour has come and that is still ahead, or None.

    Phases that were passed over are not opened one by one: a service that slept through two
    hours opens the second.
    """
    for phase in reversed(ORDER):
        if ORDER.index(phase) <= ORDER.index(current):
            return None
        if phase in calendar and calendar[phase] <= now:
            return phase
    return None


def standing(phase: Phase, state: MotionState) -> str:
    """Say how a motion stands for its readers: its state, but `waiting` or `closed` for an open text in a phase
    before drafting or after it, in which nobody writes."""
    if state is not MotionState.DRAFTING or phase is Phase.DRAFTING:
        return str(state)
    return "waiting" if ORDER.index(phase) < ORDER.index(Phase.DRAFTING) else "closed"


def writable(phase: Phase, state: MotionState) -> bool:
    """Say whether officials may write in a motion of this state during this phase."""
    return phase is Phase.DRAFTING and state is MotionState.DRAFTING
