"""Where in a motion a change is made, while it is replayed: its parts, told from its heading lines alone.

Reading a whole text at each keystroke would take hours; the lines that are headings change rarely. A part keeps its
identity while its heading is edited, moved by what is written above, or numbered anew: "article 2" of noon and
"article 3" of the evening may be one part.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from motion.rules.history import Change, Pieces
from motion.rules.markdown import HEADING
from motion.rules.text import parse

BEFORE_ALL = 0
"""The part that stands before any heading that opens one."""

MAX_HEADINGS = 400
"""Headings followed; a hundred printed pages have fewer. Whoever types more has written a list."""

MAX_HEADING_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Place:
    """A part as it is named now.

    Attributes:
        part: Its identity in this motion's history; `BEFORE_ALL` for what stands before any part.
        anchor: "article-2"; empty for `BEFORE_ALL` in a text that has no such part.
        label: "Article 2", or nothing.
        title: "Article 2. Se déplacer pour se soigner".
    """

    part: int
    anchor: str
    label: str
    title: str


NOWHERE = Place(BEFORE_ALL, "", "", "")


class Places:
    """The headings of one text being replayed, and the text itself. One owner.

    Args:
        text: Changed by `take` only.
        parts: The identities of the headings of `text` in order, as `parts` gave them; without them, new ones.
    """

    def __init__(self, text: Pieces, parts: Iterable[int] = ()) -> None:
        self.text = text
        found = _headings(text.text())[:MAX_HEADINGS]
        known = list(parts)
        if len(known) != len(found):
            known = list(range(1, len(found) + 1))
        self._next = max(known, default=0) + 1
        self._starts = [start for start, _line in found]
        self._lines = [line for _start, line in found]
        self.parts = known
        self._name()

    def at(self, position: int) -> Place:
        """The part that holds a position."""
        index = bisect_right(self._starts, position) - 1
        return self._of[index] if index >= 0 else self._first

    def take(self, change: Change) -> Place:
        """Make a change of the text, and say in which part it was made."""
        position, deleted, inserted = change.position, change.deleted, change.inserted
        start = self.text.line_start(position)
        end = self.text.line_end(position + deleted)
        self.text.splice(position, deleted, inserted)
        moved = len(inserted) - deleted
        lines = self.text.slice(start, end + moved)
        low = bisect_right(self._starts, start - 1)
        high = bisect_right(self._starts, end)
        found = [(start + at, line) for at, line in _headings(lines)] if "#" in lines else []
        for index in range(high, len(self._starts)):
            self._starts[index] += moved
        if [line for _at, line in found] != self._lines[low:high]:
            self._replace(low, high, found)
        else:
            self._starts[low:high] = [at for at, _line in found]
        return self.at(max(position, start))

    def _replace(self, low: int, high: int, found: list[tuple[int, str]]) -> None:
        room = MAX_HEADINGS - len(self._starts) + high - low
        found = found[: max(0, room)]
        before = dict(zip(self._lines[low:high], self.parts[low:high], strict=True))
        kept = [before.pop(line, None) for _at, line in found]
        # What was edited keeps its identity, in order; what is left over is new.
        left = [part for part in self.parts[low:high] if part not in kept]
        for index, part in enumerate(kept):
            if part is None:
                if left:
                    kept[index] = left.pop(0)
                else:
                    kept[index] = self._next
                    self._next += 1
        self._starts[low:high] = [at for at, _line in found]
        self._lines[low:high] = [line for _at, line in found]
        self.parts[low:high] = [part for part in kept if part is not None]
        self._name()

    def _name(self) -> None:
        """Read the heading lines alone, as the motion that they would make."""
        has_words = bool(self._starts) and bool(self.text.slice(0, self._starts[0]).strip())
        lead = "x\n\n" if has_words else ""
        starts, at = {}, len(lead)
        for index, line in enumerate(self._lines):
            starts[at] = index
            at += len(line) + 2
        read = parse(lead + "\n\n".join(self._lines))
        opening: dict[int, Place] = {}
        self._first = NOWHERE
        for section in read.sections:
            if section.heading is None:
                self._first = Place(BEFORE_ALL, section.anchor, section.label, section.title)
            elif section.start in starts:
                index = starts[section.start]
                opening[index] = Place(self.parts[index], section.anchor, section.label, section.title)
        self._of: list[Place] = []
        current = self._first
        for index in range(len(self._lines)):
            current = opening.get(index, current)
            self._of.append(current)

    def named(self) -> list[Place]:
        """The parts of the text as it stands, in order; what stands before any comes first."""
        listed = [self._first]
        for place in self._of:
            if place != listed[-1]:
                listed.append(place)
        return listed


def _headings(lines: str) -> list[tuple[int, str]]:
    """(where it starts, its line) of each heading."""
    found = []
    at = 0
    for line in lines.split("\n"):
        if "#" in line[:200] and HEADING.match(line):
            found.append((at, line[:MAX_HEADING_CHARACTERS].replace("\r", " ")))
        at += len(line) + 1
    return found
