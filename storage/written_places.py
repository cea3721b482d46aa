"""In which articles somebody wrote: lines of the register held against the history of the texts, as far as it goes."""

from collections.abc import Iterable

from sqlmodel import Session

from motion.rules.register import Line
from motion.rules.steps import Step, StepKind, Telling
from storage import history

MOST_PLACES = 3
"""Articles that one line names; who wrote in more wrote in the text."""


def places(db: Session, lines: Iterable[Line]) -> dict[int, tuple[str, ...]]:
    """Name the parts of the text in which each line of typing was written, by the line's last entry.

    Parts are named as they were called then ("Article 2"); a line without known part, or with more than
    `MOST_PLACES`, is left out.
    """
    writing: dict[int, list[Step]] = {}  # a long motion has thousands: read once
    found: dict[int, tuple[str, ...]] = {}
    for line in lines:
        if not line.updates or line.motion is None or line.official is None:
            continue
        if line.motion not in writing:
            told = Telling.unpack(history.head(db, line.motion).told)
            writing[line.motion] = [step for step in told.stretches() if step.kind is StepKind.WRITING and step.label]
        labels = [
            step.label
            for step in writing[line.motion]
            if step.official == line.official and step.first_entry <= line.last and line.first <= step.last_entry
        ]
        named = tuple(dict.fromkeys(labels))
        if 0 < len(named) <= MOST_PLACES:
            found[line.last] = named
    return found
