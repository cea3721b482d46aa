"""The paper form: two A4 pages in large type for each number, with a receipt to tear off.

The number and the QR code tie the sheet to the record. What is to be written by hand has a frame; the back of the
receipt stays empty. Tagged for screen readers (PDF/UA-1). The same forms at the same moment give the same bytes.
"""

import json
from dataclasses import dataclass
from datetime import datetime

import typst

from motion.exports.cards import qr_svg
from motion.language import Language
from motion.rules.contributions import ADULT, CONSENT, Use


@dataclass(frozen=True, slots=True)
class SheetContacts:
    """How one reaches the congress without a screen; what is empty is a line to be filled in by hand."""

    phone: str = ""
    post: str = ""


def sheets_pdf(
    first: int,
    last: int,
    *,
    congress: str,
    address: str,
    contacts: SheetContacts,
    language: Language,
    now: datetime,
) -> bytes:
    """Lay out the forms of these numbers. Five hundred take seconds: call it in a thread.

    Args:
        congress: Title of the congress.
        address: Where one asks what became of a form: with its number behind a slash.
    """
    say = language.gettext
    data = {
        "title": say("Fiches de contribution") + f" – {congress}",
        "language": language.code,
        "congress": congress,
        "heading": say("Votre parole au congrès"),
        "sheet": say("Fiche n°\u00a0%(number)s"),
        "alt": say("Code QR\u00a0: ce que devient la fiche n°\u00a0%(number)s"),
        "name": say("Votre nom, ou un pseudonyme"),
        "place": say("Votre commune"),
        "official": say("Êtes-vous élu ou élue\u202f?"),
        "no": say("Non"),
        "yes": say("Oui. Mandat\u00a0:"),
        "words": say("Ce que vous voulez dire"),
        "more": say("Suite"),
        "after_heading": say("Ce que devient cette fiche"),
        "after": [
            say("Remettez-la à une personne du congrès, ou envoyez-la par la poste. Gardez le talon."),
            say("Quelqu’un la recopie. Une autre personne compare la copie avec votre fiche."),
            say("Le texte et l’image de la fiche sont publiés. Votre signature y est cachée."),
        ],
        "agree_heading": say("Votre accord"),
        "agree": [say(CONSENT[use]) for use in Use] + [say(ADULT)],
        "needed": say("Cochez ce que vous acceptez. Sans la première et la dernière case, la fiche n’est pas reçue."),
        "date": say("Date"),
        "signature": say("Signature"),
        "receipt": say("Talon à garder"),
        "follow": say("Pour savoir ce que devient votre fiche, la corriger ou la retirer, donnez son numéro\u00a0:"),
        "online": say("en ligne\u00a0:"),
        "by_phone": say("par téléphone\u00a0:"),
        "by_post": say("par la poste\u00a0:"),
        "back": say("Dos du talon\u00a0: n’écrivez rien ici."),
        "phone": contacts.phone,
        "post": contacts.post,
        "address": address.partition("://")[2] or address,
        "sheets": [{"number": number, "qr": qr_svg(f"{address}/{number}")} for number in range(first, last + 1)],
    }
    pdf = typst.compile(
        SHEETS.encode(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(now.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf


# The words come in as data, never as Typst source. Nothing is smaller than 14 points: people write on it without
# their glasses.
SHEETS = """
#let data = json(bytes(sys.inputs.data))
#let stub = 56mm
#set document(title: data.title, author: data.congress)
#set text(lang: data.language, font: "Libertinus Serif", size: 14pt, hyphenate: false)
#set page(paper: "a4", margin: (x: 18mm, top: 14mm, bottom: 12mm))
#set par(leading: 0.5em, spacing: 0.7em)
#set block(spacing: 3.5mm)
#show heading: it => block(above: 4.5mm, below: 3mm, sticky: true, it.body)
#show heading.where(level: 1): set text(size: 24pt)
#show heading.where(level: 2): set text(size: 16pt)
#let ink = luma(90)
#let tick = box(width: 6.5mm, height: 6.5mm, stroke: 1pt + ink, baseline: 1.2mm)
#let numbered(sentence, n) = sentence.replace("%(number)s", str(n))
#let line-of(width) = box(width: width, height: 5mm, stroke: (bottom: 0.8pt + ink))
#let field(label, height: 11mm) = block(width: 100%)[
  #strong(label)
  #block(width: 100%, height: height, stroke: 1pt + ink, above: 1.5mm)
]
#let ruled = block(width: 100%, height: 1fr, stroke: 1pt + ink, above: 1.5mm, clip: true, inset: 0pt,
  for n in range(30) { pdf.artifact(place(top, dy: (n + 1) * 10mm, line(length: 100%, stroke: 0.4pt + luma(190)))) })
#let cut = line(length: 100%, stroke: (paint: ink, thickness: 0.8pt, dash: "dashed"))
#let receipt(n) = block(width: 100%, height: stub, breakable: false)[
  #cut
  #heading(level: 2)[#data.receipt. #numbered(data.sheet, n)]
  #par[#data.congress. #data.follow]
  #list(marker: [–], tight: true, spacing: 2.5mm,
    [#data.online #strong[#data.address]],
    [#data.by_phone #if data.phone != "" { strong(data.phone) } else { line-of(90mm) }],
    [#data.by_post #if data.post != "" { strong(data.post) } else { line-of(90mm) }],
  )
]
#let sheet(one) = {
  grid(columns: (1fr, 30mm), column-gutter: 6mm,
    [
      #par(data.congress)
      #heading(level: 1, data.heading)
      #par(text(size: 20pt, weight: "bold", numbered(data.sheet, one.number)))
    ],
    image(bytes(one.qr), format: "svg", width: 30mm, alt: numbered(data.alt, one.number)),
  )
  field(data.name)
  field(data.place)
  block[#strong(data.official) #h(4mm) #tick #data.no #h(6mm) #tick #data.yes #line-of(52mm)]
  strong(data.words)
  ruled
  receipt(one.number)
  pagebreak()
  par[#numbered(data.sheet, one.number)]
  strong(data.more)
  ruled
  heading(level: 2, data.agree_heading)
  par(data.needed)
  for sentence in data.agree { grid(columns: (7mm, 1fr), column-gutter: 3mm, tick, par(sentence)) }
  grid(columns: (45mm, 1fr), column-gutter: 6mm, field(data.date, height: 14mm), field(data.signature, height: 14mm))
  heading(level: 2, data.after_heading)
  list(marker: [–], tight: true, spacing: 2mm, ..data.after)
  block(width: 100%, height: stub, breakable: false, above: 3mm)[#cut #text(fill: ink, data.back)]
}
#for (place, one) in data.sheets.enumerate() {
  if place > 0 { pagebreak() }
  sheet(one)
}
"""
