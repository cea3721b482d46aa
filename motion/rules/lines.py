"""Positions in a text, in the three units that meet here: characters, UTF-16 units, UTF-8 bytes.

Python counts characters, yjs and the browser count UTF-16 units, pycrdt counts UTF-8 bytes. Everything in
`motion.rules` is in characters; this is where the border is crossed.
"""

from bisect import bisect_left
from collections.abc import Callable

from motion.rules.text import MotionText


class Positions:
    """Conversions for one text; built in one pass, each answer logarithmic."""

    __slots__ = ("_astral", "_three", "_two", "characters")

    def __init__(self, text: str) -> None:
        self.characters = len(text)
        two: list[int] = []
        three: list[int] = []
        astral: list[int] = []
        if not text.isascii():
            for position, letter in enumerate(text):
                if letter > "\uffff":
                    astral.append(position)
                elif letter > "\u07ff":
                    three.append(position)
                elif letter > "\x7f":
                    two.append(position)
        self._two, self._three, self._astral = two, three, astral

    def utf16(self, position: int) -> int:
        """UTF-16 units before a position in characters."""
        return position + bisect_left(self._astral, position)

    def utf8(self, position: int) -> int:
        """UTF-8 bytes before a position in characters."""
        return (
            position
            + bisect_left(self._two, position)
            + 2 * bisect_left(self._three, position)
            + 3 * bisect_left(self._astral, position)
        )

    def from_utf16(self, units: int) -> int:
        """Characters before a position in UTF-16 units; within a surrogate pair: the character's own start."""
        return self._last_at_most(units, self.utf16)

    def from_utf8(self, count: int) -> int:
        """Characters before a position in bytes; within a character: its own start."""
        return self._last_at_most(count, self.utf8)

    def _last_at_most(self, wanted: int, measure: Callable[[int], int]) -> int:
        low, high = 0, self.characters
        while low < high:
            middle = (low + high + 1) // 2
            if measure(middle) <= wanted:
                low = middle
            else:
                high = middle - 1
        return low


def line_starts_utf16(motion: MotionText) -> list[tuple[int, int]]:
    """(line number, position of the line's start in UTF-16 units): what the editor's gutter must show."""
    positions = Positions(motion.source)
    return [(alinea.line, positions.utf16(alinea.start)) for alinea in motion.alineas]


def line_at(motion: MotionText, position: int) -> int | None:
    """Number of the line that holds a position in characters, else of the last line before it; None before all."""
    found = None
    for alinea in motion.alineas:
        if alinea.start > position:
            break
        found = alinea.line
    return found
