"""The facts that make Motion refuse a transcript.

    CaptionsRefused(reason, line)
    TranscriptChanged(expected, found)

`reason` is a code of `motion.rules.captions.REASONS`.
"""

from dataclasses import dataclass

from motion.rules.errors import Conflict, MotionError


@dataclass(unsafe_hash=True)
class CaptionsRefused(MotionError):
    """Captions can't be taken; `line` is that of the file, or the number of the caption, from 1; 0 for the whole."""

    reason: str
    line: int = 0


@dataclass(unsafe_hash=True)
class TranscriptChanged(Conflict):
    """Somebody else has kept another state of a transcript since it was read."""

    expected: str
    found: str
