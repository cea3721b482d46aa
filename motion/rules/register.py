"""The register as people read it: entries put in lines, a stretch of typing in one line.

A line is either one entry, or a **stretch**: what one person wrote in one motion without a pause longer than
`PAUSE`. Two who write at the same time make two lines. The binding of a device's number, which comes before its
first keystroke, belongs to the stretch that it opens.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PAUSE = timedelta(minutes=5)
"""Somebody who comes back after this has begun another stretch: long enough to reread an article."""

TYPED = "crdt.update"
BOUND = "client.bind"


class Genre(StrEnum):
    """What an entry is about, as readers choose it."""

    WRITING = "ecriture"
    TEXT = "texte"
    VOICES = "contributions"
    PEOPLE = "personnes"
    CONGRESS = "congres"
    SIGN_IN = "connexions"
    RECORD = "registre"


KINDS: dict[Genre, tuple[str, ...]] = {
    Genre.WRITING: (TYPED, BOUND, "crdt.reject", "crdt.late"),
    Genre.TEXT: (
        "motion.create",
        "motion.rename",
        "motion.import",
        "motion.freeze",
        "motion.unfreeze",
        "motion.adopt",
        "motion.reject",
        "motion.withdraw",
        "doc.snapshot",
    ),
    Genre.VOICES: (
        "collection.rules",
        "sheet.print",
        "contribution.receive",
        "contribution.file",
        "contribution.consent",
        "contribution.check",
        "contribution.address",
        "contribution.publish",
        "contribution.show",
        "contribution.captions",
        "contribution.refuse",
        "contribution.keep",
        "contribution.answer",
        "contribution.notice",
        "contribution.reply",
        "contribution.withdraw",
        "contribution.sort",
        "contribution.group",
        "theme.change",
        "contribution.import",
    ),
    Genre.PEOPLE: (
        "roster.import",
        "official.accredit",
        "official.change",
        "official.revoke",
        "role.change",
        "card.issue",
        "card.revoke",
    ),
    Genre.CONGRESS: ("congress.open", "congress.change", "phase.change"),
    Genre.SIGN_IN: ("session.open", "session.close"),
    Genre.RECORD: ("redaction", "object.disclosed", "witness.change", "log.close"),
}
"""Which kinds of entries make each genre: every kind of the record is in one of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, without its content. `official` is None for the secretariat and the service."""

    number: int
    kind: str
    at: datetime
    motion: int | None
    official: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register: an entry alone, or a stretch of typing.

    Attributes:
        first, last: Numbers of its first and last entry; entries of other lines may stand between.
        began, ended: Their moments.
        updates: How many updates a stretch holds; 0 for an entry alone.
    """

    first: int
    last: int
    began: datetime
    ended: datetime
    kind: str
    motion: int | None
    official: int | None
    updates: int = 0

    @property
    def is_stretch(self) -> bool:
        """Whether it stands for several entries."""
        return self.first < self.last


@dataclass(slots=True)
class _Growing:
    """A line that older entries may still lengthen."""

    last: Row
    first: Row
    updates: int

    def line(self) -> Line:
        return Line(
            self.first.number,
            self.last.number,
            self.first.at,
            self.last.at,
            TYPED if self.updates else self.last.kind,
            self.last.motion,
            self.last.official,
            self.updates,
        )


def lines(rows: Iterable[Row], most: int, *, one_by_one: bool = False) -> Iterator[Line | int]:
    """Put entries in lines, the latest first.

    Args:
        rows: From the latest to the oldest.
        most: Lines to make; the first entry that would begin one more is left.
        one_by_one: Nothing is put together.

    Yields:
        The lines, by their last entry; then, when entries were left, the number of the latest of them.
    """
    found: list[_Growing] = []
    open_: dict[tuple[int | None, int | None], _Growing] = {}
    left: int | None = None
    for row in rows:
        whose = row.motion, row.official
        before = open_.get(whose)
        if before is not None and row.kind in (TYPED, BOUND) and before.first.at - row.at <= PAUSE:
            before.first = row
            before.updates += row.kind == TYPED
            continue
        if len(found) == most:
            left = row.number
            break
        growing = _Growing(row, row, int(row.kind == TYPED))
        found.append(growing)
        if row.kind == TYPED and not one_by_one:
            open_[whose] = growing
    yield from (growing.line() for growing in found)
    if left is not None:
        yield left
