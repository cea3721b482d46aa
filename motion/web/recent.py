"""What just changed in each text: seen by comparing its reading copies as they go by.

Kept in this process's memory alone. After a start, or on another process, the place is not known until the
next change; the pages then show the last author's last words instead. Losing it loses no word.
"""

from dataclasses import dataclass
from os.path import commonprefix

from motion.rules.text import Alinea, MotionText, Section, parse

MOTIONS_KEPT = 200  # texts kept for comparison; the oldest are dropped first


@dataclass(frozen=True, slots=True)
class Place:
    """A range in a text, in characters; empty when words were only taken out."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Seen:
    number: int
    text: str
    place: Place | None


class Recent:
    """The last reading copy of each motion, and where it differed from the one before. One owner: the event loop."""

    def __init__(self) -> None:
        self._seen: dict[int, _Seen] = {}

    def see(self, motion_id: int, number: int, text: str) -> Place | None:
        """Take note of a reading copy; return where the last change was, when that is known."""
        before = self._seen.pop(motion_id, None)
        if before is not None and before.number >= number:
            self._seen[motion_id] = before
            return before.place
        place = changed_place(before.text, text) if before is not None and before.text != text else None
        if place is None and before is not None:
            place = before.place
        self._seen[motion_id] = _Seen(number, text, place)
        while len(self._seen) > MOTIONS_KEPT:
            self._seen.pop(next(iter(self._seen)))
        return place

    def text(self, motion_id: int) -> str | None:
        """The last text seen of a motion."""
        seen = self._seen.get(motion_id)
        return seen.text if seen else None


def changed_place(before: str, after: str) -> Place:
    """Find the one range of `after` outside which nothing changed."""
    start = len(commonprefix([before, after]))
    most = min(len(before), len(after)) - start
    tail = len(commonprefix([before[::-1][:most], after[::-1][:most]]))
    return Place(start, len(after) - tail)


def last_words_of(runs: list[list[int]], official: int) -> Place | None:
    """Find the last stretch of the text that one official wrote."""
    at, found = 0, None
    for length, author in runs:
        if author == official and length:
            found = Place(at, at + length)
        at += length
    return found


def changed_parts(before: str, after: str) -> list[str]:
    """Name the parts of a text that read otherwise than before: anchors, or `texte` when parts came or went.

    Line numbers go through the whole motion, so a new alinéa changes every part that follows it.
    """
    old, new = parse(before), parse(after)
    known = {section.anchor: _reading(section) for section in old.sections}
    if list(known) != [section.anchor for section in new.sections] or _title(old) != _title(new):
        return ["texte"]
    return [section.anchor for section in new.sections if known[section.anchor] != _reading(section)]


def _title(text: MotionText) -> str:
    return text.title.text if text.title else ""


def _reading(section: Section) -> tuple[object, ...]:
    """What a reader sees of a section."""
    said = (
        (
            content.line if isinstance(content, Alinea) else 0,
            [(p.text, p.bold, p.italic, p.href) for p in content.pieces],
        )
        for content in section.contents
    )
    return section.title, *said


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words round a change: what stands before, what is new, what stands after, and on which line."""

    before: str
    new: str
    after: str
    line: int
    section: str
    anchor: str


EXCERPT_BEFORE = 160  # characters: about two lines of the card
EXCERPT_NEW = 240
EXCERPT_AFTER = 80


def excerpt(text: MotionText, place: Place) -> Excerpt | None:
    """Cut the alinéa where a change ends, or the nearest one above it."""
    found = None
    for section in text.sections:
        for alinea in section.alineas:
            if alinea.start <= place.end or found is None:
                found = section, alinea
    if found is None:
        return None
    section, alinea = found
    before = "".join(p.text[: max(0, place.start - p.start)] for p in alinea.pieces)
    after = "".join(p.text[max(0, place.end - p.start) :] for p in alinea.pieces if p.end > place.end)
    new = alinea.text[len(before) : len(alinea.text) - len(after)] if place.end > place.start else ""
    if not new and len(before) + len(after) != len(alinea.text):
        before = alinea.text[: len(alinea.text) - len(after)]
    if len(before) > EXCERPT_BEFORE:
        before = "…" + before[-EXCERPT_BEFORE:].partition(" ")[2]
    if len(after) > EXCERPT_AFTER:
        after = after[:EXCERPT_AFTER].rpartition(" ")[0] + "…"
    if len(new) > EXCERPT_NEW:
        new = "…" + new[-EXCERPT_NEW:].partition(" ")[2]
        before = ""
    return Excerpt(before, new, after, alinea.line, section.title, section.anchor)
