"""Who wrote what: runs of (length, author) laid over the text as it is shown.

Shares count the characters that are read: letters, signs of punctuation and spaces, of headings and alinéas. The signs
of the small Markdown are nobody's prose.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from motion.rules.markdown import Piece
from motion.rules.text import MotionText, Section

AUTHOR_STYLES = 6
"""Pairs of colour and underline that people tell apart; further authors share style 0."""

Run = tuple[int, int | None]
"""Length in characters, and the official's id; None when nobody is known to have written it (a template)."""


class Authors:
    """The author of each character of a source.

    Args:
        runs: In order, from the start of the text; characters beyond the last run have no author.
    """

    __slots__ = ("_authors", "_starts")

    def __init__(self, runs: Iterable[Run]) -> None:
        self._starts: list[int] = []
        self._authors: list[int | None] = []
        at = 0
        for length, author in runs:
            if length > 0:
                self._starts.append(at)
                self._authors.append(author)
                at += length
        self._starts.append(at)
        self._authors.append(None)

    def over(self, piece: Piece) -> Iterator[tuple[str, int | None]]:
        """Cut a piece where its author changes: (text, author), together the piece's whole text."""
        at = piece.start
        index = max(bisect_right(self._starts, at) - 1, 0)
        while at < piece.end:
            following = self._starts[index + 1] if index + 1 < len(self._starts) else piece.end
            end = min(max(following, at), piece.end)
            if end > at:
                yield piece.text[at - piece.start : end - piece.start], self._authors[index]
            at = end
            index += 1


@dataclass(frozen=True, slots=True)
class Shares:
    """Characters read, by author, most first; `unattributed` are nobody's."""

    by_official: tuple[tuple[int, int], ...]
    unattributed: int

    @property
    def total(self) -> int:
        return self.unattributed + sum(characters for _, characters in self.by_official)


@dataclass(frozen=True, slots=True)
class MotionShares:
    """Shares of the whole (title included), and of each section by its anchor."""

    whole: Shares
    sections: Mapping[str, Shares]


def shares(motion: MotionText, runs: Iterable[Run]) -> MotionShares:
    """Count the characters of each official, in each section and in all. Equal shares stand in order of id."""
    authors = Authors(runs)
    whole: Counter[int | None] = Counter()
    if motion.title:
        whole.update(_count(motion.title.pieces, authors))
    sections = {}
    for section in motion.sections:
        counted: Counter[int | None] = Counter()
        for pieces in _pieces(section):
            counted.update(_count(pieces, authors))
        sections[section.anchor] = _shares(counted)
        whole.update(counted)
    return MotionShares(_shares(whole), sections)


def styles(counted: Shares) -> dict[int, int]:
    """The style of each official: 1 to `AUTHOR_STYLES` for those who wrote most, 0 for all others."""
    return {
        official: rank if rank <= AUTHOR_STYLES else 0
        for rank, (official, _) in enumerate(counted.by_official, start=1)
    }


def _pieces(section: Section) -> Iterator[Sequence[Piece]]:
    if section.heading:
        yield section.heading.pieces
    for content in section.contents:
        yield content.pieces


def _count(pieces: Sequence[Piece], authors: Authors) -> Counter[int | None]:
    counted: Counter[int | None] = Counter()
    for piece in pieces:
        for text, author in authors.over(piece):
            counted[author] += len(text)
    return counted


def _shares(counted: Counter[int | None]) -> Shares:
    known = [(official, characters) for official, characters in counted.items() if official is not None]
    return Shares(tuple(sorted(known, key=lambda share: (-share[1], share[0]))), counted[None])
