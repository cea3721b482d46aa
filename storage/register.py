"""The register's look-ups: entries by person, motion, genre and hour, from the latest to the oldest.

Pages are cut by entry number, never by count: they stay the same while entries arrive.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select, true
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func

from motion.record import entry as record
from motion.record.entry import decode_entry
from motion.rules.errors import NotFound
from motion.rules.names import folded
from motion.rules.register import Line, Row, lines
from storage.models import Congress, Entry, Motion, Official
from storage.models.record import FREQUENT as FREQUENT
from storage.models.record import IS_RARE, MAX_NUMBER
from storage.pages import last_entry

WINDOW = 5_000
"""Entries looked at for one page at most: a quarter of an hour of a hall's typing, and thirty milliseconds. The next
page goes on from there."""

MAX_WORDS = 8
MOST_NAMED = 200
"""People named one by one in a query; a word such as `maire` finds thousands, more than a query may have parameters."""
MOST_GATHERED = 50_000
"""Entries of the people of a word that are gathered person by person, then sorted: fifteen milliseconds. Where they
have more, a walk from the latest entry soon meets enough of them; where fewer, it would go to the first of all."""

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader looks for; nothing set means everything.

    Attributes:
        before: Entries of a lower number than this.
        since: Entries of this number or a higher one.
        person: Words of a name, a mandate or a territory.
        official: One person, by id.
        kinds: Kinds of entries; empty for all.
        starts, ends: Moments, the second excluded.
    """

    before: int | None = None
    since: int | None = None
    person: str = ""
    official: int | None = None
    motion: str = ""
    kinds: tuple[str, ...] = ()
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of a page, from the latest; `next_before` goes on below them, None at the end."""

    lines: tuple[Line, ...]
    next_before: int | None
    last_entry: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the lines of a page need to be said: contents of entries by number, motions and officials by id.

    The motions are all those of the congress, in order, without their texts.
    """

    contents: dict[int, bytes]
    motions: dict[int, Motion]
    officials: dict[int, Official]


def find(db: Session, congress: Congress, asked: Asked, most: int, *, one_by_one: bool = False) -> Found:
    """Find the lines of a page, looking at `WINDOW` entries at most.

    Args:
        most: Lines of a page.
        one_by_one: Each entry in a line of its own, for a stretch that is opened.

    Raises:
        NotFound: The congress has no motion of this code.
    """
    assert congress.id is not None
    columns = (Entry.number, Entry.kind, Entry.at, Entry.motion_id, Entry.official_id)
    whose = _people_asked(db, congress.id, asked.person)
    # Neither database chooses well by itself. A number that is computed is in no index, nor is a condition's truth.
    is_gathered = _have_few(db, congress.id, whose)
    order = col(Entry.number) + 0 if is_gathered else col(Entry.number)
    whose = whose if is_gathered else [one.is_(true()) for one in whose]
    query = (
        select(*map(col, columns))
        .where(*_conditions(db, congress.id, asked), *whose)
        .order_by(order.desc())
        .limit(most + 1 if one_by_one else WINDOW + 1)
    )
    seen = 0
    lowest = 0

    result = db.execute(query.execution_options(yield_per=_BATCH))

    def rows() -> Iterator[Row]:
        nonlocal seen, lowest
        for row in result:
            seen += 1
            if seen > WINDOW:
                return
            lowest = row[0]
            yield Row(*row)

    found: list[Line] = []
    next_before: int | None = None
    for line in lines(rows(), most, one_by_one=one_by_one):
        if isinstance(line, Line):
            found.append(line)
        else:
            next_before = line + 1
    result.close()  # the page is full before its last row: PostgreSQL keeps a cursor for the others
    if next_before is None and seen > WINDOW:
        next_before = lowest
    return Found(tuple(found), next_before, last_entry(db, congress.id))


def last_moment(db: Session, congress_id: int) -> datetime | None:
    """When the last entry was made; None before any."""
    query = select(col(Entry.at)).where(col(Entry.congress_id) == congress_id).order_by(col(Entry.number).desc())
    return db.execute(query.limit(1)).scalars().first()


def _conditions(db: Session, congress_id: int, asked: Asked) -> list[Any]:
    conditions: list[Any] = [col(Entry.congress_id) == congress_id]
    if asked.before is not None:
        conditions.append(col(Entry.number) < min(asked.before, MAX_NUMBER))
    if asked.since is not None:
        conditions.append(col(Entry.number) >= min(asked.since, MAX_NUMBER))
    if asked.official is not None:
        conditions.append(col(Entry.official_id) == min(asked.official, MAX_NUMBER))
    if asked.motion:
        conditions.append(col(Entry.motion_id) == motion_id(db, congress_id, asked.motion))
    if asked.kinds:
        conditions.append(col(Entry.kind).in_(asked.kinds))
        if not set(asked.kinds) & set(FREQUENT):
            conditions.append(IS_RARE)
    if asked.starts is not None:
        conditions.append(col(Entry.at) >= asked.starts)
    if asked.ends is not None:
        conditions.append(col(Entry.at) < asked.ends)
    return conditions


