"""The parts of a motion, its numbers and anchors."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.errors import TextTooLong
from motion.rules.headings import SectionKind
from motion.rules.lines import Positions, line_at, line_starts_utf16
from motion.rules.markdown import MAX_TEXT_CHARACTERS, normalised
from motion.rules.outline import heading_lines, outline, section_at, section_named
from motion.rules.text import Heading, digest, parse

CASES = json.loads((Path(__file__).parent / "data" / "line_numbers.json").read_text())["cases"]

MOTION = """# Motion sur l’accès aux soins

Nous, élues et élus réunis à Ormeline,

## Exposé des motifs

Le car de 7 h 10 n’existe plus.
Alors on renonce.

## CONSIDERANTS

Considérant que la distance décide ;

## Se déplacer pour se soigner

Elles s’engagent à mutualiser une navette :

- gratuite pour toutes et tous ;
- adaptée aux fauteuils roulants.

### Le financement

> Le coût est partagé.

## Article 9 : Salarier les soignants

1. Elles demandent le droit de salarier.

## Annexe A
"""

SIGNS = st.text(alphabet=st.sampled_from("aé😀 \n\t*_#>-+1.)[](<\\!`~&;:/\"'h\r\0=\u00a0\u2003"), max_size=120)
MARKED = st.lists(
    st.sampled_from(
        [
            "**",
            "*",
            "_",
            "mot",
            " ",
            "é",
            "\n",
            "\n\n",
            "- ",
            "> ",
            "## ",
            "# ",
            "1. ",
            "\\",
            "[",
            "]",
            "](https://a.fr)",
        ]
        + ["](https://a.fr 'x\ny')", "  \n", "\t", "😀", "`", "### ", "Axe 1", " #", "    "]
    ),
    max_size=40,
).map("".join)


class TestParts:
    """What the headings open."""

    def test_the_title_is_the_first_heading_of_level_one(self):
        """The title stands apart, and is neither section nor line."""
        motion = parse(MOTION)
        assert motion.title is not None
        assert motion.title.text == "Motion sur l’accès aux soins"
        assert motion.sections[0].kind is SectionKind.PREAMBLE

    def test_known_names_are_not_articles(self):
        """Capitals and accents do not matter; all other headings of level two are numbered articles."""
        assert [(section.anchor, section.title) for section in parse(MOTION).sections] == [
            ("preambule", ""),
            ("expose-des-motifs", "Exposé des motifs"),
            ("considerants", "CONSIDERANTS"),
            ("article-1", "Article 1. Se déplacer pour se soigner"),
            ("article-2", "Article 2. Salarier les soignants"),
            ("annexe", "Annexe A"),
        ]

    @pytest.mark.parametrize(
        ("typed", "shown"),
        [
            ("Article 7 : Se loger", "Article 1. Se loger"),
            ("ARTICLE 7 – Se loger", "Article 1. Se loger"),
            ("Article premier", "Article 1"),
            ("Article 1er. Se loger", "Article 1. Se loger"),
            ("Art. 3 Se loger", "Article 1. Se loger"),
            ("Article II. Se loger", "Article 1. Se loger"),
            ("Article 12 de la loi de 2031", "Article 1. Article 12 de la loi de 2031"),
            ("Articles de presse", "Article 1. Articles de presse"),
            ("**Article 2.** Se loger", "Article 1. Se loger"),
            ("", "Article 1"),
        ],
    )
    def test_the_servers_number_wins(self, typed, shown):
        """A number that someone typed stays in the source and is not shown."""
        assert parse(f"## {typed}\n").sections[0].title == shown

    def test_demands_are_numbered_across_axes(self):
        """Axes and demands have each their own count; subheadings elsewhere have none."""
        motion = parse(
            "## Axe 1 : Lire\nMots.\n### Un\n### Revendication n° 7 : Deux\n## Axe 9. Écrire\n"
            "### Trois\n## Loger\n### Non"
        )
        assert [section.title for section in motion.sections] == [
            "Axe 1. Lire",
            "Demande 1. Un",
            "Demande 2. Deux",
            "Axe 2. Écrire",
            "Demande 3. Trois",
            "Article 1. Loger",
        ]
        assert [type(content) for content in motion.sections[-1].contents] == [Heading]

    def test_a_repeated_name_has_its_own_anchor(self):
        """Two annexes: two anchors."""
        assert [section.anchor for section in parse("## Annexe 1\n## Annexe 2").sections] == ["annexe", "annexe-2"]

    def test_sections_follow_one_another_without_a_gap(self):
        """Each character after the title belongs to one section."""
        sections = parse(MOTION).sections
        assert all(one.end == other.start for one, other in zip(sections, sections[1:], strict=False))
        assert sections[-1].end == len(MOTION)


class TestLines:
    """One number for each line with words, the same on every screen and on paper."""

    def test_lines_are_numbered_through_the_motion(self):
        """Paragraphs, items and quotes have numbers, headings have none; each new line is an alinéa."""
        motion = parse(MOTION)
        assert [(alinea.line, alinea.kind, alinea.text[:18]) for alinea in motion.alineas] == [
            (1, "paragraph", "Nous, élues et élu"),
            (2, "paragraph", "Le car de 7 h 10 n"),
            (3, "paragraph", "Alors on renonce."),
            (4, "paragraph", "Considérant que la"),
            (5, "paragraph", "Elles s’engagent à"),
            (6, "item", "gratuite pour tout"),
            (7, "item", "adaptée aux fauteu"),
            (8, "quote", "Le coût est partag"),
            (9, "item", "Elles demandent le"),
        ]
        assert [alinea.continues for alinea in motion.alineas[1:3]] == [False, True]

    def test_alineas_are_numbered_in_their_article(self):
        """The anchors of an article's alinéas, and of lines."""
        article = section_named(parse(MOTION), "article-1")
        assert article is not None
        assert [(alinea.anchor, alinea.line_anchor) for alinea in article.alineas][-1] == (
            "article-1-alinea-4",
            "ligne-8",
        )

    def test_a_line_knows_its_place_in_the_source(self):
        """The range is the source's line, signs included."""
        assert [MOTION[alinea.start : alinea.end] for alinea in parse(MOTION).alineas][5:9] == [
            "- gratuite pour toutes et tous ;",
            "- adaptée aux fauteuils roulants.",
            "> Le coût est partagé.",
            "1. Elles demandent le droit de salarier.",
        ]

    @given(MARKED | SIGNS)
    @settings(max_examples=200, deadline=None)
    def test_each_line_is_judged_alone(self, text):
        """The editor's rule (numbering.ts): all lines but headings and those of blanks and bare signs, in any text."""
        motion = parse(text)
        numbered = {alinea.start: alinea.line for alinea in motion.alineas}
        at = last = 0
        for line in motion.source.split("\n"):
            counts = not re.match(r"[ \t]*#{1,6}(?:[ \t]|\Z)", line) and line.strip(" \t\u00a0\u202f>*+-")
            last += bool(counts)
            assert numbered.get(at) == (last if counts else None), line
            at += len(line) + 1

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
    def test_the_editor_counts_the_same(self, case):
        """The cases that the editor's own numbering is held to."""
        motion = parse(case["text"])
        numbered = {alinea.start: alinea.line for alinea in motion.alineas}
        starts = [0, *(match.end() for match in re.finditer("\n", motion.source))]
        assert [numbered.get(start) for start in starts] == case["numbers"]

    @given(MARKED | SIGNS)
    @settings(max_examples=200, deadline=None)
    def test_shown_characters_are_the_sources(self, text):
        """Each shown piece stands in the source where it says, in order, never twice."""
        motion = parse(text)
        assert len(motion.source) == len(text)
        assert motion.source == normalised(text)
        at = 0
        for alinea in motion.alineas:
            for piece in alinea.pieces:
                assert motion.source[piece.start : piece.end] == piece.text
                assert piece.start >= at
                assert alinea.start <= piece.start <= piece.end <= alinea.end
                at = piece.end


