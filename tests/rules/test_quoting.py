"""What counts as a quotation: the address of a contribution, or the line that is copied with its words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.quoting import quoted

TITLE = "Congrès d’Ormeline (2031)"


def numbers(text: str) -> list[int]:
    return sorted(quoted(text, "ormeline", TITLE))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[Solène](https://motion.example/ormeline/contributions/C12)", [12]),
        ("/ormeline/contributions/C12?version=2&citer=0-40", [12]),
        ("motion.example/ormeline/contributions/C7/transcription/1?langue=fr#t=72,81.", [7]),
        (f"« Il neige. »\nSolène, Valbrune\nContribution C3, {TITLE}, samedi 15 novembre 2031", [3]),
        ("/ormeline/contributions/C1 et /ormeline/contributions/C12", [1, 12]),
        ("/ormeline/contributions", []),
        ("/ormeline/contributions/C0", []),
        ("/valbrune/contributions/C12", []),
        ("Contribution C3, un autre congrès, samedi", []),
        ("Comme C12 le dit bien.", []),
        ("", []),
    ],
)
def test_signs_of_a_quotation(text: str, found: list[int]) -> None:
    """The number alone is none: C12 may be a road."""
    assert numbers(text) == found


NO_DIGIT = st.text(max_size=60).filter(lambda text: not text.startswith(tuple("0123456789")))


@given(st.integers(1, 999_999_999), st.text(max_size=60), NO_DIGIT)
@settings(max_examples=100, deadline=None)
def test_whatever_stands_around(number: int, before: str, after: str) -> None:
    """The number is read whole, and nothing that surrounds it hides it."""
    assert number in quoted(f"{before}/ormeline/contributions/C{number}{after}", "ormeline", TITLE)