def _people_asked(db: Session, congress_id: int, person: str) -> list[ColumnElement[bool]]:
    """Whose entries are asked for; empty for everyone's."""
    if not person:
        return []
    people = _people(congress_id, person)
    few = list(db.execute(people.limit(MOST_NAMED + 1)).scalars())
    # Of nobody, both databases would look for the entries one by one, to the first of the record.
    return [col(Entry.official_id).in_(few if len(few) <= MOST_NAMED else people) if few else false()]


def _have_few(db: Session, congress_id: int, whose: Sequence[ColumnElement[bool]]) -> bool:
    """Whether these people have so few entries that they are gathered; counted in the index alone."""
    if not whose:
        return False
    theirs = select(col(Entry.number)).where(col(Entry.congress_id) == congress_id, *whose).limit(MOST_GATHERED + 1)
    return (db.execute(select(func.count()).select_from(theirs.subquery())).scalar() or 0) <= MOST_GATHERED


def _people(congress_id: int, person: str) -> Select[int | None]:
    """Officials, of today's roster and those who left it, whose name, mandate or territory has all these words."""
    words = folded(person).split()[:MAX_WORDS]
    conditions = [col(Official.folded).contains(word) for word in words] or [false()]
    return select(col(Official.id)).where(col(Official.congress_id) == congress_id, *conditions)


def motion_id(db: Session, congress_id: int, code: str) -> int:
    """Find a motion by its code.

    Raises:
        NotFound: The congress has none of this code.
    """
    query = select(col(Motion.id)).where(col(Motion.congress_id) == congress_id, col(Motion.code) == code)
    found = db.execute(query).scalar()
    if found is None:
        raise NotFound("motion", code)
    return int(found)


def told(db: Session, congress_id: int, numbers: Sequence[int]) -> Told:
    """Read what lines are said with: the contents of these entries, all motions, the officials whom they name."""
    contents: dict[int, bytes] = {}
    for batch in _batches(numbers):
        query = select(col(Entry.number), col(Entry.content)).where(
            col(Entry.congress_id) == congress_id, col(Entry.number).in_(batch)
        )
        contents.update((number, content) for number, content in db.execute(query))
    return told_of(db, congress_id, contents, map(decode_entry, contents.values()))


# A megabyte of texts, of which the register says nothing. SQLModel types a column as what it holds.
_WITHOUT_TEXT = [defer(one) for one in (Motion.text, Motion.runs, Motion.typed_for, Motion.masked)]  # type: ignore[arg-type]


def told_of(db: Session, congress_id: int, contents: dict[int, bytes], entries: Iterable[record.Entry]) -> Told:
    """Read what these entries are said with: all motions, the officials whom they name."""
    officials = {official for entry in entries for official in officials_named(entry)}
    motions = db.execute(
        select(Motion).where(col(Motion.congress_id) == congress_id).options(*_WITHOUT_TEXT).order_by(col(Motion.id))
    ).scalars()
    people = db.execute(
        select(Official).where(col(Official.congress_id) == congress_id, col(Official.id).in_(officials))
    ).scalars()
    return Told(
        contents,
        {motion.id: motion for motion in motions if motion.id is not None},
        {official.id: official for official in people if official.id is not None},
    )


def officials_named(entry: record.Entry) -> set[int]:
    """The officials whom an entry names, by id: its author, the one it is about, and for whom it is."""
    marks = (entry.by, *(entry.body.get(name) for name in ("who", "official", "for")))
    return {int(m[4:]) for m in marks if isinstance(m, str) and m.startswith("elu-") and m[4:].isdecimal()}


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _BATCH):
        yield numbers[start : start + _BATCH]


@dataclass(frozen=True, slots=True)
class OneEntry:
    """An entry alone, and the numbers of its neighbours about the same motion."""

    entry: Entry
    last_entry: int
    previous_of_motion: int | None
    next_of_motion: int | None


def entry(db: Session, congress: Congress, number: int) -> OneEntry:
    """Read one entry.

    Raises:
        NotFound: The record has no such number yet.
    """
    found = db.get(Entry, (congress.id, number)) if number <= MAX_NUMBER else None
    if found is None or congress.id is None:
        raise NotFound("entry", str(number))
    before = after = None
    if found.motion_id is not None:
        same = (col(Entry.congress_id) == congress.id, col(Entry.motion_id) == found.motion_id)
        before = db.execute(select(func.max(col(Entry.number))).where(*same, col(Entry.number) < number)).scalar()
        after = db.execute(select(func.min(col(Entry.number))).where(*same, col(Entry.number) > number)).scalar()
    return OneEntry(found, last_entry(db, congress.id), before, after)
