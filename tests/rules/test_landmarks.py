"""What stands once in two texts, in the same order."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.landmarks import landmarks


@pytest.mark.parametrize(
    ("one", "two", "places"),
    [
        ("abc", "abc", [(0, 0), (1, 1), (2, 2)]),
        ("abc", "xbyc", [(1, 1), (2, 3)]),
        ("aab", "ab", [(2, 1)]),
        ("ab", "abb", [(0, 0)]),
        ("ab", "cd", []),
        ("", "", []),
    ],
)
def test_a_landmark_stands_once_in_each(one: str, two: str, places: list[tuple[int, int]]) -> None:
    """What is repeated in either text is none."""
    assert landmarks(one, two) == places


@given(st.text("abcdefg", max_size=9), st.text("abcdefg", max_size=9))
@settings(max_examples=200, deadline=None)
def test_no_longer_list_ascends_in_both(one: str, two: str) -> None:
    """Compared with every list that there is."""
    found = landmarks(one, two)
    assert all(one[left] == two[right] for left, right in found)
    assert found == sorted(found) and [right for _left, right in found] == sorted(right for _left, right in found)
    common = [(one.index(sign), two.index(sign)) for sign in one if one.count(sign) == two.count(sign) == 1]

    def ascends(chosen: tuple[tuple[int, int], ...]) -> bool:
        return all(first[1] < second[1] for first, second in combinations(chosen, 2))

    longest = max(size for size in range(len(common) + 1) if any(map(ascends, combinations(common, size))))
    assert len(found) == longest
