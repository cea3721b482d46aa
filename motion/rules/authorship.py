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

_Hand = tuple[int | None, int | None]  # who typed, and for whom


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
        start, end, starts = piece.start, piece.end, self._starts
        at, index, last = start, max(bisect_right(starts, start) - 1, 0), len(starts) - 1
        while at < end:
            following = starts[index + 1] if index < last else end
            if following > at:
                stop = following if following < end else end
                yield piece.text[at - start : stop - start], self._authors[index]
                at = stop
            index += 1


@dataclass(frozen=True, slots=True)
class Shares:
    """Characters read, by author, most first; `unattributed` are nobody's.

    `typed_for`: of these characters, those that an author typed as a rapporteur for somebody, as (author, for whom,
    characters), most first. They are the author's all the same, who answers for them.
    """

    by_official: tuple[tuple[int, int], ...]
    unattributed: int
    typed_for: tuple[tuple[int, int, int], ...] = ()

    @property
    def total(self) -> int:
        return self.unattributed + sum(characters for _, characters in self.by_official)


@dataclass(frozen=True, slots=True)
class MotionShares:
    """Shares of the whole (title included), and of each section by its anchor."""

    whole: Shares
    sections: Mapping[str, Shares]


def shares(motion: MotionText, runs: Iterable[Run], typed_for: Sequence[Run] = ()) -> MotionShares:
    """Count the characters of each official, in each section and in all. Equal shares stand in order of id.

    Args:
        typed_for: For whom a rapporteur typed each character, None for most.
    """
    authors, others = Authors(runs), Authors(typed_for) if typed_for else None
    whole: Counter[_Hand] = Counter()
    if motion.title:
        whole.update(_count(motion.title.pieces, authors, others))
    sections = {}
    for section in motion.sections:
        counted: Counter[_Hand] = Counter()
        for pieces in _pieces(section):
            counted.update(_count(pieces, authors, others))
        sections[section.anchor] = _shares(counted)
        whole.update(counted)
    return MotionShares(_shares(whole), sections)


def typed_for_in(runs: Iterable[Run], typed_for: Iterable[Run]) -> dict[tuple[int, int], int]:
    """Count the characters of the source, its signs included, that an author typed for another: (author, other)."""
    found: Counter[tuple[int, int]] = Counter()
    others = iter(typed_for)
    left, other = 0, None
    for length, author in runs:
        while length:
            if not left:
                left, other = next(others, (length, None))
            step = min(length, left)
            if author is not None and other is not None:
                found[author, other] += step
            length, left = length - step, left - step
    return dict(found)


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


def _count(pieces: Sequence[Piece], authors: Authors, others: Authors | None) -> Counter[_Hand]:
    counted: Counter[_Hand] = Counter()
    for piece in pieces:
        at = piece.start
        for text, author in authors.over(piece):
            if others is None:
                counted[author, None] += len(text)
            else:
                for words, other in others.over(Piece(at, text)):
                    counted[author, other] += len(words)
            at += len(text)
    return counted


def _shares(counted: Counter[_Hand]) -> Shares:
    known: Counter[int] = Counter()
    typed_for = []
    unattributed = 0
    for (author, other), characters in counted.items():
        if author is None:
            unattributed += characters
            continue
        known[author] += characters
        if other is not None:
            typed_for.append((author, other, characters))
    return Shares(
        tuple(sorted(known.items(), key=lambda share: (-share[1], share[0]))),
        unattributed,
        tuple(sorted(typed_for, key=lambda share: (-share[2], share[:2]))),
    )
