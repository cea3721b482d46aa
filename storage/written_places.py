"""In which articles somebody wrote: lines of the register held against the history of the texts, as far as it goes."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session

from motion.rules.register import Line
from motion.rules.steps import Step, StepKind, Telling
from storage import history

MOST_PLACES = 3
"""Articles that one line names; who wrote in more wrote in the text."""


def places(db: Session, lines: Iterable[Line]) -> dict[int, tuple[str, ...]]:
    """Name the parts of the text in which each line of typing was written, by the line's last entry.

    Parts are named as they were called then ("Article 2"), in the order of the text; a line without known part, or
    with more than `MOST_PLACES`, is left out.
    """
    writing: dict[int, list[Step]] = {}  # a long motion has thousands: read once
    orders: dict[int, dict[int, int]] = {}
    found: dict[int, tuple[str, ...]] = {}
    for line in lines:
        if not line.updates or line.motion is None or line.official is None:
            continue
        if line.motion not in writing:
            told = Telling.unpack(history.head(db, line.motion).told)
            writing[line.motion] = [step for step in told.stretches() if step.kind is StepKind.WRITING and step.label]
            orders[line.motion] = {place.part: index for index, place in enumerate(told.places)}
        its = [
            step
            for step in writing[line.motion]
            if step.official == line.official and step.first_entry <= line.last and line.first <= step.last_entry
        ]
        named = in_order(its, orders[line.motion])
        if 0 < len(named) <= MOST_PLACES:
            found[line.last] = named
    return found


def in_order(steps: Iterable[Step], order: Mapping[int, int]) -> tuple[str, ...]:
    """Name the parts of these steps, each once, in the order of the text.

    Articles alone are in the order of their numbers, which is that of the text when they were written, wherever they
    have moved since. Articles and axes are in today's, those that were taken out last.

    Args:
        order: The places of the parts in the text, as it reads now.
    """
    places: dict[str, int] = {}
    for step in steps:
        assert step.part is not None
        places.setdefault(step.label, order.get(step.part, len(order)))
    numbers = {label: int(label.rpartition(" ")[2]) for label in places}
    if len({label.rpartition(" ")[0] for label in places}) == 1:
        return tuple(sorted(places, key=numbers.__getitem__))
    return tuple(sorted(places, key=lambda label: (places[label], numbers[label])))
