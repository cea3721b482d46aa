"""The shipped list of communes: whole, and found as people type."""

import doctest

import pytest

from motion.rules import communes
from motion.rules.communes import departments, find, named


def test_the_examples_hold() -> None:
    """Those of the module."""
    assert doctest.testmod(communes).failed == 0


def test_every_commune_has_its_department() -> None:
    """Some 35,000 communes, a hundred departments and the collectivities overseas."""
    listed = communes.communes()
    assert 34_000 < len(listed) < 36_000
    assert {each.department for each in listed.values()} <= set(departments())


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("le havre", "76351"),
        ("LE HAVRE", "76351"),
        ("havre", "76351"),
        ("st étienne", "42218"),
        ("l'abergement-clem", "01001"),
        ("l’Abergement-Clém", "01001"),
        ("42000", "42218"),
        ("2A004", "2A004"),
        ("ajaccio", "2A004"),
        ("fort de france", "97209"),
    ],
)
def test_found_as_people_type(asked: str, code: str) -> None:
    """With or without accents, article, hyphens; by postal code."""
    assert code in [commune.code for commune in find(asked)]


def test_an_exact_name_comes_first() -> None:
    """Before the longer ones."""
    assert find("lyon")[0].code == "69123"


def test_communes_of_one_name_are_all_told() -> None:
    """Whoever types says which."""
    assert len({commune.department for commune in named("Saint-Denis")}) > 1


@pytest.mark.parametrize("asked", ["", "   ", "’", "zzzz", "x" * 5_000, "0"])
def test_nothing_found_is_no_error(asked: str) -> None:
    """Whatever is typed."""
    assert len(find(asked)) <= 12
