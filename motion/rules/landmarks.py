"""Landmarks of two texts: what stands once in each, and in the same order (Cohen's patience).

They cut two long texts into pieces that are compared one by one, in time that grows as their length.
"""

from bisect import bisect_left
from collections.abc import Hashable, Sequence


def landmarks(one: Sequence[Hashable], two: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places that hold the same item, found once in `one` and once in `two`: the longest list that ascends in both."""
    where = _once(two)
    pairs = [(left, where[item]) for item, left in _once(one).items() if item in where]
    # The longest ascending list of the right sides, by piles: `tops[n]` ends the lowest list of n + 1.
    tops: list[int] = []
    top_pairs: list[int] = []
    previous: list[int] = []
    for index, (_left, right) in enumerate(pairs):
        pile = bisect_left(tops, right)
        previous.append(top_pairs[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(right)
            top_pairs.append(index)
        else:
            tops[pile], top_pairs[pile] = right, index
    chain = []
    index = top_pairs[-1] if top_pairs else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]


def _once(items: Sequence[Hashable]) -> dict[Hashable, int]:
    """Where each item stands that occurs once, in order."""
    seen: dict[Hashable, int] = {}
    for index, item in enumerate(items):
        seen[item] = -1 if item in seen else index
    return {item: index for item, index in seen.items() if index >= 0}
