"""In which articles somebody wrote: lines of the register held against the history of the texts, as far as it goes."""

from collections.abc import Iterable

from sqlmodel import Session

from motion.rules.register import Line
from motion.rules.steps import StepKind, Telling
from storage import history

MOST_PLACES = 3
"""Articles that one line names; who wrote in more wrote in the text."""


def places(db: Session, lines: Iterable[Line]) -> dict[int, tuple[str, ...]]:
    """Name the parts of the text in which each line of typing was written, by the line's last entry.

    Parts are named as they were called then ("Article 2"); a line without known part, or with more than
    `MOST_PLACES`, is left out.
    """
    tellings: dict[int, Telling] = {}
    found: dict[int, tuple[str, ...]] = {}
    for line in lines:
        if not line.updates or line.motion is None or line.official is None:
            continue
        if line.motion not in tellings:
            tellings[line.motion] = Telling.unpack(history.head(db, line.motion).told)
        labels = [
            step.label
            for step in tellings[line.motion].stretches()
            if step.kind is StepKind.WRITING
            and step.official == line.official
            and step.first_entry <= line.last
            and line.first <= step.last_entry
            and step.label
        ]
        named = tuple(dict.fromkeys(labels))
        if 0 < len(named) <= MOST_PLACES:
            found[line.last] = named
    return found
