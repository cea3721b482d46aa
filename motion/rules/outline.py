"""The outline of a motion, for the editor's side panel, the public page and the booklet's table of contents."""

import re
from dataclasses import dataclass

from motion.rules.headings import SectionKind
from motion.rules.text import Heading, MotionText, Section

_SIGNS = re.compile(r"[ \t]*#{1,6}[ \t]*")


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One section.

    Attributes:
        label: "Article 2", or nothing; `title` is what to show: "Article 2. Se déplacer pour se soigner".
        depth: 0, or 1 for a demand under its axis.
        first_line, line_count: Lines of the section; `first_line` is None when it has none.
        start: Where the section begins in the source, in characters.
    """

    kind: SectionKind
    number: int | None
    anchor: str
    label: str
    title: str
    depth: int
    first_line: int | None
    line_count: int
    start: int


def outline(motion: MotionText) -> tuple[OutlineEntry, ...]:
    """One entry for each section that has a heading, in order."""
    return tuple(_entry(section) for section in motion.sections if section.heading is not None)


@dataclass(frozen=True, slots=True)
class HeadingLine:
    """A heading as it stands in the source: what the editor must know to show it as the pages do.

    Attributes:
        row: Its line of the source, from 0.
        text: That line, whole.
        label: "Article 2", or nothing for a heading without number.
        typed: A number that someone typed and that is not shown, as it stands in the source: "Article 7 : ".
    """

    row: int
    text: str
    label: str
    typed: str


def heading_lines(motion: MotionText) -> tuple[HeadingLine, ...]:
    """Every heading of the source in order: the title, those of sections, subheadings."""
    found: list[HeadingLine] = []
    row = at = 0

    def add(heading: Heading, section: Section | None = None) -> None:
        nonlocal row, at
        row += motion.source.count("\n", at, heading.start)
        at = heading.start
        text = motion.source[at:].partition("\n")[0]
        numbered = section is not None and section.number is not None
        typed = _typed(motion.source, heading, len(text)) if numbered else ""
        found.append(HeadingLine(row, text, section.label if section else "", typed))

    if motion.title is not None:
        add(motion.title)
    for section in motion.sections:
        if section.heading is not None:
            add(section.heading, section)
        for content in section.contents:
            if isinstance(content, Heading):
                add(content)
    return tuple(found)


def _typed(source: str, heading: Heading, length: int) -> str:
    """What stands before the words that are shown, signs apart."""
    signs = _SIGNS.match(source, heading.start)
    start = signs.end() if signs else heading.start
    end = heading.pieces[0].start if heading.pieces else heading.start + length
    typed = source[start:end]
    return typed if any(letter.isalnum() for letter in typed) else ""


def section_at(motion: MotionText, position: int) -> Section | None:
    """The section that holds a position in the source, in characters; None in the title or before all."""
    found = None
    for section in motion.sections:
        if section.start > position:
            break
        found = section
    return found


def section_named(motion: MotionText, anchor: str) -> Section | None:
    """The section of an anchor such as "article-2"."""
    return next((section for section in motion.sections if section.anchor == anchor), None)


def _entry(section: Section) -> OutlineEntry:
    alineas = section.alineas
    return OutlineEntry(
        kind=section.kind,
        number=section.number,
        anchor=section.anchor,
        label=section.label,
        title=section.title,
        depth=1 if section.kind is SectionKind.DEMAND else 0,
        first_line=alineas[0].line if alineas else None,
        line_count=len(alineas),
        start=section.start,
    )
