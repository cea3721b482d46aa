"""Words as people search them."""

import doctest

import pytest

from motion.rules import words
from motion.rules.words import EXCERPT, asked, excerpt, marks, stem, stems

ALIKE = (
    ("élu", "élus", "élue", "élues", "ÉLUES"),
    ("conseiller", "conseillers", "conseillère", "conseillères"),
    ("soin", "soins"),
    ("hôpital", "hôpitaux", "hopital"),
    ("bureau", "bureaux"),
    ("maire", "maires"),
    ("œuvre", "oeuvres"),
    ("solidaire", "solidaires"),
    ("rédiger", "rédige"),
)
APART = (("soin", "soir"), ("loi", "lot"), ("train", "terrain"), ("eau", "au"))


def test_the_examples_hold() -> None:
    """Those of the docstrings."""
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize("family", ALIKE)
def test_forms_of_a_word_are_one(family: tuple[str, ...]) -> None:
    """Plural, feminine, accents, capitals."""
    assert len({tuple(stems(form)) for form in family}) == 1, [stems(form) for form in family]


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_words_stay_apart(one: str, other: str) -> None:
    """Short words lose nothing."""
    assert stem(one) != stem(other)


def marked(text: str, search: str) -> list[str]:
    """The words found, as they stand."""
    return [text[start:end] for start, end in marks(text, asked(search))]


def test_the_words_found_are_marked_as_they_stand() -> None:
    """With their accents, and after an elision."""
    assert marked("L’accès aux soins, l’eau et les Élues.", "elu soin ") == ["soins", "Élues"]
    assert marked("L’accès à l’eau.", "eau ") == ["eau"]


def test_a_word_being_typed_finds_those_that_begin_so() -> None:
    """From three letters; a blank ends it."""
    assert marked("La navette solidaire", "solid") == ["solidaire"]
    assert marked("La navette solidaire", "solid ") == []
    assert asked("na").begun == ""


def test_empty_words_are_left_out_unless_alone() -> None:
    """`l’accès aux soins` looks for two words."""
    assert asked("l’accès aux soins ").whole == ("acc", "soin")
    assert asked("de la ").whole == ("de", "la")
    assert asked(" ?! ").is_empty


def test_an_excerpt_holds_the_first_word_found_and_cuts_between_words() -> None:
    """A long passage; a short one is shown whole."""
    text = "mot " * 200 + "navette " + "mot " * 200
    places = list(marks(text, asked("navette ")))
    start, end = excerpt(text, places)
    assert "navette" in text[start:end] and end - start <= EXCERPT
    assert text[start:end].split()[0] == "mot" and text[end - 1 : end + 1] != "ot"
    assert excerpt("court", []) == (0, 5)
