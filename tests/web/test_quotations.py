"""Passages to be quoted: the words as they read, wherever the passage is cut."""

from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.markdown import normalised
from motion.web.quotations import as_read, shortened

TEXT = "## Le **car**\n\nIl ne passe *plus*.\n\n- lundi\n- [mardi](https://bourg.example)\n"


class TestAsRead:
    def test_signs_are_no_words(self) -> None:
        """Headings, emphasis, lists and links are read; lines stay apart."""
        assert as_read(TEXT, 0, len(TEXT)) == "Le car\n\nIl ne passe plus.\n\nlundi\nmardi"

    def test_a_cut_within_signs(self) -> None:
        """Half of a bold word is its half, without a stray star."""
        assert as_read(TEXT, 0, TEXT.index("ar**") + 1) == "Le ca"

    @settings(max_examples=200)
    @given(st.text(max_size=120), st.integers(0, 120), st.integers(0, 120))
    def test_each_character_is_the_source_s(self, text: str, first: int, last: int) -> None:
        """Nothing is added but line ends, and the order is kept."""
        text = normalised(text)
        rest = iter(text[first:last])
        assert all(sign in rest for sign in as_read(text, first, last) if sign != "\n")


class TestShortened:
    def test_it_ends_with_a_word(self) -> None:
        """Never two signs before the ellipsis."""
        assert shortened("Le car ne passe plus. Il neige.", 24) == "Le car ne passe plus…"
