"""Pandoc's document tree written as small Markdown: headings, paragraphs, bold, italic, lists, quotes, links.

What the small Markdown has no sign for keeps its words: a table becomes a list of its rows, a footnote stands in
brackets where it was called, code and formulas are words. Images go. Line breaks within a paragraph begin a new line,
which is a new alinéa; those that only wrap the source do not.

The tree is that of ``pandoc -t json`` (pandoc-types 1.23): objects ``{"t": tag, "c": content}``.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

MAX_DEPTH = 12
"""Lists and quotes nested deeper are written at this depth."""

_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s()<>]+\Z", re.IGNORECASE)
_SIGNS = re.compile(r"([\\*_\[\]])")
_BLOCK_SIGN = re.compile(r"(#{1,6}(?=\s|$)|[-+>](?=\s|$)|>)|(\d{1,9})([.)])(?=\s|$)")

Node = dict[str, Any]


def written(document: Node) -> str:
    """The whole document. Its title, when it has one, is a heading of level 1, and no other heading is."""
    blocks: list[Node] = document["blocks"]
    title = "".join(_inlines(document.get("meta", {}).get("title", {}).get("c", []) or [])).strip()
    tops = sum(block["t"] == "Header" and block["c"][0] == 1 for block in blocks)
    first_is_title = not title and tops == 1 and blocks[0]["t"] == "Header" and blocks[0]["c"][0] == 1
    deeper = 1 if tops and not first_is_title else 0
    paragraphs = [f"# {_one_line(title)}"] if title else []
    paragraphs += _blocks(blocks, deeper)
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph.strip()) + "\n"


def _blocks(blocks: Sequence[Node], deeper: int, depth: int = 0) -> Iterator[str]:
    for block in blocks:
        content: Any = block.get("c")
        match block["t"]:
            case "Para" | "Plain":
                yield _paragraph(content)
            case "Header":
                words = _one_line("".join(_inlines(content[2]))).strip()
                if words:
                    yield f"{'#' * min(content[0] + deeper, 6)} {words}"
            case "BulletList" | "OrderedList":
                numbered = block["t"] == "OrderedList"
                yield _list(content[1] if numbered else content, content[0][0] if numbered else None, deeper, depth)
            case "BlockQuote":
                inside = "\n\n".join(_blocks(content, deeper, depth + 1))
                yield inside if depth >= MAX_DEPTH else "\n".join(f"> {line}".rstrip() for line in inside.split("\n"))
            case "LineBlock":
                yield "\n".join(filter(None, map(_paragraph, content)))
            case "CodeBlock":
                yield "\n".join(_as_words(line.strip()) for line in content[1].split("\n") if line.strip())
            case "Div":
                yield from _blocks(content[1], deeper, depth)
            case "Figure":
                yield from _blocks(content[1][1], deeper, depth)
            case "DefinitionList":
                for term, definitions in content:
                    yield _paragraph(term)
                    for definition in definitions:
                        yield from _blocks(definition, deeper, depth)
            case "Table":
                yield from _table(content, deeper)
            case _:  # HorizontalRule, RawBlock, Null: nothing to read
                continue


def _list(items: Sequence[Sequence[Node]], first: int | None, deeper: int, depth: int) -> str:
    rows = []
    for number, item in enumerate(items, start=first or 0):
        sign = f"{number}. " if first is not None else "- "
        paragraphs = [paragraph for paragraph in _blocks(item, deeper, depth + 1) if paragraph.strip()]
        if not paragraphs:
            continue
        indent = " " * len(sign) if depth < MAX_DEPTH else ""
        # A list within an item follows its words directly; a second paragraph needs a blank line.
        lines = paragraphs[0].split("\n")
        for paragraph in paragraphs[1:]:
            tight = re.match(r"(?:- |\d+\. )", paragraph)
            lines += paragraph.split("\n") if tight else ["", *paragraph.split("\n")]
        rows.append(sign + "\n".join(f"{indent}{line}".rstrip() for line in lines)[len(indent) :])
    return "\n".join(rows)


def _table(content: Sequence[Any], deeper: int) -> Iterator[str]:
    """Each row one item, its cells parted by semicolons; the caption before."""
    _, caption, _, head, bodies, foot = content
    yield from _blocks(caption[1], deeper)
    rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
    lines = []
    for row in rows:
        cells = (" ".join(_one_line(text) for text in _blocks(cell[4], deeper)).strip() for cell in row[1])
        words = "\u202f; ".join(cell for cell in cells if cell)
        if words:
            lines.append(f"- {words}")
    yield "\n".join(lines)


def _paragraph(inlines: Sequence[Node]) -> str:
    lines = "".join(_inlines(inlines)).split("\n")
    return "\n".join(_without_block_sign(line.strip()) for line in lines if line.strip())


def _inlines(inlines: Sequence[Node], *, bold: bool = False, italic: bool = False) -> Iterator[str]:
    for at, inline in enumerate(inlines):
        content: Any = inline.get("c")
        match inline["t"]:
            case "Str":
                yield _as_words(content)
            case "Space" | "SoftBreak":
                yield " "
            case "LineBreak":
                yield "\n"
            case "Strong" if not bold:
                yield _marked("**", "".join(_inlines(content, bold=True, italic=italic)))
            case "Emph" if not italic:
                yield _marked("*", "".join(_inlines(content, bold=bold, italic=True)))
            case "Strong" | "Emph" | "Underline" | "Strikeout" | "Superscript" | "Subscript" | "SmallCaps":
                yield from _inlines(content, bold=bold, italic=italic)
            case "Quoted":
                opening, closing = ("“", "”") if content[0]["t"] == "DoubleQuote" else ("‘", "’")
                yield opening + "".join(_inlines(content[1], bold=bold, italic=italic)) + closing
            case "Link":
                words = "".join(_inlines(content[1], bold=bold, italic=italic))
                address = content[2][0]
                yield f"[{words}]({address})" if _ADDRESS.match(address) and words.strip() else words
            case "Cite" | "Span":
                yield from _inlines(content[1], bold=bold, italic=italic)
            case "Code" | "Math":
                yield _as_words(content[1])
            case "Note":
                words = " ".join(_one_line(text) for text in _blocks(content, 0)).strip()
                yield f" ({_within_sentence(words, inlines[:at])})" if words else ""
            case _:  # Image, RawInline: nothing to read
                continue


def _within_sentence(note: str, before: Sequence[Node]) -> str:
    """A note as it stands between brackets: within a sentence it leaves the full stop to the sentence."""
    sentence_is_over = bool(before) and before[-1]["t"] == "Str" and before[-1]["c"].endswith((".", "!", "?", "…"))
    if sentence_is_over or not note.endswith(".") or note.endswith(("..", "etc.")):
        return note
    return note[:-1]


def _marked(sign: str, words: str) -> str:
    """Emphasis holds no space at its ends and no line's end, or it would not be emphasis."""
    return "\n".join(
        f"{line[: len(line) - len(line.lstrip())]}{sign}{line.strip()}{sign}{line[len(line.rstrip()) :]}"
        if line.strip()
        else line
        for line in words.split("\n")
    )


def _as_words(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)


def _without_block_sign(line: str) -> str:
    """A paragraph that begins like a heading, a list or a quote stays a paragraph."""
    found = _BLOCK_SIGN.match(line)
    if not found:
        return line
    return f"\\{line}" if found[1] else f"{found[2]}\\{line[found.end(2) :]}"


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
