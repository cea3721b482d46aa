"""A motion as ODT, DOCX and EPUB: our tree, written by pandoc, which runs as a separate program.

The tree is pandoc's own (pandoc-types 1.23), so that no word is read as a sign. Pandoc is sandboxed, its time and
memory are bounded, and the same motion at the same instant gives the same bytes.
"""

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pypandoc

from motion.exports import own_cover
from motion.exports.conversions import MAX_CONVERSION_MEMORY, MAX_CONVERSION_SECONDS
from motion.exports.motion_document import Block, Listing, MotionDocument, Paragraph, Quote, blocks
from motion.rules.markdown import Piece
from motion.rules.text import Heading

API_VERSION = [1, 23, 1]

Node = dict[str, Any]


class OfficeFormat(StrEnum):
    """What pandoc writes for us."""

    ODT = "odt"
    DOCX = "docx"
    EPUB = "epub"


class NotWritten(Exception):
    """Pandoc failed: carries the format and its own words, for the service's log."""

    def __init__(self, format: OfficeFormat, said: str) -> None:
        super().__init__(f"couldn't write {format}: {said}")
        self.format = format


def motion_office(document: MotionDocument, format: OfficeFormat) -> bytes:
    """Write the motion. Takes tenths of a second: call it in a thread.

    Raises:
        NotWritten: Nothing was written.
    """
    command = [
        *(pypandoc.get_pandoc_path(), "--sandbox", "--from", "json", "--to", f"{format}+native_numbering"),
        *("--standalone", "--output", "-"),
        *("+RTS", f"-M{MAX_CONVERSION_MEMORY}", "-RTS"),
    ]
    if format is OfficeFormat.EPUB:
        command[command.index(f"{format}+native_numbering")] = "epub3"
    try:
        done = subprocess.run(  # the path is the packaged program's, the arguments are ours
            command,
            input=json.dumps(tree(document, is_marked=format in own_cover.DECLARED)).encode(),
            capture_output=True,
            timeout=MAX_CONVERSION_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotWritten(format, "too slow") from error
    if done.returncode:
        raise NotWritten(format, done.stderr.decode(errors="replace")[:500])
    return _finished(format, done.stdout, document.moment)


_DATED = {OfficeFormat.ODT: "meta.xml", OfficeFormat.DOCX: "docProps/core.xml", OfficeFormat.EPUB: "EPUB/content.opf"}
_NO_DATE = b">1970-01-01T00:00:00Z<"  # in its sandbox pandoc knows no clock


def _finished(format: OfficeFormat, content: bytes, moment: datetime) -> bytes:
    """Date the document from the motion's last change, and declare the styles of what stands round the text."""
    date = f">{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}<".encode()
    styles, found, instead = own_cover.DECLARED.get(format, ("", "", ""))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for part in source.infolist():  # in their order: the type of an EPUB or an ODT comes first, and not packed
            data = source.read(part)
            if part.filename == _DATED[format]:
                data = data.replace(_NO_DATE, date)
            if part.filename == styles:
                data = data.replace(found.encode(), instead.encode())
            copy.writestr(part, data)
    return target.getvalue()


def tree(document: MotionDocument, *, is_marked: bool = False) -> Node:
    """The document as pandoc's tree.

    Args:
        is_marked: What stands round the text bears the styles of `own_cover`.
    """
    words = document.words
    title = document.text.title

    def around(inlines: list[Node]) -> Node:
        paragraph = _para(inlines)
        return {"t": "Div", "c": [_styled(own_cover.PARAGRAPH), [paragraph]]} if is_marked else paragraph

    def within(inlines: list[Node]) -> list[Node]:
        return [{"t": "Span", "c": [_styled(own_cover.WORDS), inlines]}] if is_marked else inlines

    body: list[Node] = [around(_words(f"{words.kind}. {words.state}. {words.vote}".strip()))]
    body.append(around(_words(f"{words.version}.")))
    for section in document.text.sections:
        if section.title:
            body.append(_header(1, _words(section.title), section.anchor))
        body += map(_block, blocks(section.contents))
    if document.authors or words.nobody:
        body.append(_header(1, within(_words(words.authors)), "auteurs"))
    if document.authors:
        body.append({"t": "BulletList", "c": [[_plain(within(_author(one)))] for one in document.authors]})
    if words.nobody:
        body.append(around(_words(words.nobody)))
    body.append(_header(1, within(_words(words.check)), "preuve"))
    body.append(around([*_words(words.fingerprint), _LINE_BREAK, _code(document.digest)]))
    if document.root:
        body.append(around([*_words(words.root), _LINE_BREAK, _code(document.root)]))
    body.append(around([*_words(words.how), _LINE_BREAK, _link(_words(document.address), document.address)]))
    return {
        "pandoc-api-version": API_VERSION,
        "meta": {
            "title": _meta(
                [node for piece in title.pieces for node in _words(piece.text)] if title else _words(document.title)
            ),
            "subtitle": _meta(_words(document.congress)),
            "author": _meta(_words(document.congress)),
            "date": _meta(_words(document.moment.date().isoformat())),
            "lang": _meta(_words("fr")),
            "identifier": _meta(_words(document.address)),
            "toc-title": _meta(_words(words.contents)),
        },
        "blocks": body,
    }


_LINE_BREAK: Node = {"t": "LineBreak"}
_NO_ATTRIBUTES = ["", [], []]


def _styled(name: str) -> list[Any]:
    return ["", [], [["custom-style", name]]]


def _author(author: Any) -> list[Node]:
    office = f", {author.office}" if author.office else ""
    share = f"\u00a0: {author.share}" if author.share else ""
    return [{"t": "Strong", "c": _words(author.name)}, *_words(f"{office}{share}")]


def _block(block: Block) -> Node:
    match block:
        case Paragraph():
            return _para(_inlines(block.pieces))
        case Heading():
            return _header(2, _inlines(block.pieces), "")
        case Quote(inner):
            return {"t": "BlockQuote", "c": list(map(_block, inner))}
        case Listing(ordered, first, items):
            written = [list(map(_block, item)) for item in items]
            if ordered:
                return {"t": "OrderedList", "c": [[first, {"t": "Decimal"}, {"t": "Period"}], written]}
            return {"t": "BulletList", "c": written}


def _inlines(pieces: Iterable[Piece]) -> list[Node]:
    found: list[Node] = []
    for piece in pieces:
        nodes = _words(piece.text)
        if piece.italic:
            nodes = [{"t": "Emph", "c": nodes}]
        if piece.bold:
            nodes = [{"t": "Strong", "c": nodes}]
        if piece.href:
            nodes = [_link(nodes, piece.href)]
        found += nodes
    return found


def _words(text: str) -> list[Node]:
    """Words and blanks; no-break spaces stay in their word."""
    return [{"t": "Space"} if part == " " else {"t": "Str", "c": part} for part in re.split("( )", text) if part]


def _para(inlines: Sequence[Node]) -> Node:
    return {"t": "Para", "c": list(inlines)}


def _plain(inlines: Sequence[Node]) -> Node:
    return {"t": "Plain", "c": list(inlines)}


def _header(level: int, inlines: Sequence[Node], anchor: str) -> Node:
    return {"t": "Header", "c": [level, [anchor, [], []], list(inlines)]}


def _link(inlines: Sequence[Node], address: str) -> Node:
    return {"t": "Link", "c": [_NO_ATTRIBUTES, list(inlines), [address, ""]]}


def _code(text: str) -> Node:
    return {"t": "Code", "c": [_NO_ATTRIBUTES, text]}


def _meta(inlines: Sequence[Node]) -> Node:
    return {"t": "MetaInlines", "c": list(inlines)}
