"""What a template gave to replace and nobody has replaced is found before a text is frozen or voted on."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.brackets import Unfilled, unfilled
from motion.rules.templates import TEMPLATES, first_text
from motion.rules.text import parse


class TestUnfilled:
    @pytest.mark.parametrize("template", TEMPLATES)
    def test_every_bracket_of_a_template(self, template) -> None:
        """Each once, in order, none of the title's own."""
        text = first_text(template.key, "Un titre [entre crochets]")
        found = [words for one in unfilled(parse(text)) for words in one.words]
        assert found == re.findall(r"\[[^]\\]+\]", text.partition("\n")[2])

    def test_a_line_is_named_by_its_number_and_a_heading_by_its_part(self) -> None:
        """Where to look on the page and on paper."""
        text = parse(
            "# [Titre]\n\nUne ligne.\n\n## [Nom]\n\nDemande à [qui] **[quoi]**, avant le [date].\n\n### [Sous]\n"
        )
        assert unfilled(text) == (
            Unfilled(None, "", ("[Titre]",)),
            Unfilled(None, "article-1", ("[Nom]",)),
            Unfilled(2, "ligne-2", ("[qui]", "[quoi]", "[date]")),
            Unfilled(None, "article-1", ("[Sous]",)),
        )

    @pytest.mark.parametrize(
        "line",
        ["[…]", "[...]", "[1]", "il a dit [sic]", "\\[à garder\\]", "[un lien](https://exemple.example/)", "[ouvert"],
    )
    def test_what_is_no_place_to_fill(self, line: str) -> None:
        """Cuts, notes, quotations, brackets that were meant, links."""
        assert unfilled(parse(line)) == ()

    @settings(max_examples=150)
    @given(st.text(alphabet="[]\\*# \nab1…", max_size=60))
    def test_anything_can_be_asked(self, text: str) -> None:
        """Whatever the signs, the words found stand on a line of their own number."""
        parsed = parse(text)
        shown = {alinea.line: alinea.text for alinea in parsed.alineas}
        for one in unfilled(parsed):
            assert one.words and all(words in shown.get(one.line, words) for words in one.words)
