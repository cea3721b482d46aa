"""A motion taken home and brought back: its text returns, what stood round it does not; and it bears its date."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta, timezone

import pytest

from motion.exports import own_cover
from motion.exports.conversions import to_small_markdown
from motion.exports.motion_office import OfficeFormat, motion_office
from motion.rules.text import parse
from tests.exports.test_documents import AT, TEXT, document, words

BOTH = pytest.mark.parametrize("format", [OfficeFormat.ODT, OfficeFormat.DOCX])
ROUND = ("Motion 1", "Adoptée", "31 voix", "inscription", "Qui a écrit", "Aline", "Vérifier", "Empreinte", "À cette")


def edited(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The document with one part changed, as by a word processor."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for part in source.infolist():
            data = source.read(part)
            copy.writestr(part, change(data.decode()).encode() if part.filename == name else data)
    return target.getvalue()


class TestComingBack:
    """ODT and DOCX."""

    @BOTH
    def test_the_text_is_what_it_was(self, format: OfficeFormat) -> None:
        """Its title, its sections and every alinéa; nothing of what stood round it."""
        read = to_small_markdown(f"motion.{format}", motion_office(document(), format))
        back, before = parse(read), parse(TEXT)
        assert read.startswith("# L’accès aux soins en Ormeline\n")
        assert [section.title for section in back.sections] == [section.title for section in before.sections]
        assert [words(alinea.text) for alinea in back.alineas] == [words(alinea.text) for alinea in before.alineas]
        assert not [phrase for phrase in ROUND if phrase in read]

    @BOTH
    def test_what_was_typed_at_home_is_brought_in(self, format: OfficeFormat) -> None:
        """Even below what stood round the text: such a paragraph has the plain style, which the other one names."""
        part = own_cover.PARTS[format]
        content = motion_office(document(), format)
        added = {
            OfficeFormat.ODT: ("</office:text>", '<text:p text:style-name="Text_20_body">Et la nuit.</text:p>'),
            OfficeFormat.DOCX: (
                "<w:sectPr>",
                '<w:p><w:pPr><w:pStyle w:val="BodyText" /></w:pPr><w:r><w:t>Et la nuit.</w:t></w:r></w:p>',
            ),
        }
        end, paragraph = added[format]
        content = edited(content, part, lambda xml: xml.replace(end, paragraph + end))
        content = edited(content, part, lambda xml: xml.replace("Dès janvier.", "Dès le mois de mars."))
        read = to_small_markdown(f"motion.{format}", content)
        assert "Et la nuit." in read and "Dès le mois de mars." in read and "Empreinte" not in read

    def test_styles_that_a_word_processor_derived_are_known(self) -> None:
        """It gives a paragraph that was touched a style of its own, below ours."""

        def derive(xml: str) -> str:
            style = (
                '<style:style style:name="P99" style:family="paragraph"'
                f' style:parent-style-name="{own_cover.PARAGRAPH}">'
                '<style:text-properties fo:language="fr"/></style:style>'
            )
            xml = xml.replace(f'text:style-name="{own_cover.PARAGRAPH}"', 'text:style-name="P99"')
            return xml.replace("</office:automatic-styles>", style + "</office:automatic-styles>")

        content = edited(motion_office(document(), OfficeFormat.ODT), "content.xml", derive)
        assert "P99" in zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()
        assert "Empreinte" not in to_small_markdown("motion.odt", content)

    @BOTH
    def test_the_styles_are_declared(self, format: OfficeFormat) -> None:
        """Or word processors would drop them; the one of paragraphs says which comes after it."""
        part, _found, declared = own_cover.DECLARED[format]
        styles = zipfile.ZipFile(io.BytesIO(motion_office(document(), format))).read(part).decode()
        assert declared in styles and "next" in declared
        assert own_cover.PARAGRAPH in styles and own_cover.WORDS in styles

    @pytest.mark.parametrize("kind", ["odt", "docx"])
    @pytest.mark.parametrize(
        "part",
        [
            b"",
            b"<text:p text:style-name='Subtitle'>Un sous-titre</text:p>",
            "<text:p>Le style MotionPourtour est à nous.</text:p>".encode(),
            b"MotionPourtour \xff",
            b'<text:p text:style-name="MotionPourtour">never closed',
        ],
    )
    def test_documents_of_others_are_left_alone(self, kind: str, part: bytes) -> None:
        """Byte for byte, whatever they hold."""
        assert own_cover.without_cover(kind, part) == part


@pytest.mark.parametrize(
    ("format", "part", "names"),
    [
        (OfficeFormat.EPUB, "EPUB/content.opf", {"dcterms:modified"}),
        (OfficeFormat.DOCX, "docProps/core.xml", {"dcterms:created", "dcterms:modified"}),
        (OfficeFormat.ODT, "meta.xml", {"meta:creation-date", "dc:date"}),
    ],
)
def test_a_document_is_dated_from_the_last_change(format: OfficeFormat, part: str, names: set[str]) -> None:
    """Of the motion, in universal time and to the second: not from the clock, and not from 1970."""
    paris = timezone(timedelta(hours=1))
    made = motion_office(document(moment=AT.astimezone(paris)), format)
    said = zipfile.ZipFile(io.BytesIO(made)).read(part).decode()
    assert "1970" not in said
    dates = re.findall(r'<([a-z]+(?::[\w-]+)?)(?: [^>]*?property="([\w:]+)")?[^>]*>2031-11-15T14:30:00Z<', said)
    assert {named or tag for tag, named in dates} == names
