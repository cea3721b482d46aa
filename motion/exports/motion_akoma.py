"""A motion as Akoma Ntoso 3.0 (OASIS LegalDocML): a `statement` whose parts can be cited from anywhere.

Sections that the server numbers are `article`, `section` (an axis) and `paragraph` (a demand); the others are named
`hcontainer`. Each alinéa is an `alinea` whose number is its line's: what the hall reads aloud. Where the text was
written is in `proprietary`: the log, its size, its root, the entry.

https://docs.oasis-open.org/legaldocml/akn-core/v1.0/os/part2-specs/
"""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from motion.exports.motion_document import MotionDocument
from motion.rules.headings import SectionKind
from motion.rules.markdown import Piece
from motion.rules.text import Alinea, Heading, Section

AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
MOTION = "https://motion-congres.example/ns/record/1"  # ours: no such host is needed to read it

_ELEMENTS = {
    SectionKind.ARTICLE: "article",
    SectionKind.AXIS: "section",
    SectionKind.DEMAND: "paragraph",
}


_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML 1.0 document may hold, even escaped (section 2.2). A text may hold the last two."""
REPLACED = "\ufffd"

_MIXED = frozenset(f"{{{AKN}}}{name}" for name in ("p", "heading", "num", "docTitle"))


def motion_akoma(document: MotionDocument) -> bytes:
    """Write the motion as XML in UTF-8, the same bytes for the same motion at the same instant."""
    ET.register_namespace("", AKN)
    ET.register_namespace("motion", MOTION)
    root = ET.Element(_akn("akomaNtoso"))
    statement = _add(root, "statement", name="motion")
    _meta(_add(statement, "meta"), document)
    _preface(_add(statement, "preface"), document)
    body = _add(statement, "mainBody")
    for section in document.text.sections:
        _section(body, section)
    if not document.text.sections:
        _add(_add(body, "p"), "i").text = "…"
    if document.vote is not None:
        _add(_add(_add(statement, "conclusions"), "p"), "span").text = document.words.vote
    _indent(root, 0)
    written: str = ET.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{_NO_XML.sub(REPLACED, written)}\n".encode()


def _meta(meta: ET.Element, document: MotionDocument) -> None:
    day = document.moment.date().isoformat()
    work = f"/akn/fr/statement/motion/{day}/{document.code.lower()}"
    identification = _add(meta, "identification", source="#registre")
    for level, uri in (
        ("FRBRWork", work),
        ("FRBRExpression", f"{work}/fra@{document.entry}"),
        ("FRBRManifestation", f"{work}/fra@{document.entry}.xml"),
    ):
        part = _add(identification, level)
        _add(part, "FRBRthis", value=f"{uri}/!main" if level != "FRBRManifestation" else uri)
        _add(part, "FRBRuri", value=uri)
        if level == "FRBRWork":
            _add(part, "FRBRalias", value=document.title, name="titre")
        _add(part, "FRBRdate", date=day, name="inscription")
        _add(part, "FRBRauthor", href="#congres", **({"as": "#auteur"} if level == "FRBRWork" else {}))
        if level == "FRBRWork":
            _add(part, "FRBRcountry", value="fr")
            _add(part, "FRBRnumber", value=document.code)
        if level == "FRBRExpression":
            _add(part, "FRBRlanguage", language="fra")
        if level == "FRBRManifestation":
            _add(part, "FRBRformat", value="application/akn+xml")
    if document.vote is not None:
        vote = document.vote
        parliamentary = _add(_add(meta, "analysis", source="#registre"), "parliamentary")
        voting = _add(
            parliamentary,
            "voting",
            eId="scrutin",
            outcome="#adoptee" if vote.is_adopted else "#rejetee",
            href="#scrutin",
        )
        counts = (("pour", vote.votes_for), ("contre", vote.votes_against), ("abstentions", vote.abstentions))
        for name, count in counts:
            _add(voting, "count", eId=f"scrutin__{name}", value=str(count), refersTo=f"#{name}", href="#scrutin")
    references = _add(meta, "references", source="#registre")
    _add(references, "TLCOrganization", eId="congres", href="/ontology/organization/congres", showAs=document.congress)
    _add(references, "TLCOrganization", eId="registre", href=document.address, showAs="Registre du congrès")
    _add(references, "TLCRole", eId="auteur", href="/ontology/role/auteur", showAs="Auteur")
    for author in document.authors:
        shown = ", ".join(part for part in (author.name, author.office) if part)
        href = f"/ontology/person/elu-{author.official}"
        _add(references, "TLCPerson", eId=f"elu-{author.official}", href=href, showAs=shown)
    if document.vote is not None:
        for name in ("adoptee", "rejetee", "pour", "contre", "abstentions"):
            _add(references, "TLCConcept", eId=name, href=f"/ontology/concept/{name}", showAs=name)
    if document.words.nobody:
        note = _add(_add(meta, "notes", source="#registre"), "note", eId="sans-auteur")
        _add(note, "p").text = document.words.nobody
    proprietary = _add(meta, "proprietary", source="#registre")
    proof = ET.SubElement(proprietary, f"{{{MOTION}}}preuve")
    for name, value in (
        ("registre", document.origin),
        ("taille", str(document.size)),
        ("racine", document.root),
        ("inscription", str(document.entry)),
        ("empreinte", document.digest),
        ("adresse", document.address),
    ):
        if value:
            proof.set(name, value)


def _preface(preface: ET.Element, document: MotionDocument) -> None:
    _add(_add(preface, "p"), "docProponent").text = document.congress
    line = _add(preface, "p")
    _add(line, "docNumber").text = document.words.kind
    title = _add(_add(preface, "p"), "docTitle")
    if document.text.title is not None:
        _pieces(title, document.text.title.pieces)
    else:
        title.text = document.title
    _add(_add(preface, "p"), "docStatus").text = document.words.state


def _section(body: ET.Element, section: Section) -> None:
    stem = _eid(section)
    name = _ELEMENTS.get(section.kind)
    if name is None:
        part = _add(body, "hcontainer", name=str(section.kind), eId=stem)
    else:
        part = _add(body, name, eId=stem)
    if section.label:
        _add(part, "num").text = section.label
    if section.heading is not None and section.heading.text.strip():
        _pieces(_add(part, "heading"), section.heading.pieces)
    at: ET.Element = part
    count = 0
    for content in section.contents:
        if isinstance(content, Heading):
            count += 1
            at = _add(part, "hcontainer", name="intertitre", eId=f"{stem}__inter_{count}")
            _pieces(_add(at, "heading"), content.pieces)
        else:
            _alinea(at, content, at.get("eId", ""))
    if not section.contents:
        _add(_add(part, "content"), "p")


def _alinea(part: ET.Element, alinea: Alinea, stem: str) -> None:
    element = _add(part, "alinea", eId=f"{stem}__al_{alinea.number}")
    if alinea.kind != "paragraph":
        element.set("class", "liste" if alinea.kind == "item" else "citation")
    _add(element, "num").text = str(alinea.line)
    _pieces(_add(_add(element, "content"), "p"), alinea.pieces)


def _eid(section: Section) -> str:
    """`art_2`, as the naming convention of Akoma Ntoso writes the identifiers of what is numbered."""
    short = {SectionKind.ARTICLE: "art", SectionKind.AXIS: "sec", SectionKind.DEMAND: "para"}.get(section.kind)
    return f"{short}_{section.number}" if short else section.anchor.replace("-", "_")


def _pieces(parent: ET.Element, pieces: Iterable[Piece]) -> None:
    for piece in pieces:
        at = parent
        if piece.href:
            at = _add(at, "a", href=piece.href)
        if piece.bold:
            at = _add(at, "b")
        if piece.italic:
            at = _add(at, "i")
        if at is parent:
            _append_text(parent, piece.text)
        else:
            at.text = (at.text or "") + piece.text


def _append_text(parent: ET.Element, text: str) -> None:
    """ElementTree keeps the words after a child with that child."""
    children = list(parent)
    if children:
        children[-1].tail = (children[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _indent(element: ET.Element, depth: int) -> None:
    """One element a line, but never within words: a blank there would be a blank of the text."""
    children = list(element)
    if not children or element.tag in _MIXED:
        return
    element.text = "\n" + "  " * (depth + 1)
    for child in children:
        _indent(child, depth + 1)
        child.tail = "\n" + "  " * (depth + 1)
    children[-1].tail = "\n" + "  " * depth


def _add(parent: ET.Element, element: str, /, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, _akn(element), attributes)


def _akn(name: str) -> str:
    return f"{{{AKN}}}{name}"
