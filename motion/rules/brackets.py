"""Words between brackets that a text still holds: what a template gives to replace, and nobody has.

Any words between brackets count, for people copy and change those of a template, and bring texts written elsewhere.
What is not words does not: `[…]`, `[1]`; nor do `[sic]` and brackets after a backslash, which somebody meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from motion.rules.markdown import Piece
from motion.rules.text import Alinea, MotionText

_BRACKETS = re.compile(r"\[([^\[\]]{2,300})\]")
_WORDS = re.compile(r"[^\W\d_]{2}")
_MEANT = frozenset({"sic"})


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A line or a heading with brackets in it.

    Attributes:
        line: Its number; None for a heading, which has none.
        anchor: Where it stands on the motion's pages, without `#`; empty for the motion's own title.
        words: What stands between its brackets, brackets included, in order.
    """

    line: int | None
    anchor: str
    words: tuple[str, ...]


def unfilled(text: MotionText) -> tuple[Unfilled, ...]:
    """Every line and heading that still has words between brackets, in the order of the text."""
    return tuple(_found(text))


def _found(text: MotionText) -> Iterator[Unfilled]:
    if text.title is not None and (words := _words(text, text.title.pieces)):
        yield Unfilled(None, "", words)
    for section in text.sections:
        headings = () if section.heading is None else (section.heading,)
        for content in (*headings, *section.contents):
            words = _words(text, content.pieces)
            if words and isinstance(content, Alinea):
                yield Unfilled(content.line, content.line_anchor, words)
            elif words:
                yield Unfilled(None, section.anchor, words)


def _words(text: MotionText, pieces: tuple[Piece, ...]) -> tuple[str, ...]:
    shown = "".join(piece.text for piece in pieces)
    if "[" not in shown:
        return ()
    places = [place for piece in pieces for place in range(piece.start, piece.end)]
    return tuple(
        found[0]
        for found in _BRACKETS.finditer(shown)
        if _WORDS.search(found[1])
        and found[1].strip().casefold() not in _MEANT
        and text.source[max(places[found.start()] - 1, 0)] != "\\"
    )
