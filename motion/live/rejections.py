"""How many refusals of one session the record takes: a program that sends rubbish does not fill it. Pure."""

from dataclasses import dataclass

REJECTIONS_AT_ONCE, REJECTION_EVERY_S = 5, 60.0
"""Refusals that the record takes from one session; more are counted and told with the next one."""


@dataclass(slots=True)
class _Allowance:
    left: float
    filled_at: float
    uncounted: int = 0


class Allowances:
    """What each session of a room may still have recorded. Time is given in seconds of any rising clock."""

    def __init__(self) -> None:
        self._of: dict[int | None, _Allowance] = {}

    def spend(self, session_id: int | None, now: float) -> int | None:
        """Say how many refusals went unrecorded before this one, or None when this one does too."""
        allowance = self._of.setdefault(session_id, _Allowance(REJECTIONS_AT_ONCE, now))
        earned = (now - allowance.filled_at) / REJECTION_EVERY_S
        allowance.left, allowance.filled_at = min(REJECTIONS_AT_ONCE, allowance.left + earned), now
        if allowance.left < 1:
            allowance.uncounted += 1
            return None
        allowance.left -= 1
        uncounted, allowance.uncounted = allowance.uncounted, 0
        return uncounted
