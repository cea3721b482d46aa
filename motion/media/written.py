"""A document of a word processor (ODT, DOCX), as a PDF of its words: headings, paragraphs, lists and quotations.

It is read as the texts of motions are (`motion.exports.conversions`): under limits, in a program apart, without its
pictures, macros, comments and properties. So the PDF says what was written, and not by whom or with what.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst

from motion.exports.conversions import MAX_DOCUMENT_BYTES, to_small_markdown
from motion.exports.motion_document import Block, Listing, Paragraph, Quote, blocks
from motion.exports.motion_pdf import unusual_named
from motion.media import limits
from motion.media.made import Made, Outcome
from motion.media.refusal import Refused
from motion.rules.contributions import FileKind
from motion.rules.errors import DocumentUnreadable, TextTooLong
from motion.rules.markdown import Piece
from motion.rules.media import MediaReason
from motion.rules.text import Heading, parse

_REASONS = {
    "kind": MediaReason.UNKNOWN_FORMAT,
    "too-large": MediaReason.TOO_LARGE,
    "too-long": MediaReason.TOO_MANY_PAGES,
    "too-slow": MediaReason.TOO_SLOW,
}


def convert(path: Path, name: str, kind: FileKind, folder: Path, tell: Callable[[int], None]) -> Outcome:
    """Make `document`; arguments and errors as for a recording (`motion.media.recording.convert`)."""
    if kind is not FileKind.DOCUMENT:
        raise Refused(MediaReason.OTHER_KIND)
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise Refused(MediaReason.TOO_LARGE)
    limits.limit_cpu(limits.DOCUMENT_CPU_S)
    try:
        words = to_small_markdown(name, path.read_bytes())
        tell(50)
        text = parse(words)
    except DocumentUnreadable as error:
        raise Refused(_REASONS.get(error.reason, MediaReason.DAMAGED)) from error
    except TextTooLong as error:
        raise Refused(MediaReason.TOO_MANY_PAGES) from error
    shown: list[dict[str, Any]] = []
    if text.title is not None:
        shown.append(_block(text.title) | {"level": 1})
    for section in text.sections:
        if section.heading is not None:
            shown.append(_block(section.heading) | {"level": 2})
        shown += map(_block, blocks(section.contents))
    (folder / "document").write_bytes(_pdf(json.dumps(shown, ensure_ascii=False)))
    return Outcome(FileKind.DOCUMENT, (Made("document"),))


def _pdf(shown: str) -> bytes:
    try:
        return _compiled(shown)
    except typst.TypstError as error:
        if not re.search("could not be displayed|contains the codepoint", str(error)):
            raise
    return _compiled(unusual_named(shown))


def _compiled(shown: str) -> bytes:
    # The same document gives the same bytes; of when it was written nothing is said.
    pdf = typst.compile(LEAFLET.encode(), format="pdf", sys_inputs={"shown": shown}, timestamp=0)
    assert isinstance(pdf, bytes)
    return pdf


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(alinea):
            return {"t": "p", "words": _pieces(alinea.pieces)}
        case Heading():
            return {"t": "h", "level": 3, "words": _pieces(block.pieces)}
        case Quote(inner):
            return {"t": "q", "blocks": list(map(_block, inner))}
        case Listing(ordered, first, items):
            listed = [list(map(_block, item)) for item in items]
            return {"t": "l", "ordered": ordered, "first": first, "items": listed}


def _pieces(pieces: tuple[Piece, ...]) -> list[dict[str, Any]]:
    return [{"w": piece.text, "b": piece.bold, "i": piece.italic, "h": piece.href or ""} for piece in pieces]


# The words come in as data, never as Typst source: nothing that somebody wrote can be a command.
LEAFLET = """
#let shown = json(bytes(sys.inputs.shown))
#set document(date: none)
#set text(lang: "fr", font: "Libertinus Serif", size: 12pt, hyphenate: false)
#set page(paper: "a4", margin: 25mm)
#set par(leading: 0.75em, spacing: 1em)
#show link: underline
#let words(pieces) = for p in pieces {
  let it = text(p.w)
  if p.i { it = emph(it) }
  if p.b { it = strong(it) }
  if p.h != "" { it = link(p.h, it) }
  it
}
#let written(b) = {
  if b.t == "h" { heading(level: b.level, words(b.words)) }
  else if b.t == "q" { quote(block: true, for one in b.blocks { written(one) }) }
  else if b.t == "l" {
    let items = b.items.map(item => for one in item { written(one) })
    if b.ordered { enum(start: b.first, ..items) } else { list(marker: [–], ..items) }
  } else { par(words(b.words)) }
}
#for b in shown { written(b) }
"""
