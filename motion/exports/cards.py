"""Sheets of cards: A4, eight cards a page, to cut out and hand over or post.

Personal cards let officials in; cards of contributions hold the private address of an author. Each has a QR code for
those who have a camera and signs to type for those who don't. The PDF is tagged (PDF/UA-1): a card can be read out to
its owner.
"""

import io
import json
from collections.abc import Mapping, Sequence
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
    return _laid_out(CARDS, data, now)


@dataclass(frozen=True, slots=True)
class AddressCard:
    """The card of a contribution: `name` is who it is for, `url` their private address, `secret` its end in groups."""

    code: str
    name: str
    url: str
    secret: str


def address_cards_pdf(
    cards: Sequence[AddressCard], *, congress: str, follow_address: str, language: Language, now: datetime
) -> bytes:
    """Lay out the sheet of private addresses.

    Args:
        congress: Title of the congress.
        follow_address: What stands before the secret in each address, as people say it: without `https://`.
    """
    say = language.gettext
    data = {
        "congress": congress,
        "title": say("Adresses de suivi") + f" – {congress}",
        "language": language.code,
        "address": follow_address,
        "how": say("Visez ce carré avec l’appareil photo, ou tapez ces signes à la suite de :"),
        "use": say("Pour suivre ce que vous avez dit, le corriger ou le retirer."),
        "alt": say("Code QR de l’adresse de suivi de la contribution"),
        "warning": say("Gardez cette adresse pour vous : qui l’a agit en votre nom."),
        "cards": [
            {
                "code": card.code,
                "title": say("Contribution %(code)s") % {"code": card.code},
                "name": card.name,
                "secret": card.secret,
                "qr": qr_svg(card.url),
            }
            for card in cards
        ],
    }
    return _laid_out(ADDRESS_CARDS, data, now)


def _laid_out(cards: str, data: Mapping[str, object], now: datetime) -> bytes:
    pdf = typst.compile(
        (SHEET + cards + GRID).encode(),
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
"""
CARDS = """
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
"""
ADDRESS_CARDS = """
#let card(c) = block(width: 100%, height: 69mm, inset: 4mm, stroke: cut, breakable: false)[
  #par(text(size: 8.5pt)[#data.congress])
  #grid(columns: (1fr, 30mm), column-gutter: 4mm,
    [
      #par(leading: 0.4em, text(size: 15pt, weight: "bold")[#c.title])
      #block(height: 13mm, clip: true, par(leading: 0.4em, text(size: 11pt, c.name)))
      #par(leading: 0.4em, text(size: 9pt)[#data.use])
    ],
    image(bytes(c.qr), format: "svg", width: 30mm, alt: data.alt + " " + c.code),
  )
  #v(1fr)
  #par(leading: 0.4em, text(size: 8pt)[#data.how #text(weight: "bold")[#data.address]])
  #par(leading: 0.4em, text(font: "DejaVu Sans Mono", size: 10.5pt, weight: "bold", c.secret))
  #par(text(size: 8pt)[#data.warning])
]
"""
GRID = """
#grid(columns: (1fr, 1fr), ..data.cards.map(card))
"""
