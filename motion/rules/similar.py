"""What says the like of what: a hint for people, by the rare words that two contributions share. It decides nothing.

Two contributions are brought together when they share at least `LEAST_SHARED` stems that few others have. Each shared
stem weighs the more the rarer it is, log(N / n): N contributions in all, n of them with the stem (the inverse document
frequency of Spärck Jones, *A statistical interpretation of term specificity*, 1972). So a hint can be explained by the
words themselves, which are shown with it.
"""

import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from motion.rules.names import folded
from motion.rules.words import stem, stems

MAX_STEMS = 300  # of one contribution: four pages say no more that would tell them apart
LEAST_LETTERS = 3
LEAST_SHARED = 3
MOST_LOOKED_AT = 24  # of its own rare stems: those that say the most
FEW = 8  # contributions that may have a stem before it is common, however small the collection
COMMON_SHARE = 0.05
SHOWN = 5  # hints
SHOWN_WORDS = 6  # of each

_WORD = re.compile(r"[^\W\d_]+")
# Words that say nothing of a subject, though they are not in every sentence.
_PALE = frozenset(
    map(
        stem,
        "alors ainsi apres aussi autre autres avant avoir avons avez ont avait bien beaucoup cela celui celle ceux "
        "chaque comme contre depuis deux donc encore entre etre sommes etes etait faire fait faut font ici jamais "
        "jour jours jusque lors meme mieux moins monde mal non parce peu peut peuvent plus plusieurs pourquoi pouvoir "
        "premier pres puis quand quel quelle quelque rien sans sera seront seulement si sous souvent tant "
        "tous tout toute toutes toujours tres trop trois vers voir voila vraiment chez quoi dont cest nest sait "
        "veut vient".split(),
    )
)


@dataclass(frozen=True, slots=True)
class Alike:
    """One that says the like. `shared` are stems, the rarest first."""

    number: int
    weight: float
    shared: tuple[str, ...]


def kept(text: str) -> tuple[str, ...]:
    """The stems by which a text may be like another, each once, in its order: at most `MAX_STEMS`."""
    found = (one for one in stems(text) if len(one) >= LEAST_LETTERS and not one.isdigit() and one not in _PALE)
    return tuple(dict.fromkeys(found))[:MAX_STEMS]


def rare(frequencies: Mapping[str, int], total: int) -> tuple[str, ...]:
    """Of the stems of a text, those worth looking for in others: shared by some, but not by many; the rarest first.

    Args:
        frequencies: How many contributions have each stem, this one included.
        total: Contributions in all.
    """
    most = max(FEW, int(total * COMMON_SHARE))
    found = [(count, one) for one, count in frequencies.items() if 2 <= count <= most]
    return tuple(one for _count, one in sorted(found)[:MOST_LOOKED_AT])


def alike(shared: Mapping[int, AbstractSet[str]], frequencies: Mapping[str, int], total: int) -> list[Alike]:
    """Order those that share enough: the heaviest first, and of equal ones the oldest; at most `SHOWN`.

    Args:
        shared: For each other contribution, the rare stems that it shares.
    """
    found = []
    for number, own in shared.items():
        if len(own) >= LEAST_SHARED:
            ordered = tuple(sorted(own, key=lambda one: (frequencies[one], one)))
            # One more than all: in a collection where everybody says it, a stem still weighs something.
            weight = sum(math.log((total + 1) / frequencies[one]) for one in ordered)
            found.append(Alike(number, weight, ordered))
    return sorted(found, key=lambda one: (-one.weight, one.number))[:SHOWN]


def words_of(text: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a text that have these stems, as they stand there, in the stems' order: at most `SHOWN_WORDS`."""
    first: dict[str, str] = {}
    for word in _WORD.findall(text):
        plain = folded(word)
        if plain and " " not in plain:
            first.setdefault(stem(plain), word.lower())
    return tuple(first[one] for one in wanted if one in first)[:SHOWN_WORDS]
