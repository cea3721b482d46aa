"""What people typed in a motion, stretch by stretch, deleted or not: to find what must be taken out of publication.

A stretch is what one session typed without a long pause, in the order of typing. Its letters may have been typed in
several places of the text and deleted since.
"""

import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from motion.live.updates import inserted_text
from storage import drafts
from storage.drafts import UpdateRow
from storage.store import Session

PAUSE = timedelta(seconds=60)
MOST_CHARACTERS = 600  # of a stretch: what a person reads at a glance
MOST_FOUND = 50
CONTEXT = 60  # characters shown on either side of what is found
AROUND = 400  # entries before and after a passage among which more of it is offered
BATCH = 5_000  # updates read at once


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that one session typed, from one entry to another, and `before` and `after`, what it typed around them.

    An entry goes whole: what these entries brought is `head`, `found` and `tail`, of which `found` was looked for.
    `official_id` is None for what the service wrote itself: a template, an imported file.
    """

    official_id: int | None
    first_entry: int
    last_entry: int
    at: datetime
    before: str
    found: str
    after: str
    head: str = ""
    tail: str = ""
    entries: tuple[int, ...] = ()


@dataclass(slots=True)
class _Stretch:
    session_id: int | None
    official_id: int | None
    pieces: list[tuple[str, int]]  # words, entry
    began: datetime
    ended: datetime
    characters: int = 0


def search(db: Session, motion_id: int, words: str, *, official_id: int | None = None) -> list[Passage]:
    """Find where words were typed, the latest first; accents, capitals and kinds of space do not count.

    Args:
        words: What is looked for; empty for every stretch.
        official_id: Of this official alone.
    """
    wanted = _folded(" ".join(words.split()))[0]
    found: deque[Passage] = deque(maxlen=MOST_FOUND)
    for stretch in _stretches(db, motion_id, official_id):
        found.extend(_matches(stretch, wanted))
    return sorted(found, key=lambda passage: -passage.first_entry)


def entries_between(db: Session, motion_id: int, first: int, last: int) -> list[int]:
    """List the entries from one to another whose updates brought words, of the session that wrote the first.

    Empty when the first is no update of this motion.
    """
    rows = drafts.updates_of_entries(db, motion_id, first, last)
    if not rows or rows[0].entry != first:
        return []
    return [row.entry for row in rows if row.session_id == rows[0].session_id and inserted_text(row.content)]


def pieces_around(db: Session, motion_id: int, first: int, last: int) -> list[tuple[int, str]]:
    """What the session that wrote the entry `first` typed from there to `last`, and a little before and after.

    Returns:
        (entry, words) in order; nothing when `first` is no update of this motion, or the service's.
    """
    rows = drafts.updates_of_entries(db, motion_id, first - AROUND, last + AROUND)
    session = next((row.session_id for row in rows if row.entry == first), None)
    if session is None:
        return []
    mine = [row for row in rows if row.session_id == session and not row.is_redacted]
    return [(row.entry, words) for row in mine if (words := inserted_text(row.content))]


def _stretches(db: Session, motion_id: int, official_id: int | None) -> Iterator[_Stretch]:
    open_stretches: dict[int | None, _Stretch] = {}
    for row in _rows(db, motion_id):
        if official_id is not None and row.official_id != official_id:
            continue
        text = inserted_text(row.content)
        if not text:
            continue
        stretch = open_stretches.get(row.session_id)
        if (
            stretch is None
            or row.at - stretch.ended > PAUSE
            or stretch.characters + len(text) > MOST_CHARACTERS
            or row.session_id is None
        ):
            if stretch is not None:
                yield stretch
            stretch = open_stretches[row.session_id] = _Stretch(row.session_id, row.official_id, [], row.at, row.at)
        stretch.pieces.append((text, row.entry))
        stretch.ended = row.at
        stretch.characters += len(text)
    yield from open_stretches.values()


def _rows(db: Session, motion_id: int) -> Iterator[UpdateRow]:
    number = 0
    while rows := drafts.updates_after(db, motion_id, number, limit=BATCH):
        # Those that are redacted hold no words any more.
        yield from (row for row in rows if not row.is_redacted)
        number = rows[-1].number


def _matches(stretch: _Stretch, wanted: str) -> Iterator[Passage]:
    text = "".join(words for words, _entry in stretch.pieces)
    if not wanted:
        yield _passage(stretch, text, 0, len(text))
        return
    folded, places = _folded(text)
    start = folded.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        yield _passage(stretch, text, places[start], places[end - 1] + 1)
        start = folded.find(wanted, end)


def _passage(stretch: _Stretch, text: str, start: int, end: int) -> Passage:
    at = opens = closes = 0
    entries: list[int] = []
    for words, entry in stretch.pieces:
        if at + len(words) > start and at < end:
            opens = opens if entries else at
            closes = at + len(words)
            entries.append(entry)
        at += len(words)
    return Passage(
        stretch.official_id,
        entries[0],
        entries[-1],
        stretch.began,
        text[max(0, opens - CONTEXT) : opens],
        text[start:end],
        text[closes : closes + CONTEXT],
        text[opens:start],
        text[end:closes],
        tuple(entries),
    )


def _folded(text: str) -> tuple[str, list[int]]:
    """Letters without accents or capitals, and for each the place of the character that it comes from."""
    letters: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        plain = "'" if character == "\u2019" else " " if character.isspace() else character
        for letter in unicodedata.normalize("NFD", plain).casefold():
            if not unicodedata.combining(letter):
                letters.append(letter)
                places.append(at)
    return "".join(letters), places
