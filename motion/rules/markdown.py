"""The small Markdown: what its signs mean, and where each shown character stands in the source.

Kept: headings (``#``), paragraphs, **bold**, *italic*, lists, quotes (``>``), links, and the backslash that takes its
meaning from a sign. Everything else is shown as it was typed: HTML, images, code, indented code, underlined titles,
references, entities; a line of bare signs (``---``) is nothing. The editor's parser removes the same list, so that
what an official sees while writing is what the public reads.

Two consequences are wanted. No character is ever hidden except the signs of the small Markdown, so no word can be
lost from sight. And every shown character **is** a character of the source, at a known place: authorship, line
numbers, the editor and the paper all speak of the same positions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import link as commonmark_link
from markdown_it.token import Token

MAX_TEXT_CHARACTERS = 200_000
"""Longest motion: about a hundred printed pages. Above it the cost of showing it live is no longer bounded."""

MAX_BRACKETS_IN_BLOCK = 400
"""Above this many ``[`` a paragraph's links are shown as typed: looking for the end of each is quadratic
(measured: 50,000 unclosed brackets in one paragraph take 0.85 s)."""

LINK_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s]+\Z", re.IGNORECASE)

BARE = re.compile(r"[ \t\u00a0\u202f>*+-]*(?:\n|\Z)")
"""A line without words: blanks and bare signs. It has no number, here and in the editor (``numbering.ts``)."""

HEADING = re.compile(r"[ \t]*(#{1,6})(?:[ \t]|\Z)")
"""The head of a line that is a heading; nothing but blanks stands before its signs."""

_DISABLED = (
    *("code", "fence", "hr", "html_block", "lheading", "reference"),
    *("autolink", "backticks", "entity", "html_inline", "image"),
    "text_join",  # keeps the escaped characters apart, so that their place is known
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Shown characters that follow one another in the source, in one style.

    ``source[start : start + len(text)] == text`` always holds, `source` being `normalised`.

    Attributes:
        start: Position of the first character in the source, in characters.
        href: Address of the link that the piece belongs to, http, https or mailto only.
    """

    start: int
    text: str
    bold: bool = False
    italic: bool = False
    href: str | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Frame:
    """A list item or a quote that holds a line.

    Attributes:
        kind: ``ul``, ``ol`` or ``quote``.
        group: Which list or quote, counted from 0 through the text.
        item: Which item of the list, counted from 0; 0 for a quote.
        first: First number of an ordered list.
    """

    kind: str
    group: int
    item: int = 0
    first: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source that has words: a heading, or a line of a paragraph, item or quote.

    Attributes:
        level: 1 to 6 for a heading, 0 for anything else.
        start, end: Range in the source that the line occupies, signs included, without the line's end.
        continues: The line goes on with the paragraph of the line above (no blank line between them).
    """

    level: int
    start: int
    end: int
    frames: tuple[Frame, ...]
    pieces: tuple[Piece, ...]
    continues: bool = False

    @property
    def text(self) -> str:
        """What is read, without signs."""
        return "".join(piece.text for piece in self.pieces)


def normalised(source: str) -> str:
    """The same text, position for position, with only ``\\n`` as line's end and without NUL."""
    if "\r" in source:
        source = re.sub(r"\r(?!\n)", "\n", source).replace("\r\n", " \n")
    return source.replace("\0", "\ufffd")


def lines(source: str) -> Iterator[Line]:
    """Read the lines, in order, each exactly once, but those that hold nothing save blanks and bare signs.

    Which lines are given, and which are headings, depends on each line alone (`BARE`, `HEADING`), so that the editor
    counts the same ones. Lines that markdown-it gives no words for are given as typed: items nested more than
    twenty deep, ``2031.`` alone on its line.

    Args:
        source: `normalised` text.
    """
    starts = [0, *(match.end() for match in re.finditer("\n", source)), len(source) + 1]
    bounds = [(start, following - 1) for start, following in pairwise(starts)]
    reached = 0
    for token, level, frames in _blocks(source):
        first, last = token.map or (reached, reached)
        yield from _as_typed(source, bounds[reached:first])
        yield from _block(source, bounds[first:last], token.content, level, frames)
        reached = max(reached, last)
    yield from _as_typed(source, bounds[reached:])


def _blocks(source: str) -> Iterator[tuple[Token, int, tuple[Frame, ...]]]:
    """The blocks with words: (inline token, heading level or 0, what holds it)."""
    stack: list[Frame] = []
    groups = level = 0
    for token in _BLOCKS.parse(source):
        match token.type:
            case "bullet_list_open":
                stack.append(Frame("ul", groups, -1))
                groups += 1
            case "ordered_list_open":
                first = token.attrGet("start")
                stack.append(Frame("ol", groups, -1, 1 if first is None else int(first)))
                groups += 1
            case "blockquote_open":
                stack.append(Frame("quote", groups))
                groups += 1
            case "list_item_open":
                stack[-1] = replace(stack[-1], item=stack[-1].item + 1)
            case "bullet_list_close" | "ordered_list_close" | "blockquote_close":
                stack.pop()
            case "heading_open":
                level = len(token.markup)
            case "heading_close":
                level = 0
            case "inline":
                yield token, level, tuple(stack)


def _as_typed(source: str, bounds: list[tuple[int, int]]) -> Iterator[Line]:
    for start, end in bounds:
        if BARE.match(source, start, end):
            continue
        heading = HEADING.match(source, start, end)
        words = source[heading.end() if heading else start : end]
        at = end - len(words.lstrip())
        pieces = (Piece(at, words.strip()),) if words.strip() else ()
        yield Line(len(heading[1]) if heading else 0, start, end, (), pieces)


def _block(
    source: str, bounds: list[tuple[int, int]], content: str, level: int, frames: tuple[Frame, ...]
) -> Iterator[Line]:
    """Give each row of the block's `content` its place in the source, and each piece of its words."""
    rows = content.split("\n")
    places: list[tuple[int, int, int]] = []  # for each row: the source line's start and end, the row's start
    passed: list[tuple[int, int]] = []  # lines at the head of a block that markdown-it takes for blank (U+2003)
    remaining = iter(bounds)
    for row in rows:
        shown = row.strip(" \t")
        indent = len(row) - len(row.lstrip(" \t"))
        for start, end in remaining:
            signs = _OPENING_SIGNS.search(source, start, end) if level else None
            at = source.find(shown, signs.end(), end) if signs else source.rfind(shown, start, end)
            if at >= 0 and (shown or level):
                places.append((start, end, at - indent))
                break
            passed.append((start, end))
    yield from _as_typed(source, passed)
    pieces: list[list[Piece]] = [[] for _ in rows]
    offset = row_index = 0
    for index, at, piece in _inline(content):
        while row_index < index:
            offset += len(rows[row_index]) + 1
            row_index += 1
        pieces[index].append(replace(piece, start=places[index][2] + at - offset))
    for index, (start, end, _) in enumerate(places):
        if level:
            # "- # Mot" is an item's words, and "  # Mot" a heading, though a list above might hold it.
            level, frames = (level, ()) if HEADING.match(source, start, end) else (0, frames)
        elif HEADING.match(source, start, end):  # markdown-it leaves it to the paragraph above when it is set far in
            yield from _as_typed(source, [(start, end)])
            continue
        if level or not BARE.match(source, start, end):
            yield Line(level, start, end, frames, tuple(_joined(pieces[index])), continues=index > 0)
    yield from _as_typed(source, list(remaining))


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """The same pieces, neighbours of one style made one."""
    last: Piece | None = None
    for piece in pieces:
        if (
            last is not None
            and last.end == piece.start
            and (last.bold, last.italic, last.href) == (piece.bold, piece.italic, piece.href)
        ):
            last = Piece(last.start, last.text + piece.text, last.bold, last.italic, last.href)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _inline(content: str) -> Iterator[tuple[int, int, Piece]]:
    """Read a block's words: (row, position in `content`, piece).

    markdown-it gives no positions to what it finds inside a block; they are found again by walking the content
    beside its tokens. Nothing is searched for but the line's ends: every other step has a known length.
    """
    parser = _WORDS if content.count("[") <= MAX_BRACKETS_IN_BLOCK else _WORDS_WITHOUT_LINKS
    at = row = bold = italic = 0
    hrefs: list[str | None] = []
    for token in parser.parseInline(content)[0].children or ():
        match token.type:
            case "text" | "text_special":
                skipped = len(token.markup) - len(token.content) if token.type == "text_special" else 0
                if token.content:
                    href = hrefs[-1] if hrefs else None
                    yield row, at + skipped, Piece(0, token.content, bold > 0, italic > 0, href)
                at += skipped + len(token.content)
            case "softbreak" | "hardbreak":
                at = content.index("\n", at) + 1
                while at < len(content) and content[at] in " \t":
                    at += 1
                row += 1
            case "strong_open" | "strong_close":
                bold += token.nesting
                at += 2
            case "em_open" | "em_close":
                italic += token.nesting
                at += 1
            case "link_open":
                address = str(token.attrGet("href") or "")
                hrefs.append(address if LINK_ADDRESS.match(address) else None)
                at += 1
            case "link_close":
                hrefs.pop()
                row += content.count("\n", at, token.meta["end"])
                at = token.meta["end"]
            case unexpected:
                raise AssertionError(f"markdown-it made a {unexpected!r} from a disabled rule")


def _link(state: StateInline, silent: bool) -> bool:
    """CommonMark's link, that says where it ends: the length of the address is known to nobody else."""
    found = commonmark_link(state, silent)
    if found and not silent:
        token: Token = state.tokens[-1]
        token.meta = {"end": state.pos}
    return found


_OPENING_SIGNS = re.compile("#+")


def _parser(*, links: bool = True) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable(list(_DISABLED))
    parser.inline.ruler.at("link", _link)
    if not links:
        parser.disable("link")
    parser.validateLink = lambda url: bool(LINK_ADDRESS.match(url))  # type: ignore[method-assign]
    return parser


def _block_parser() -> MarkdownIt:
    return _parser().disable("inline")


_BLOCKS = _block_parser()
_WORDS = _parser()
_WORDS_WITHOUT_LINKS = _parser(links=False)
