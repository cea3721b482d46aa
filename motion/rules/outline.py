"""The outline of a motion, for the editor's side panel, the public page and the booklet's table of contents."""

from dataclasses import dataclass

from motion.rules.headings import SectionKind
from motion.rules.text import MotionText, Section


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
