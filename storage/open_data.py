"""What programs read of a congress: entries by number, the roster as published, addresses for search engines.

Pages are cut by a number (of the entry, of the official), never by a count: a page that is full stays the same while
others arrive. No query reads more than its page, whatever the size of the record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col, func

from motion.record import entry as record
from motion.record.entry import decode_entry
from motion.rules.errors import NotFound
from motion.rules.register import BOUND, PAUSE, TYPED, Line
from storage import open_voices, published, queries, redactions, register, voices_counted
from storage.models import Congress, Entry, Motion, Official, Redaction
from storage.models.record import IS_RARE, MAX_NUMBER
from storage.pages import last_entry
from storage.register import FREQUENT, Told

WINDOW = 50_000
"""Entries looked at for one page when a filter may let nearly all of them go; the next page goes on from there."""

MOST_STROKES = 5_000
"""Keystrokes looked at to find where a stretch begins: an official types for an hour at most without a pause."""

MOST_ADDRESSES = 50_000
"""Addresses of a site map (sitemaps.org)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries. Empty means all; `after` is the number of the last one already had, -1 for none."""

    after: int = -1
    limit: int = 100
    motion: str = ""
    official: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class EntriesPage:
    """A page of entries, those that a signed root covers, in the order of their numbers.

    Attributes:
        through: Number of the last entry looked at: the next page goes on after it.
        is_full: Whether nothing can be added to this page any more.
        size: How many entries the last signed root covers.
    """

    rows: tuple[tuple[int, bytes, record.Entry], ...]
    through: int
    is_full: bool
    size: int
    told: Told
    redactions: dict[int, Redaction]


def signed_size(db: Session, congress_id: int) -> int:
    """Return how many entries the last signed root covers."""
    newest = published.newest(db, congress_id)
    return newest.size if newest else 0


def entries(db: Session, congress: Congress, wanted: Wanted, size: int | None = None) -> EntriesPage:
    """Read a page of entries.

    Args:
        size: Look at the first so many only, for a reader who goes on with what was there at the start.

    Raises:
        NotFound: The congress has no motion of this code.
    """
    assert congress.id is not None
    known = signed_size(db, congress.id)
    end = known if size is None else min(size, known)
    query = select(col(Entry.number), col(Entry.content)).where(
        col(Entry.congress_id) == congress.id, col(Entry.number) > min(wanted.after, MAX_NUMBER)
    )
    stop = end
    if wanted.motion:
        query = query.where(col(Entry.motion_id) == register.motion_id(db, congress.id, wanted.motion))
    if wanted.official is not None:
        query = query.where(col(Entry.official_id) == min(wanted.official, MAX_NUMBER))
    if wanted.kind:
        query = query.where(col(Entry.kind) == wanted.kind)
        if wanted.kind in FREQUENT:
            stop = min(end, wanted.after + 1 + WINDOW)
        else:
            query = query.where(IS_RARE)
    query = query.where(col(Entry.number) < stop).order_by(col(Entry.number)).limit(wanted.limit)
    rows = tuple((number, content, decode_entry(content)) for number, content in db.execute(query))
    is_full = len(rows) == wanted.limit or stop < end
    through = rows[-1][0] if len(rows) == wanted.limit else max(wanted.after, stop - 1)
    contents = {number: content for number, content, _entry in rows}
    return EntriesPage(
        rows,
        through,
        is_full,
        end,
        register.told_of(db, congress.id, contents, (entry for _number, _content, entry in rows)),
        _redactions(db, congress.id, list(contents)),
    )


def entry(db: Session, congress: Congress, number: int) -> EntriesPage:
    """Read one entry, as a page of one.

    Raises:
        NotFound: No signed root covers such an entry yet.
    """
    page = entries(db, congress, Wanted(number - 1, 1))
    if not page.rows or page.rows[0][0] != number:
        raise NotFound("entry", str(number))
    return page


def _redactions(db: Session, congress_id: int, numbers: Sequence[int]) -> dict[int, Redaction]:
    """The last decision on the object of each of these entries."""
    if not numbers:
        return {}
    query = (
        select(Redaction)
        .where(col(Redaction.congress_id) == congress_id, col(Redaction.target).between(numbers[0], numbers[-1]))
        .order_by(col(Redaction.entry))
    )
    return {row.target: row for row in db.execute(query).scalars()}


@dataclass(frozen=True, slots=True)
class RosterPage:
    """A page of the roster, in the order of the officials' numbers, those who left included."""

    officials: tuple[Official, ...]
    has_more: bool
    last_entry: int


