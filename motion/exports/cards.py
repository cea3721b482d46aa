"""The sheet of personal cards: A4, eight cards a page, to cut out and hand over in the hall.

Each card has a QR code for those who have a camera and a large code for those who don't. The PDF is
tagged (PDF/UA-1): a card can be read out to its owner.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
import typst

from motion.language import Language

CARDS_PER_PAGE = 8


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """One card as it is printed; `url` is what the QR code holds, `code` is in groups."""

    name: str
    mandate: str
    territory: str
    code: str
    url: str


def cards_pdf(
    cards: Sequence[PrintedCard], *, congress: str, sign_in_address: str, language: Language, now: datetime
) -> bytes:
    """Lay out the sheet.

    Args:
        congress: Title of the congress.
        sign_in_address: Where the code is typed, as people say it: without `https://`.
    """
    say = language.gettext
    data = {
        "congress": congress,
        "title": say("Cartes personnelles") + f" – {congress}",
        "language": language.code,
        "address": sign_in_address,
        "how": say("Visez ce carré avec l’appareil photo, ou tapez ce code à l’adresse :"),
        "alt": say("Code QR de connexion de"),
        "warning": say("Carte personnelle : ne la prêtez pas."),
        "cards": [
            {
                "name": card.name,
                "office": ", ".join(part for part in (card.mandate, card.territory) if part),
                "code": card.code,
                "qr": qr_svg(card.url),
            }
            for card in cards
        ],
    }
    pdf = typst.compile(
        SHEET.encode(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(now.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf


def qr_svg(url: str) -> str:
    """Draw an address as a QR code. Level Q bears a fold or a finger mark."""
    out = io.BytesIO()
    segno.make(url, error="q", micro=False).save(out, kind="svg", border=2, xmldecl=False, scale=4)
    return out.getvalue().decode()


# Names come in as data, never as Typst source: nobody's name can be a command.
SHEET = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: data.language, font: "Libertinus Serif", size: 10pt)
#set page(paper: "a4", margin: (x: 10mm, y: 8mm))
#set par(spacing: 2mm)
#let cut = (paint: luma(150), thickness: 0.4pt, dash: "dashed")
#let card(c) = block(width: 100%, height: 69mm, inset: 4mm, stroke: cut, breakable: false)[
  #par(text(size: 8.5pt)[#data.congress])
  #grid(columns: (1fr, 30mm), column-gutter: 4mm,
    [
      #par(leading: 0.4em, text(size: 15pt, weight: "bold")[#c.name])
      #par(leading: 0.4em)[#c.office]
    ],
    image(bytes(c.qr), format: "svg", width: 30mm, alt: data.alt + " " + c.name),
  )
  #v(1fr)
  #par(text(size: 8.5pt)[#data.how #text(weight: "bold")[#data.address]])
  #par(text(font: "DejaVu Sans Mono", size: 18pt, weight: "bold", c.code))
  #par(text(size: 8pt)[#data.warning])
]
#grid(columns: (1fr, 1fr), ..data.cards.map(card))
"""
