"""A motion as a document, ready to be written in any format: its text as a tree, and what is said round it.

Everything said in words comes in the page's language from whoever builds it; here nothing is worded.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from motion.rules.authorship import Authors, Run
from motion.rules.markdown import Piece
from motion.rules.text import Alinea, Heading, MotionText


@dataclass(frozen=True, slots=True)
class Paragraph:
    """An alinéa with its line number. `continues`: no blank line parts it from the one above."""

    alinea: Alinea

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self.alinea.pieces


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its items, each of blocks. `first` is the first number of an ordered one."""

    ordered: bool
    first: int
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation."""

    blocks: tuple["Block", ...]


Block = Paragraph | Listing | Quote | Heading


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody whose words stand in the text. `share` is said in words: `35 %`, and for whom of it was typed."""

    official: int
    name: str
    office: str
    share: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A show of hands."""

    is_adopted: bool
    votes_for: int
    votes_against: int
    abstentions: int
    not_voting: int
    chair: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Words:
    """What stands round the text, in the document's language."""

    kind: str  # "Motion 1"
    state: str  # "Adoptée samedi 15 novembre 2031 à 16 h"
    version: str  # "Tirage de 14 h 30, inscription n° 512 du registre"
    vote: str  # the result in a sentence; empty before
    authors: str  # heading of the list of authors
    nobody: str  # how much of the text comes from a template or an import, in a sentence; empty when nothing does
    check: str  # heading of what proves the text
    fingerprint: str
    root: str
    how: str  # how to check, in a sentence
    qr: str  # what the QR code is, for those who don't see it
    page: str  # "Page %(page)s sur %(pages)s"
    contents: str  # heading of the table of contents
    line: str  # what the numbers in the margin are


@dataclass(frozen=True, slots=True)
class MotionDocument:
    """A motion at one instant.

    Attributes:
        language: Of the words round the text; the text itself is in French.
        digest: SHA-256 of the source, 64 hexadecimal digits.
        root, size, origin: Of the signed root that covers it; empty and 0 before any.
        address: Permanent address of this instant.
    """

    congress: str
    place: str
    code: str
    title: str
    text: MotionText
    moment: datetime
    language: str
    authors: tuple[Author, ...]
    vote: Vote | None
    digest: str
    origin: str
    size: int
    root: str
    entry: int
    address: str
    words: Words


def with_masks_said(text: MotionText, masks: Sequence[Run], words: str) -> MotionText:
    """A text in which each run of masks is `[words]`, so that paper and screen readers say what it is.

    The lines keep their numbers; positions are still those of the text with its masks, so the pieces are to be shown
    and no more.

    Args:
        masks: Which characters stand in for letters that were taken out; None for the others.
    """
    known = Authors(masks)

    def said(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
        return tuple(
            replace(piece, text="".join(f"[{words}]" if is_mask else shown for shown, is_mask in known.over(piece)))
            for piece in pieces
        )

    def heading(shown: Heading | None) -> Heading | None:
        return None if shown is None else replace(shown, pieces=said(shown.pieces))

    if not any(is_mask for _length, is_mask in masks):
        return text
    sections = tuple(
        replace(
            section,
            heading=heading(section.heading),
            contents=tuple(replace(content, pieces=said(content.pieces)) for content in section.contents),
        )
        for section in text.sections
    )
    return replace(text, title=heading(text.title), sections=sections)


def blocks(contents: Sequence[Alinea | Heading], depth: int = 0) -> Iterator[Block]:
    """The contents of a section as a tree of lists and quotes."""
    at = 0
    while at < len(contents):
        content = contents[at]
        if isinstance(content, Heading):
            yield content
            at += 1
            continue
        if len(content.frames) <= depth:
            yield Paragraph(content)
            at += 1
            continue
        frame = content.frames[depth]
        run: list[Alinea] = []
        while at < len(contents) and _is_within(contents[at], depth, frame.kind, frame.group):
            inner = contents[at]
            assert isinstance(inner, Alinea)
            run.append(inner)
            at += 1
        if frame.kind == "quote":
            yield Quote(tuple(blocks(run, depth + 1)))
        else:
            items = tuple(tuple(blocks(item, depth + 1)) for item in _items(run, depth))
            yield Listing(frame.kind == "ol", frame.first, items)


def _is_within(content: Alinea | Heading, depth: int, kind: str, group: int) -> bool:
    if isinstance(content, Heading) or len(content.frames) <= depth:
        return False
    frame = content.frames[depth]
    return (frame.kind, frame.group) == (kind, group)


def _items(run: Iterable[Alinea], depth: int) -> Iterator[list[Alinea]]:
    item: list[Alinea] = []
    for alinea in run:
        if item and alinea.frames[depth].item != item[0].frames[depth].item:
            yield item
            item = []
        item.append(alinea)
    if item:
        yield item