def roster(db: Session, congress: Congress, after: int, limit: int) -> RosterPage:
    """Read a page of the roster: officials of a higher number than `after`."""
    assert congress.id is not None
    query = (
        select(Official)
        .where(col(Official.congress_id) == congress.id, col(Official.id) > min(after, MAX_NUMBER))
        .order_by(col(Official.id))
        .limit(limit + 1)
    )
    found = tuple(db.execute(query).scalars())
    return RosterPage(found[:limit], len(found) > limit, last_entry(db, congress.id))


def redacted(db: Session, congress: Congress, after: int, limit: int) -> list[Redaction]:
    """List redactions in the order of their entries, those after an entry, one more than `limit` at most."""
    query = (
        select(Redaction)
        .where(col(Redaction.congress_id) == congress.id, col(Redaction.entry) > min(after, MAX_NUMBER))
        .order_by(col(Redaction.entry))
        .limit(limit + 1)
    )
    return list(db.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line of the register, whole: `first` is where it really begins, `goes_on` whether it lasts beyond the page."""

    line: Line
    first: int
    began: datetime
    goes_on: bool


def stretch(db: Session, congress_id: int, line: Line, before: int | None) -> Stretch:
    """Find where a stretch of typing begins, and whether it goes on at or after entry `before`.

    A page of the register cuts stretches at its edge; a feed names each by its first entry, so it must not.
    """
    if line.kind != TYPED:
        return Stretch(line, line.first, line.began, False)
    whose: list[Any] = [
        col(Entry.congress_id) == congress_id,
        col(Entry.official_id) == line.official if line.official is not None else col(Entry.official_id).is_(None),
        col(Entry.motion_id) == line.motion,
        col(Entry.kind).in_((TYPED, BOUND)),
    ]
    query = select(col(Entry.number), col(Entry.at)).where(*whose)
    first, began = line.first, line.began
    older = query.where(col(Entry.number) < first).order_by(col(Entry.number).desc()).limit(MOST_STROKES)
    for number, at in db.execute(older):
        if began - at > PAUSE:
            break
        first, began = number, at
    goes_on = False
    if before is not None:
        newer_ones = query.where(col(Entry.number) >= min(before, MAX_NUMBER)).order_by(col(Entry.number))
        newer = db.execute(newer_ones.limit(1)).first()
        goes_on = newer is not None and newer[1] - line.ended <= PAUSE
    return Stretch(line, first, began, goes_on)


@dataclass(frozen=True, slots=True)
class Address:
    """A congress that search engines may know, and its motions: code and moment of the last change."""

    slug: str
    motions: tuple[tuple[str, datetime], ...]
    contributions: tuple[int, ...] = ()  # numbers of those that everyone reads


def addresses(db: Session) -> list[Address]:
    """List the congresses that are neither a rehearsal nor a demonstration."""
    listed = [one for one in queries.congresses(db) if not one.is_demonstration]
    query = select(col(Motion.congress_id), col(Motion.code), col(Motion.text_at), col(Motion.created_at))
    query = query.where(col(Motion.congress_id).in_([one.id for one in listed])).order_by(col(Motion.id))
    found: dict[int, list[tuple[str, datetime]]] = {}
    for congress_id, code, text_at, created_at in db.execute(query.limit(MOST_ADDRESSES)):
        found.setdefault(congress_id, []).append((code, text_at or created_at))
    said = open_voices.published_numbers(db, [one.id for one in listed], MOST_ADDRESSES)
    return [Address(one.slug, tuple(found.get(one.id or 0, ())), tuple(said.get(one.id or 0, ()))) for one in listed]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is said of a congress before its parts: its motions and counts."""

    motions: tuple[Motion, ...]
    officials: int
    entries: int
    signed: int
    redactions: int
    last_redaction: int
    contributions: int  # that everyone reads


def overview(db: Session, congress: Congress) -> Overview:
    """Read what describes a congress."""
    assert congress.id is not None
    officials = select(func.count()).where(col(Official.congress_id) == congress.id, col(Official.revoked_at).is_(None))
    decided = select(func.count()).where(col(Redaction.congress_id) == congress.id)
    return Overview(
        tuple(queries.motions(db, congress.id)),
        int(db.execute(officials.select_from(Official)).scalar_one()),
        last_entry(db, congress.id) + 1,
        signed_size(db, congress.id),
        int(db.execute(decided.select_from(Redaction)).scalar_one()),
        redactions.last(db, congress.id),
        voices_counted.published(db, congress.id),
    )
