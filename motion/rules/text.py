"""The text of a motion, in its parts: sections, alinéas, lines.

An **alinéa** is what French law means by it: it begins each time one goes to a new line. So each line of the source
that has words and is not a heading is one alinéa: of a paragraph, a list item or a quote. It carries one **line
number**, from 1 through the whole motion (the reasons too), whatever the width of the screen or of the sheet: the
number that someone reads on paper is the number on every screen. (OpenSlides#3671: two numberings in one hall.)
"""

import hashlib
from dataclasses import dataclass, replace

from motion.rules.errors import TextTooLong
from motion.rules.headings import NUMBER_WORDS, NUMBERED, SectionKind, kind_of, typed_number_length
from motion.rules.markdown import MAX_TEXT_CHARACTERS, Frame, Line, Piece, lines, normalised


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it is shown.

    Attributes:
        level: 1 to 6.
        pieces: Words shown after the server's number; a number typed by someone is left out.
        start, end: Range of its whole line in the source, in characters.
    """

    level: int
    pieces: tuple[Piece, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Alinea:
    """A numbered line.

    Attributes:
        line: Number through the motion, from 1.
        number: Number in its section, from 1.
        anchor: "article-2-alinea-3". `line_anchor` is the other, "ligne-14".
        frames: Lists and quotes that hold it, outermost first.
        continues: No blank line parts it from the alinéa above.
        start, end: Range of its whole line in the source, in characters, without the line's end.
    """

    line: int
    number: int
    anchor: str
    frames: tuple[Frame, ...]
    pieces: tuple[Piece, ...]
    continues: bool
    start: int
    end: int

    @property
    def kind(self) -> str:
        """``item``, ``quote`` or ``paragraph``."""
        if not self.frames:
            return "paragraph"
        return "quote" if self.frames[-1].kind == "quote" else "item"

    @property
    def line_anchor(self) -> str:
        return f"ligne-{self.line}"

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the motion: from its heading to the next one that opens a part.

    Attributes:
        number: The server's, for articles, axes and demands; None for other kinds.
        anchor: "article-2", "expose-des-motifs"; unique in the motion.
        heading: None for the preamble only.
        contents: Alinéas and subheadings, in order.
        start, end: Range in the source; sections follow one another without a gap.
    """

    kind: SectionKind
    number: int | None
    anchor: str
    heading: Heading | None
    contents: tuple[Alinea | Heading, ...]
    start: int
    end: int

    @property
    def alineas(self) -> tuple[Alinea, ...]:
        return tuple(content for content in self.contents if isinstance(content, Alinea))

    @property
    def label(self) -> str:
        """ "Article 2", or nothing for a section without number."""
        return f"{NUMBER_WORDS[self.kind]} {self.number}" if self.number is not None else ""

    @property
    def title(self) -> str:
        """ "Article 2. Se déplacer pour se soigner"."""
        words = self.heading.text.strip() if self.heading else ""
        return ". ".join(part for part in (self.label, words) if part)


@dataclass(frozen=True, slots=True)
class MotionText:
    """A motion's text, read.

    Attributes:
        source: What the positions are positions in; as long as the text that was given.
        title: The heading of level 1 that opens the text, if any.
    """

    source: str
    title: Heading | None
    sections: tuple[Section, ...]

    @property
    def alineas(self) -> tuple[Alinea, ...]:
        return tuple(alinea for section in self.sections for alinea in section.alineas)

    @property
    def line_count(self) -> int:
        return sum(len(section.alineas) for section in self.sections)


def parse(text: str) -> MotionText:
    """Read a motion. What headings mean: see `motion.rules.headings`.

    Args:
        text: Small Markdown, at most `MAX_TEXT_CHARACTERS`.

    Raises:
        TextTooLong: Nothing was read.
    """
    if len(text) > MAX_TEXT_CHARACTERS:
        raise TextTooLong(len(text), MAX_TEXT_CHARACTERS)
    source = normalised(text)
    reading = _Reading()
    for line in lines(source):
        reading.take(line)
    return MotionText(source, reading.title, reading.finished(len(source)))


def digest(text: str) -> str:
    """SHA-256 of the exact text in UTF-8, 64 hexadecimal digits: what `sha256sum` says of the `.md`.

    Nothing is normalised: the bytes are the text.
    """
    return hashlib.sha256(text.encode()).hexdigest()


class _Reading:
    """The sections so far; owned by `parse`, one line at a time."""

    def __init__(self) -> None:
        self.title: Heading | None = None
        self._sections: list[Section] = []
        self._contents: list[Alinea | Heading] = []
        self._counts = dict.fromkeys(SectionKind, 0)
        self._line = 0
        self._alinea = 0
        self._under_axis = False

    def take(self, line: Line) -> None:
        heading = Heading(line.level, line.pieces, line.start, line.end)
        if line.level == 0:
            self._add(line)
        elif line.level == 1 and self.title is None and not self._sections:
            self.title = heading
        else:
            kind = kind_of(line.level, heading.text, under_axis=self._under_axis)
            if kind is not None:
                self._open(kind, heading, line.start)
                self._under_axis = kind in (SectionKind.AXIS, SectionKind.DEMAND)
            else:
                self._ensure_section(line.start)
                self._contents.append(heading)

    def _add(self, line: Line) -> None:
        self._ensure_section(line.start)
        self._line += 1
        self._alinea += 1
        self._contents.append(
            Alinea(
                line=self._line,
                number=self._alinea,
                anchor=f"{self._sections[-1].anchor}-alinea-{self._alinea}",
                frames=line.frames,
                pieces=line.pieces,
                continues=line.continues,
                start=line.start,
                end=line.end,
            )
        )

    def _ensure_section(self, start: int) -> None:
        if not self._sections:
            self._open(SectionKind.PREAMBLE, None, start)

    def _open(self, kind: SectionKind, heading: Heading | None, start: int) -> None:
        self._close(start)
        self._counts[kind] += 1
        count = self._counts[kind]
        numbered = kind in NUMBERED
        if heading is not None and numbered:
            heading = replace(heading, pieces=_without_head(heading.pieces, typed_number_length(kind, heading.text)))
        self._sections.append(
            Section(
                kind=kind,
                number=count if numbered else None,
                anchor=f"{kind}-{count}" if numbered or count > 1 else str(kind),
                heading=heading,
                contents=(),
                start=start,
                end=start,
            )
        )
        self._alinea = 0

    def _close(self, end: int) -> None:
        if self._sections:
            self._sections[-1] = replace(self._sections[-1], contents=tuple(self._contents), end=end)
        self._contents = []

    def finished(self, end: int) -> tuple[Section, ...]:
        self._close(end)
        return tuple(self._sections)


def _without_head(pieces: tuple[Piece, ...], characters: int) -> tuple[Piece, ...]:
    """The same pieces without their first characters."""
    kept = []
    for piece in pieces:
        cut = min(characters, len(piece.text))
        characters -= cut
        if cut < len(piece.text):
            kept.append(replace(piece, start=piece.start + cut, text=piece.text[cut:]))
    return tuple(kept)
