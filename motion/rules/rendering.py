"""A motion as HTML, safely: built from escaped words and eight tags, then held to an allow-list by nh3.

Each alinéa is a paragraph with its two anchors and its line number::

    <p id="article-2-alinea-1" class="alinea" data-ligne="13"><a class="ligne" id="ligne-13" href="#ligne-13"
       aria-hidden="true" tabindex="-1">13</a>Elles s’engagent…</p>

The number is hidden from screen readers, which would meet it before each sentence; the outline and the links say it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import nh3

from motion.rules.authorship import Authors, Run
from motion.rules.headings import SectionKind
from motion.rules.markdown import Frame, Piece
from motion.rules.text import Alinea, Heading, MotionText, Section

LINK_REL = "nofollow noopener ugc"
MASKED = '<span class="retire">'
"""Opens what stands in for letters that were taken out; nobody's words can hold it, for they are escaped."""

_CLEANER = nh3.Cleaner(
    tags={"a", "strong", "em", "span"},
    attributes={"a": {"href"}, "span": {"class", "data-o"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=LINK_REL,
)


@dataclass(frozen=True, slots=True)
class RenderedAlinea:
    """One alinéa; `words` is safe HTML (phrasing content)."""

    line: int
    number: int
    anchor: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class RenderedSection:
    """One section; all strings but `anchor`, `label` and `title` are safe HTML.

    Attributes:
        label: "Article 2", or nothing. Plain text.
        title: "Article 2. Se déplacer pour se soigner". Plain text.
        heading: The same with emphasis and authors; empty for the preamble.
        body: Alinéas and subheadings, within their lists and quotes.
        alineas: The same alinéas one by one, for pages that lay them out otherwise.
    """

    kind: SectionKind
    number: int | None
    anchor: str
    label: str
    title: str
    heading: str
    body: str
    alineas: tuple[RenderedAlinea, ...]


def render(
    motion: MotionText,
    runs: Iterable[Run] | None = None,
    styles: Mapping[int, int] | None = None,
    masks: Sequence[Run] = (),
) -> tuple[RenderedSection, ...]:
    """The sections of a motion as safe HTML. The title is apart: `render_heading`.

    Args:
        runs: Who wrote each character; without them the text is given plain.
        styles: Style of each official (`authorship.styles`); those not in it get style 0.
        masks: Which characters stand in for letters that were taken out; None for the others. They are in `MASKED`.
    """
    known = _known(runs, styles, masks)
    return tuple(_section(section, known) for section in motion.sections)


def render_heading(
    heading: Heading,
    runs: Iterable[Run] | None = None,
    styles: Mapping[int, int] | None = None,
    masks: Sequence[Run] = (),
) -> str:
    """The words of one heading as safe HTML, without its number."""
    return _words(heading.pieces, _known(runs, styles, masks))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of each character of a text."""

    authors: Authors | None
    styles: Mapping[int, int]
    masks: Authors | None


def _known(runs: Iterable[Run] | None, styles: Mapping[int, int] | None, masks: Sequence[Run]) -> _Known:
    return _Known(Authors(runs) if runs is not None else None, styles or {}, Authors(masks) if masks else None)


def _section(section: Section, known: _Known) -> RenderedSection:
    words = _words(section.heading.pieces, known) if section.heading else ""
    rendered = {
        alinea.line: RenderedAlinea(
            alinea.line, alinea.number, alinea.anchor, alinea.kind, _words(alinea.pieces, known)
        )
        for alinea in section.alineas
    }
    subheading = min((3 if section.kind is not SectionKind.DEMAND else 4), 6)
    return RenderedSection(
        kind=section.kind,
        number=section.number,
        anchor=section.anchor,
        label=section.label,
        title=section.title,
        heading=". ".join(part for part in (escape(section.label), words) if part),
        body="".join(_body(section.contents, rendered, known, subheading)),
        alineas=tuple(rendered.values()),
    )


def _body(
    contents: Sequence[Alinea | Heading],
    rendered: Mapping[int, RenderedAlinea],
    known: _Known,
    subheading: int,
) -> Iterator[str]:
    open_frames: tuple[Frame, ...] = ()
    for content in contents:
        frames = content.frames if isinstance(content, Alinea) else ()
        yield from _move(open_frames, frames)
        open_frames = frames
        if isinstance(content, Heading):
            yield f"<h{subheading}>{_words(content.pieces, known)}</h{subheading}>\n"
        else:
            yield _paragraph(rendered[content.line], continues=content.continues)
    yield from _move(open_frames, ())


def _paragraph(alinea: RenderedAlinea, *, continues: bool) -> str:
    return (
        f'<p id="{alinea.anchor}" class="alinea{" suite" if continues else ""}" data-ligne="{alinea.line}">'
        f'<a class="ligne" id="ligne-{alinea.line}" href="#ligne-{alinea.line}" aria-hidden="true" tabindex="-1">'
        f"{alinea.line}</a>{alinea.words}</p>\n"
    )


def _move(before: tuple[Frame, ...], after: tuple[Frame, ...]) -> Iterator[str]:
    """Close and open lists and quotes to go from one alinéa's frames to the next one's."""
    common = 0
    while common < min(len(before), len(after)) and before[common] == after[common]:
        common += 1
    same_list = (
        common < min(len(before), len(after))
        and before[common].group == after[common].group
        and before[common].kind != "quote"
    )
    for depth in range(len(before) - 1, common - 1, -1):
        kind = before[depth].kind
        yield "</blockquote>\n" if kind == "quote" else "</li>"
        if kind != "quote" and not (same_list and depth == common):
            yield f"</{kind}>\n"
    for depth in range(common, len(after)):
        frame = after[depth]
        if frame.kind == "quote":
            yield "<blockquote>"
            continue
        if not (same_list and depth == common):
            yield f'<ol start="{frame.first}">' if frame.kind == "ol" and frame.first != 1 else f"<{frame.kind}>"
        yield "<li>"


def _words(pieces: Sequence[Piece], known: _Known) -> str:
    return _CLEANER.clean("".join(_inline(pieces, known)))


def _inline(pieces: Sequence[Piece], known: _Known) -> Iterator[str]:
    """Tags nest in one order: link, bold, italic, author. A tag stays open while its neighbours share it."""
    open_tags: list[tuple[str, str]] = []
    for piece in pieces:
        wanted = []
        if piece.href:
            wanted.append(("a", f'<a href="{escape(piece.href)}">'))
        if piece.bold:
            wanted.append(("strong", "<strong>"))
        if piece.italic:
            wanted.append(("em", "<em>"))
        common = 0
        while common < min(len(open_tags), len(wanted)) and open_tags[common] == wanted[common]:
            common += 1
        for tag, _ in reversed(open_tags[common:]):
            yield f"</{tag}>"
        for _, opening in wanted[common:]:
            yield opening
        open_tags = wanted
        if known.authors is None:
            yield _escaped(piece, known.masks)
            continue
        at = piece.start
        for text, author in known.authors.over(piece):
            words = _escaped(Piece(at, text), known.masks)
            at += len(text)
            if author is None:
                yield words
            else:
                yield f'<span class="a a{known.styles.get(author, 0)}" data-o="{author}">{words}</span>'
    for tag, _ in reversed(open_tags):
        yield f"</{tag}>"


def _escaped(piece: Piece, masks: Authors | None) -> str:
    if masks is None:
        return escape(piece.text, quote=False)
    parts = ((escape(text, quote=False), is_mask) for text, is_mask in masks.over(piece))
    return "".join(f"{MASKED}{words}</span>" if is_mask else words for words, is_mask in parts)