class TestPositions:
    """Characters, UTF-16 units, UTF-8 bytes."""

    @given(st.text(alphabet="aé’😀·", max_size=60), st.data())
    @settings(max_examples=100)
    def test_positions_convert_both_ways(self, text, data):
        """Each conversion agrees with an encoder, and comes back."""
        position = data.draw(st.integers(0, len(text)))
        positions = Positions(text)
        assert positions.utf16(position) == len(text[:position].encode("utf-16-le")) // 2
        assert positions.utf8(position) == len(text[:position].encode())
        assert positions.from_utf16(positions.utf16(position)) == position
        assert positions.from_utf8(positions.utf8(position)) == position

    def test_the_gutter_counts_in_utf16(self):
        """What the editor must show, in its own unit."""
        assert line_starts_utf16(parse("😀\n\né")) == [(1, 0), (2, 4)]

    def test_a_position_has_its_line_and_section(self):
        """Between two lines: the one before."""
        motion = parse(MOTION)
        assert line_at(motion, MOTION.index("Alors")) == 3
        assert line_at(motion, 0) is None
        found = section_at(motion, MOTION.index("roulants"))
        assert found is not None and found.anchor == "article-1"


class TestOutline:
    """The side panel."""

    def test_every_heading_of_the_source_with_its_number(self):
        """For the editor: the line it stands on, its label, and a number that was typed and isn't shown."""
        source = "# Titre\n\nmots\n## Motifs\n### Sous-titre\n## Article 7 : Se **soigner**\n## Article 9\n## **Gras**"
        found = heading_lines(parse(source))
        assert [line.text for line in found] == [line for line in source.split("\n") if line.startswith("#")]
        assert [source.split("\n")[line.row] for line in found] == [line.text for line in found]
        assert [line.label for line in found] == ["", "", "", "Article 1", "Article 2", "Article 3"]
        assert [line.typed for line in found] == ["", "", "", "Article 7 : ", "Article 9", ""]

    def test_the_outline_says_where_and_how_long(self):
        """One entry for each heading that opens a section."""
        entries = outline(parse(MOTION))
        assert [(entry.label, entry.first_line, entry.line_count) for entry in entries][2:4] == [
            ("Article 1", 5, 4),
            ("Article 2", 9, 1),
        ]
        assert entries[0].title == "Exposé des motifs"


def test_a_text_too_long_is_refused():
    """Above the limit nothing is read."""
    with pytest.raises(TextTooLong) as refused:
        parse("a" * (MAX_TEXT_CHARACTERS + 1))
    assert (refused.value.characters, refused.value.limit) == (MAX_TEXT_CHARACTERS + 1, MAX_TEXT_CHARACTERS)


def test_the_digest_is_of_the_exact_bytes():
    """Composed and decomposed é are two texts: nothing is normalised behind the authors' back."""
    assert digest("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"
    assert digest("e\u0301") != digest("é")
