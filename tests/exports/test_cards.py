"""The sheet of cards: what is printed can be used."""

import re
from datetime import UTC, datetime

from motion.exports.cards import CARDS_PER_PAGE, AddressCard, PrintedCard, address_cards_pdf, cards_pdf, qr_svg
from motion.language import language

NOW = datetime(2031, 11, 14, 8, 0, tzinfo=UTC)


def sheet(count: int, name: str = "Aline Corbières") -> bytes:
    card = PrintedCard(name, "maire", "Valbrune", "7KQ 3XP D9TR", "https://motion.example/ormeline/carte/" + "a" * 43)
    return cards_pdf(
        [card] * count,
        congress="Congrès des communes d’Ormeline",
        sign_in_address="motion.example/ormeline/connexion",
        language=language("fr"),
        now=NOW,
    )


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


class TestSheet:
    def test_eight_cards_a_page(self) -> None:
        """Nine cards make two pages."""
        assert pages(sheet(CARDS_PER_PAGE)) == 1
        assert pages(sheet(CARDS_PER_PAGE + 1)) == 2

    def test_it_is_tagged_and_always_the_same(self) -> None:
        """PDF/UA-1 is declared, and the bytes depend on the data and the moment alone."""
        pdf = sheet(2)
        assert b"pdfuaid" in pdf and b"/StructTreeRoot" in pdf
        assert pdf == sheet(2)

    def test_a_name_is_never_a_command(self) -> None:
        """Typst's own signs are printed as they are; long names wrap inside their card."""
        assert sheet(1, '#read("/etc/passwd") $x$ *a* _b_ \\ "').startswith(b"%PDF")
        assert pages(sheet(8, "Marie-Claude-Élisabeth de La Tour-Dupin de Saint-Exupéry-Montclairval")) == 1


class TestAddresses:
    def test_long_names_and_other_peoples_signs_stay_in_their_card(self) -> None:
        """Eight to a page whatever authors call themselves."""
        card = AddressCard("C1204", '#read("/etc/passwd") ' + "Marie-Claude-Élisabeth " * 4, "https://m/s", "0f3a " * 8)
        pdf = address_cards_pdf(
            [card] * CARDS_PER_PAGE, congress="Ormeline", follow_address="m/s/", language=language("fr"), now=NOW
        )
        assert pages(pdf) == 1 and b"pdfuaid" in pdf


def test_the_qr_code_is_an_image_without_script() -> None:
    """A drawing in black on nothing, of the size that the sheet expects."""
    svg = qr_svg("https://motion.example/c/carte/x")
    assert svg.startswith("<svg") and "script" not in svg
