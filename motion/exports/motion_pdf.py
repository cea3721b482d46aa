"""The booklet of a motion as PDF: tagged for screen readers (PDF/UA-1) and to be kept (PDF/A-2a), lines numbered.

The same motion at the same instant gives the same bytes.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import typst

from motion.exports.cards import qr_svg
from motion.exports.motion_document import Block, Listing, MotionDocument, Paragraph, Quote, blocks
from motion.rules.markdown import Piece
from motion.rules.text import Heading

BODY_POINTS = 12
LARGE_POINTS = 16  # what the sight associations ask of large print (ux: 16 pt)


def motion_pdf(document: MotionDocument, *, is_large: bool = False) -> bytes:
    """Lay out the booklet. Takes tenths of a second: call it in a thread."""
    words = document.words
    data = {
        "size": LARGE_POINTS if is_large else BODY_POINTS,
        "language": document.language,
        "title": f"{words.kind}. {document.title}",
        "congress": ", ".join(part for part in (document.congress, document.place) if part),
        "kind": words.kind,
        "name": document.title,
        "state": words.state,
        "version": words.version,
        "vote": words.vote,
        "line": words.line,
        "contents": words.contents,
        "own_title": _pieces(document.text.title.pieces) if document.text.title else [],
        "sections": [
            {"title": section.title, "blocks": list(map(_block, blocks(section.contents)))}
            for section in document.text.sections
        ],
        "authors_heading": words.authors,
        "nobody": words.nobody,
        "authors": [{"name": one.name, "office": one.office, "share": one.share} for one in document.authors],
        "check": words.check,
        "fingerprint": words.fingerprint,
        "digest": " ".join(document.digest[at : at + 4] for at in range(0, 64, 4)),
        "root_label": words.root,
        "root": document.root,
        "how": words.how,
        "address": document.address,
        "qr": qr_svg(document.address),
        "qr_label": words.qr,
        "page": words.page.split("%(pages)s"),
    }
    written = json.dumps(data, ensure_ascii=False)
    timestamp = int(document.moment.timestamp())
    try:
        return _compiled(written, timestamp)
    except typst.TypstError as error:
        if not re.search("could not be displayed|contains the codepoint", str(error)):
            raise
    # PDF/A allows no character without its drawing, and no font has them all: those that ours lack are named.
    return _compiled(unusual_named(written), timestamp)


def _compiled(data: str, timestamp: int) -> bytes:
    pdf = typst.compile(
        BOOKLET.encode(),
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=["ua-1", "a-2a"],
        timestamp=timestamp,
    )
    assert isinstance(pdf, bytes)
    return pdf


_UNUSUAL = re.compile(
    "[^\u0000-\u024f\u0300-\u036f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff\u2000-\u206f\u20a0-\u20bf\u2100-\u214f\u2190-\u2193]"
)
"""All but Latin, Greek and Cyrillic letters, signs of punctuation, currencies, numbers and simple arrows."""


def unusual_named(written: str) -> str:
    """A text in which signs that the fonts may lack are named: `[BUS]`."""
    return _UNUSUAL.sub(_named, written)


def _named(found: re.Match[str]) -> str:
    """`[BUS]`, as Unicode calls it; signs that only modify another go."""
    if unicodedata.category(found[0]) in ("Mn", "Cf", "Sk"):
        return ""
    return f"[{unicodedata.name(found[0], f'U+{ord(found[0]):04X}')}]"


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(alinea):
            return {
                "t": "p",
                "line": alinea.line,
                "continues": alinea.continues,
                "words": _pieces(alinea.pieces),
            }
        case Heading():
            return {"t": "h", "words": _pieces(block.pieces)}
        case Quote(inner):
            return {"t": "q", "blocks": list(map(_block, inner))}
        case Listing(ordered, first, items):
            return {
                "t": "l",
                "ordered": ordered,
                "first": first,
                "items": [list(map(_block, item)) for item in items],
            }


def _pieces(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    return [{"w": piece.text, "b": piece.bold, "i": piece.italic, "h": piece.href or ""} for piece in pieces]


# The words come in as data, never as Typst source: nothing that somebody wrote can be a command.
BOOKLET = """
#let data = json(bytes(sys.inputs.data))
#let small = data.size * 0.8pt
#set document(title: data.title, author: data.congress)
#set text(lang: data.language, font: "Libertinus Serif", size: data.size * 1pt, hyphenate: false)
#set page(
  paper: "a4",
  margin: (left: 30mm, right: 22mm, top: 20mm, bottom: 24mm),
  footer: context text(size: small)[
    #grid(columns: (1fr, auto), data.version,
      data.page.at(0).replace("%(page)s", str(counter(page).get().first()))
        + str(counter(page).final().first()) + data.page.at(1))
  ],
)
#set par(leading: 0.75em, spacing: 0.95em)
#show heading: it => block(above: 1.5em, below: 0.9em, sticky: true, it.body)
#show heading.where(level: 1): set text(size: 1.5em)
#show heading.where(level: 2): set text(size: 1.2em)
#show heading.where(level: 3): set text(size: 1em, style: "italic")
#show link: underline
#show quote: set block(above: 0.95em, below: 0.95em)
#let words(pieces) = for p in pieces {
  let it = text(p.w)
  if p.i { it = emph(it) }
  if p.b { it = strong(it) }
  if p.h != "" { it = link(p.h, it) }
  it
}
// The number stands in the left margin wherever the line itself begins, and is not read aloud before each sentence.
#let number(n) = context {
  let here = here().position().x
  let shown = pdf.artifact(text(size: small, number-width: "tabular", str(n)))
  place(dx: 14mm - here, box(width: 11mm, align(right, shown)))
}
#let written(b) = {
  if b.t == "h" { heading(level: 3, outlined: false, words(b.words)) }
  else if b.t == "q" { quote(block: true, for one in b.blocks { written(one) }) }
  else if b.t == "l" {
    let items = b.items.map(item => for one in item { written(one) })
    if b.ordered { enum(start: b.first, tight: false, ..items) } else { list(tight: false, marker: [–], ..items) }
  } else {
    block(above: if b.continues { 0.75em } else { 0.95em }, below: 0.95em)[#number(b.line)#words(b.words)]
  }
}
#par(text(size: small, data.congress))
#heading(level: 1, if data.own_title == () { data.kind + ". " + data.name } else { words(data.own_title) })
#par[#if data.own_title != () [#strong(data.kind). ]#data.state. #data.vote]
#par(text(size: small)[#data.version. #data.line])
#if data.sections.len() > 4 {
  show outline: set heading(level: 2, outlined: false)
  outline(title: data.contents, depth: 2)
}
#for section in data.sections {
  if section.title != "" { heading(level: 2, text(section.title)) }
  for b in section.blocks { written(b) }
}
#if data.authors.len() > 0 or data.nobody != "" {
  heading(level: 2, data.authors_heading)
  let share(a) = if a.share != "" [ : #a.share]
  let person(a) = [#strong(a.name)#if a.office != "" [, #a.office]#share(a)]
  if data.authors.len() > 0 { list(tight: true, marker: [–], ..data.authors.map(person)) }
  if data.nobody != "" { par(text(size: small, data.nobody)) }
}
#heading(level: 2, data.check)
#block(breakable: false, grid(columns: (1fr, 34mm), column-gutter: 6mm,
  [
    #par[#data.fingerprint \\ #text(font: "DejaVu Sans Mono", size: small * 0.9, data.digest)]
    #if data.root != "" { par[#data.root_label \\ #text(font: "DejaVu Sans Mono", size: small * 0.9, data.root)] }
    #par[#data.how]
    #par(link(data.address))
  ],
  image(bytes(data.qr), format: "svg", width: 34mm, alt: data.qr_label),
))
"""
