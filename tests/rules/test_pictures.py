"""The numbers of the drawings: nothing leaves its frame, and areas are in proportion."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.pictures import columns, damier

CELLS = st.dictionaries(st.tuples(st.integers(48, 107), st.integers(0, 6)), st.integers(1, 4_000), max_size=60)
WIDTHS = st.sampled_from([(340, 30), (700, 10), (1100, 10)])


def squares(paths: tuple[str, ...]) -> list[tuple[float, float, float]]:
    """(x, y, side) of each."""
    found = [re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", path) for path in paths]
    return [(float(x), float(y), float(side)) for path in found for x, y, side in path]


@given(CELLS, WIDTHS)
@settings(max_examples=100, deadline=None)
def test_every_square_stands_within_the_frame(cells: dict[tuple[int, int], int], size: tuple[int, int]) -> None:
    """Of three widths, for a day from 8 h to 18 h."""
    drawn = damier(cells, [(part, f"Article {part}") for part in range(7)], 8, 10, *size)
    for x, y, side in squares(drawn.squares):
        assert drawn.left <= x + 0.2 and x + side <= drawn.width and 0 <= y and y + side <= drawn.base
    assert all(0 <= x <= drawn.width for x, _hour in drawn.hours)


def test_four_times_the_characters_is_twice_the_side() -> None:
    """Area follows what was written."""
    drawn = damier({(54, 1): 400, (60, 1): 100}, [(1, "Article 1")], 9, 2, 400)
    sides = sorted(side for _x, _y, side in squares(drawn.squares))
    assert abs(sides[1] / sides[0] - 2) < 0.1


def test_columns_stack_their_authors_and_join_the_same_ones() -> None:
    """Height is length; a ribbon for each author who is in two neighbours."""
    drawn = columns([[(1, 100)], [(1, 100), (2, 100)]], 700)
    (first,), (second, third) = drawn.bands
    assert first.height == second.height == third.height
    assert third.y == second.y + second.height + 2 and second.x + second.width == 700
    assert [official for official, _path in drawn.ribbons] == [1]
    assert columns([[]], 700).bands == ((),)
