"""What the pages of a motion's past show, in one read each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from sqlmodel import Session, col, select

from motion.rules.errors import NotFound
from motion.rules.history import (
    Change,
    Instant,
    Keyframe,
    entry_at,
    instant,
    neighbours,
    unpack_changes,
    unpack_keyframe,
)
from motion.rules.steps import ACTS, Deed, Step, StepKind, Telling, steps
from storage import history, pages, redactions
from storage.models import Congress, Entry, Motion, Official, TextHistory
from storage.models.record import IS_RARE
from storage.redactions import Tombstone

TOLD_KEPT = 16  # tellings, of a megabyte at most

NOTHING = Instant("", (), None)


@dataclass(frozen=True, slots=True)
class Past:
    """A motion and its steps, as far as its history is computed (`head`)."""

    motion: Motion
    head: TextHistory
    telling: Telling
    steps: tuple[Step, ...]
    officials: dict[int, Official]
    tombstones: tuple[Tombstone, ...]

    @property
    def is_behind(self) -> bool:
        """Whether updates are kept that the history lacks."""
        return self.head.number < self.motion.number


@dataclass(frozen=True, slots=True)
class Seen:
    """One instant. `entry` is that of its change; the neighbours are None where the history ends."""

    past: Past
    instant: Instant
    entry: int
    previous: int | None
    following: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """Two instants, the earlier one first; `writers` are the officials who changed anything in between."""

    past: Past
    before: Seen
    after: Seen
    writers: frozenset[int]


def past(db: Session, congress: Congress, code: str) -> Past:
    """Read the steps of a motion.

    Raises:
        NotFound: This congress has no such motion.
    """
    motion = pages.motion_named(db, congress, code)
    assert motion.id is not None
    head = history.head(db, motion.id)
    acts = db.exec(
        select(Entry)
        .where(
            Entry.congress_id == congress.id,
            Entry.motion_id == motion.id,
            col(Entry.kind).in_(list(ACTS)),
            IS_RARE,
        )
        .order_by(col(Entry.number))
    )
    deeds = tuple(Deed(act.kind, act.number, round(act.at.timestamp() * 1000)) for act in acts)
    telling, told, writers = _told(head.told, deeds)
    return Past(motion, head, telling, told, people(db, writers), redactions.tombstones(db, motion.id))


@lru_cache(maxsize=TOLD_KEPT)
def _told(packed: bytes, deeds: tuple[Deed, ...]) -> tuple[Telling, tuple[Step, ...], frozenset[int]]:
    """Read a telling once for all the pages that show it, which only look at it: that of a long motion takes 0.1 s."""
    telling = Telling.unpack(packed)
    told = steps(telling.stretches(), deeds)
    return telling, told, frozenset(one for step in told for one in (step.official, step.typed_for))


def people(db: Session, ids: Iterable[int]) -> dict[int, Official]:
    """The officials of these ids; 0 is nobody."""
    wanted = {official for official in ids if official}
    rows = db.exec(select(Official).where(col(Official.id).in_(wanted))) if wanted else ()
    return {row.id: row for row in rows if row.id is not None}


def seen(db: Session, congress: Congress, code: str, entry: int) -> Seen:
    """Read the text as it stood after the last change at or before an entry.

    Raises:
        NotFound: This congress has no such motion.
    """
    return _seen(db, past(db, congress, code), entry)


def compared(db: Session, congress: Congress, code: str, one: int, other: int) -> Compared:
    """Read two instants.

    Raises:
        NotFound: This congress has no such motion.
    """
    found = past(db, congress, code)
    before, after = _seen(db, found, min(one, other)), _seen(db, found, max(one, other))
    return Compared(found, before, after, _writers(db, found, before.entry, after.entry))


def _writers(db: Session, found: Past, first: int, last: int) -> frozenset[int]:
    """Who made a change after the entry `first`, up to `last`.

    Steps tell it, but those that began before or went on after: of these the changes themselves are read.
    """
    assert found.motion.id is not None
    written = [step for step in found.steps if step.kind is StepKind.WRITING]
    certain = {step.official for step in written if first < step.first_entry and step.last_entry <= last}
    doubtful = [
        (max(first + 1, step.first_entry), min(last, step.last_entry))
        for step in written
        if step.first_entry <= last and step.last_entry > first and step.official not in certain
    ]
    if not doubtful:
        return frozenset(certain)
    lines = history.chunk_lines(db, found.motion.id)
    for at, line in enumerate(lines):
        end = lines[at + 1].base_entry if at + 1 < len(lines) else last
        if any(began <= end and line.base_entry < ended for began, ended in doubtful):
            row = history.chunk(db, found.motion.id, line.chunk)
            changes = unpack_changes(row.changes) if row else []
            certain |= {change.official for change in changes if first < change.entry <= last and change.official}
    return frozenset(certain)


def _seen(db: Session, found: Past, entry: int) -> Seen:
    assert found.motion.id is not None
    row = history.chunk_for(db, found.motion.id, entry)
    if row is None:
        return Seen(found, NOTHING, max(0, found.steps[0].first_entry if found.steps else 0), None, None)
    changes = unpack_changes(row.changes)
    there = instant(unpack_keyframe(row.keyframe), changes, entry)
    if there.change is None and row.base_entry >= 0:
        # What came in between changed nothing that is seen.
        return _seen(db, found, row.base_entry)
    previous, following = neighbours(changes, entry)
    if previous is None and there.change is not None and row.base_entry >= 0:
        previous = row.base_entry
    if following is None:
        after = history.chunk(db, found.motion.id, row.chunk + 1)
        more = unpack_changes(after.changes) if after else []
        following = more[0].entry if more else None
    return Seen(found, there, there.change.entry if there.change else 0, previous, following)


def entry_at_moment(db: Session, motion_id: int, moment: datetime) -> int:
    """The entry of the last change at or before a moment; 0 before the first."""
    row = history.chunk_at(db, motion_id, moment)
    if row is None:
        return 0
    entry = entry_at(unpack_changes(row.changes), round(moment.timestamp() * 1000))
    return max(0, row.base_entry) if entry is None else entry


@dataclass(frozen=True, slots=True)
class OneChunk:
    """A chunk for the replay in the browser."""

    past: Past
    number: int
    keyframe: Keyframe
    changes: list[Change]


def one_chunk(db: Session, congress: Congress, code: str, number: int) -> OneChunk:
    """Read one chunk of a motion's history.

    Raises:
        NotFound: No such motion, or no such chunk.
    """
    found = past(db, congress, code)
    assert found.motion.id is not None
    row = history.chunk(db, found.motion.id, number)
    if row is None:
        raise NotFound("history", str(number))
    return OneChunk(found, number, unpack_keyframe(row.keyframe), unpack_changes(row.changes))


@dataclass(frozen=True, slots=True)
class Index:
    """Where each chunk of a history begins."""

    past: Past
    lines: list[history.ChunkLine]


def index(db: Session, congress: Congress, code: str) -> Index:
    """Read the index of a motion's history.

    Raises:
        NotFound: This congress has no such motion.
    """
    found = past(db, congress, code)
    assert found.motion.id is not None
    return Index(found, history.chunk_lines(db, found.motion.id))


COLUMNS = 5  # moments of a part that a drawing has room for


@dataclass(frozen=True, slots=True)
class Shaped:
    """The same motion at a few of its steps."""

    past: Past
    moments: list[tuple[Step, Instant]]


def shaped(db: Session, congress: Congress, code: str, anchor: str) -> Shaped:
    """Read a motion at a few steps that changed one of its parts: the first, the last, and the fullest between.

    Raises:
        NotFound: No such motion, or nothing was ever written in such a part.
    """
    found = past(db, congress, code)
    part = next((place.part for place in found.telling.places if place.anchor == anchor), None)
    mine = [step for step in found.steps if part is not None and step.part == part and step.kind is not StepKind.PAUSE]
    if not mine:
        raise NotFound("section", anchor)
    chosen = {mine[0], mine[-1], *sorted(mine, key=lambda step: -(step.added + step.removed))[: COLUMNS - 2]}
    ordered = [step for step in mine if step in chosen]
    return Shaped(found, [(step, _seen(db, found, step.last_entry).instant) for step in ordered])


def moment_of(milliseconds: int) -> datetime:
    """A moment of the history as a moment."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
