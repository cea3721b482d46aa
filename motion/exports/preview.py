"""The picture that other sites show beside a shared link: 1200 × 630 pixels, in the colours of the pages."""

import json
from dataclasses import asdict, dataclass

import typst

WIDTH, HEIGHT = 1200, 630  # what social sites crop to; one typographic point is one pixel


@dataclass(frozen=True, slots=True)
class Preview:
    """The words of a picture, in the reader's language."""

    host: str
    above: str
    title: str
    state: str
    below: str


def preview_png(preview: Preview) -> bytes:
    """Draw it. Takes tenths of a second: call it in a thread."""
    png = typst.compile(
        CARD.encode(), format="png", ppi=72.0, sys_inputs={"data": json.dumps(asdict(preview), ensure_ascii=False)}
    )
    assert isinstance(png, bytes)
    return png


# The words come in as data, never as Typst source: nothing that somebody wrote can be a command.
CARD = """
#let data = json(bytes(sys.inputs.data))
#let paper = rgb("#fbf8f2")
#let ink = rgb("#18262e")
#let soft = rgb("#475660")
#let teal = rgb("#0c5463")
#set page(width: 1200pt, height: 630pt, margin: 0pt, fill: paper)
#set text(font: "Libertinus Serif", fill: ink, hyphenate: false)
#set par(leading: 0.42em)
#let mark = box(width: 62pt, height: 70pt, radius: 4pt, fill: white, stroke: 4pt + teal)[
  #place(dx: 15pt, line(angle: 90deg, length: 70pt, stroke: 4pt + teal))
  #for (n, wide) in ((0, 27pt), (1, 27pt), (2, 18pt)) {
    place(dx: 25pt, dy: 17pt + n * 17pt, line(length: wide, stroke: 3.4pt + teal))
  }
  #for (n, paint) in ((0, rgb("#9c2f1c")), (1, rgb("#f3b83a")), (2, rgb("#68356f"))) {
    place(dx: 4.5pt, dy: 14pt + n * 17pt, circle(radius: 3pt, fill: paint))
  }
]
// A long title is set smaller, until it fits the height that it has.
#let fitted(words, width, height) = context {
  let size = 76pt
  let set-in(size) = block(width: width, text(size: size, weight: "bold", words))
  while size > 26pt and measure(set-in(size), width: width).height > height { size = size * 0.92 }
  block(width: width, height: height, clip: true, align(horizon, set-in(size)))
}
#place(rect(width: 18pt, height: 630pt, fill: teal))
#place(dx: 78pt, dy: 56pt, grid(columns: (62pt, 970pt), column-gutter: 24pt, align: horizon, mark,
  block(height: 70pt, width: 970pt, clip: true, align(horizon, text(size: 31pt, fill: soft, data.above)))))
#place(dx: 78pt, dy: 160pt, fitted(data.title, 1050pt, 292pt))
#place(dx: 78pt, dy: 486pt, line(length: 1044pt, stroke: 1.5pt + rgb("#d8d0c0")))
#place(dx: 78pt, dy: 514pt, box(inset: (x: 20pt, y: 14pt), radius: 30pt, fill: rgb("#dfeef0"), stroke: 2pt + teal,
  text(size: 28pt, weight: "bold", fill: rgb("#083b46"), data.state)))
#place(dx: 78pt, dy: 514pt, block(width: 1044pt, height: 60pt, align(right + horizon, text(size: 28pt, fill: soft)[
  #box(clip: true, width: 640pt, height: 36pt, align(right, data.below)) \\
  #text(size: 24pt, data.host)
])))
"""
