"""Who wrote each character, through any changes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules import runs as rules
from motion.rules.runs import Runs
from tests.effort import calls


@pytest.mark.parametrize("stretch", [1, 2, 512])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_each_character_is_whose_who_put_it_in(stretch: int, seed: int) -> None:
    """As if each character carried its author; begun from nothing or from runs, in stretches of any size."""
    dice = random.Random(seed)
    before, rules.STRETCH = rules.STRETCH, stretch
    try:
        begun = [(dice.randint(0, 4), dice.randint(0, 3)) for _ in range(dice.randint(0, 8))]
        runs = Runs(begun)
        letters = [official for length, official in begun for _ in range(length)]
        for _ in range(60):
            position = dice.randint(0, len(letters))
            deleted = min(len(letters) - position, dice.choice([0, 0, 1, 3, 20]))
            inserted, official = dice.choice([0, 1, 1, 5]), dice.randint(0, 3)
            runs.splice(position, deleted, inserted, official)
            letters[position : position + deleted] = [official] * inserted
            joined = runs.joined()
            assert [official for length, official in joined for _ in range(length)] == letters
            assert all(one[1] != other[1] for one, other in zip(joined, joined[1:], strict=False))
    finally:
        rules.STRETCH = before


@pytest.mark.parametrize(("position", "deleted"), [(4, 0), (2, 2), (0, 9)])
def test_a_change_beyond_the_text_is_refused(position: int, deleted: int) -> None:
    """Nothing stands there."""
    with pytest.raises(ValueError, match="beyond"):
        Runs([(1, 7), (2, 8)]).splice(position, deleted, 1, 7)


def test_a_change_costs_no_walk_through_all_runs() -> None:
    """In a text of 60,000 runs: `len` is asked at each run that is walked over."""
    dice = random.Random(1)
    runs = Runs([(1, number % 40) for number in range(60_000)])
    work = calls(lambda: [runs.splice(dice.randrange(60_000), 0, 1, dice.randrange(40)) for _ in range(100)])
    assert work < 100 * 3 * rules.STRETCH
