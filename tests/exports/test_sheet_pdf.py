"""The paper form: two pages a number, tagged, and what is written on it."""

import io
import re
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from motion.exports.sheet_pdf import SheetContacts, sheets_pdf
from motion.language import language
from motion.rules.contributions import ADULT, CONSENT

NOW = datetime(2031, 11, 14, 8, 0, tzinfo=UTC)


def sheets(first: int, last: int, congress: str = "Congrès des communes d’Ormeline", code: str = "fr", **contacts: str):
    return sheets_pdf(
        first,
        last,
        congress=congress,
        address="https://motion.example/ormeline/fiche",
        contacts=SheetContacts(**contacts),
        language=language(code),
        now=NOW,
    )


def pages(pdf: bytes) -> list[str]:
    """The words of each page, with ordinary spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


class TestForms:
    def test_each_has_two_pages_with_its_number_on_both(self) -> None:
        """And on the receipt, with the address."""
        found = pages(sheets(7, 9))
        assert len(found) == 6
        for place, words in enumerate(found):
            assert f"n° {7 + place // 2}" in words
        assert found[0].count("n° 7") == 2 and "motion.example/ormeline/fiche" in found[0]

    def test_the_words_of_consent_are_those_that_are_agreed_to(self) -> None:
        """All of them, as they are online."""
        back = re.sub(r"\s+", " ", pages(sheets(1, 1))[1])
        for sentence in [*CONSENT.values(), ADULT]:
            assert re.sub(r"\s+", " ", sentence) in back

    def test_a_telephone_and_an_address_are_printed(self) -> None:
        """As the secretariat types them: never as a command; a long one stays on its page."""
        long = '#read("/etc/passwd") $x$ *a* _b_ \\ " 12 rue des Trois-Fontaines, bâtiment C, 99123 Valbrune ' * 2
        found = pages(sheets(1, 1, phone="01 99 00 00 00", post=long[:160]))
        assert len(found) == 2 and "01 99 00 00 00" in found[0] and "#read" in found[0]
        assert len(pages(sheets(1, 1, congress="Congrès " * 18))) == 2

    def test_it_is_tagged_and_always_the_same(self) -> None:
        """PDF/UA-1 is declared; the same forms at the same moment are the same bytes."""
        pdf = sheets(1, 2)
        assert b"pdfuaid" in pdf and b"/StructTreeRoot" in pdf and pdf == sheets(1, 2)


@pytest.mark.parametrize("code", ["fr", "en"])
def test_nothing_is_small(code: str) -> None:
    """No letter under 14 points, in either language."""
    sizes: set[float] = set()

    def visit(text: str, _cm: object, matrix: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.add(round(size * abs(matrix[3] or 1), 1))

    for page in PdfReader(io.BytesIO(sheets(1, 1, code=code))).pages:
        page.extract_text(visitor_text=visit)
    assert min(sizes) == 14 and max(sizes) == 24, sizes


@pytest.mark.parametrize("code", ["fr", "en"])
def test_both_languages_fill_two_pages(code: str) -> None:
    """Neither spills over."""
    assert len(pages(sheets(99_999, 99_999, code=code))) == 2
