"""The names of files: text to be shown, whatever a device or a hand put there."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.file_names import MAX_CHARACTERS, plain_type, shown_name


class TestNames:
    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("Été à la mer.mp4", "Été à la mer.mp4"),
            ("E\u0301te\u0301.jpg", "Été.jpg"),
            ("C:\\Photos\\2031\\IMG_1.HEIC", "IMG_1.HEIC"),
            ("../../../etc/passwd", "passwd"),
            ("photo.jpg/", "photo.jpg"),
            ("..", ""),
            ("...", ""),
            ("", ""),
            ("\u202egpj.exe", "gpj.exe"),
            ("a\x00b\r\nc\t.png", "abc.png"),
            ("  deux   mots .pdf ", "deux mots .pdf"),
            (".htaccess", "htaccess"),
        ],
    )
    def test_a_name_is_cleaned(self, said: str, shown: str) -> None:
        """Paths, controls and turned letters go; the rest stays as people read it."""
        assert shown_name(said) == shown

    def test_a_long_name_keeps_its_ending(self) -> None:
        """Cut in the middle, and said so."""
        shown = shown_name("é" * 5_000 + ".webm")
        assert len(shown) == MAX_CHARACTERS and shown.endswith("é….webm")

    @settings(max_examples=200)
    @given(st.text(max_size=400))
    def test_whatever_it_is(self, said: str) -> None:
        """Short, on one line, without a way to another folder; and cleaning it again changes nothing."""
        shown = shown_name(said)
        assert len(shown) <= MAX_CHARACTERS
        assert not set(shown) & set("/\\\0\r\n")
        assert shown not in {".", ".."}
        assert all(unicodedata.category(letter)[0] != "C" for letter in shown)
        assert shown_name(shown) == shown


class TestTypes:
    @pytest.mark.parametrize(
        ("said", "plain"),
        [
            ("video/mp4", "video/mp4"),
            ("Video/WebM; codecs=vp8,opus", "video/webm"),
            ("", ""),
            ("video", ""),
            ("text/html\r\nSet-Cookie: a=b", ""),
            ("a/" + "b" * 200, ""),
        ],
    )
    def test_a_type_has_the_form_of_one(self, said: str, plain: str) -> None:
        """Or it is nothing: nobody relies on it."""
        assert plain_type(said) == plain
