"""What a new motion begins with, and how names are written."""

import re

import pytest

from motion.rules.errors import NotFound
from motion.rules.headings import SectionKind
from motion.rules.names import display_family_name, display_name, folded, initials, presence_name
from motion.rules.templates import TEMPLATES, first_text
from motion.rules.text import parse


class TestTemplates:
    """Read by the same rules as any motion."""

    def test_the_deliberative_form_has_its_parts_in_order(self):
        """Exposé des motifs, visas, considérants, dispositif, articles, and what comes of it."""
        kinds = [section.kind for section in parse(first_text("deliberative", "L’accès aux soins")).sections]
        assert kinds[:4] == [
            SectionKind.EXPLANATION,
            SectionKind.VISAS,
            SectionKind.RECITALS,
            SectionKind.ENACTING,
        ]
        assert set(kinds[4:-1]) == {SectionKind.ARTICLE}
        assert kinds[-1] is SectionKind.FOLLOW_UP

    def test_demands_are_numbered_under_axes(self):
        """Three demands under two axes."""
        labels = [section.label for section in parse(first_text("axes", "Lire partout")).sections]
        assert labels[1:6] == ["Axe 1", "Demande 1", "Demande 2", "Axe 2", "Demande 3"]

    @pytest.mark.parametrize("template", TEMPLATES)
    def test_the_title_is_the_congresss(self, template):
        """Its signs are words, not Markdown."""
        title = parse(first_text(template.key, "Un [titre] *sobre* à 2_3")).title
        assert title is not None
        assert title.text == "Un [titre] *sobre* à 2_3"

    @pytest.mark.parametrize("template", TEMPLATES)
    def test_french_spaces_and_apostrophes(self, template):
        """U+202F before a semicolon, U+00A0 before a colon, typographic apostrophes."""
        assert not re.search(r"[ \w];|[ \w]:|'", template.text)

    def test_an_unknown_template_is_refused(self):
        """By its name."""
        with pytest.raises(NotFound):
            first_text("sonnet", "x")


class TestNames:
    """As printed, as compared, as shortened."""

    @pytest.mark.parametrize(
        ("capitals", "printed"),
        [
            ("CORBIÈRES", "Corbières"),
            ("DE LA TOUR-DUPIN", "de La Tour-Dupin"),
            ("LE GOFFEC", "Le Goffec"),
            ("D'HAUTERIVE", "d’Hauterive"),
            ("N'DIAWAR", "N’Diawar"),
            ("DU FRÊNOIS", "du Frênois"),
            ("DES", "Des"),
            ("SAINT-ORMEL", "Saint-Ormel"),
            ("McOrmel", "McOrmel"),
            ("de l'Orme", "de l’Orme"),
            ("É", "É"),
        ],
    )
    def test_family_names_out_of_capitals(self, capitals, printed):
        """Particles as in the Imprimerie nationale's Lexique; what its owner wrote is left."""
        assert display_family_name(capitals) == printed

    def test_a_whole_name(self):
        """First names out of capitals too."""
        assert display_name("MARIE-CLAUDE ANNE", "DE LA TOUR-DUPIN") == "Marie-Claude Anne de La Tour-Dupin"

    @pytest.mark.parametrize(
        ("name", "two"),
        [
            ("Aline Corbières", "AC"),
            ("Marie-Claude de La Tour-Dupin", "MT"),
            ("Élodie d’Hauterive", "ÉH"),
            ("Zoé", "Z"),
            ("", "?"),
            ("œuilly ßa", "ŒS"),
        ],
    )
    def test_initials(self, name, two):
        """Particles do not count."""
        assert initials(name) == two

    def test_names_are_compared_without_accents(self):
        """Ligatures, apostrophes and hyphens too."""
        assert folded("  D’Hauterive-ŒUVRÉ ") == folded("d'hauterive oeuvre") == "d hauterive oeuvre"

    @pytest.mark.parametrize(
        ("name", "short"),
        [
            ("Aline Corbières", "Aline Corbières"),
            ("Marie-Claude Montclairval", "M. Montclairval"),
            ("Anne-Élisabeth de La Tour-Dupin", "A. de La Tour-Dupin"),
            ("É" * 30, "É" * 10 + "…"),
        ],
    )
    def test_presence_names_fit_their_bytes(self, name, short):
        """At most 24 bytes of UTF-8, never half a character."""
        assert presence_name(name) == short
        assert len(presence_name(name).encode()) <= 24
