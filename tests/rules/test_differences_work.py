"""How much work a comparison does: the search has a budget, and what is contiguous is one piece."""

from collections.abc import Iterator

import pytest

from motion.rules import differences
from motion.rules.authorship import Authors
from motion.rules.differences import Kind, compare
from motion.rules.markdown import Piece


class Sign:
    """An item that counts how often it is compared."""

    asked = 0

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        Sign.asked += 1
        return isinstance(other, Sign) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


def test_following_what_is_the_same_is_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dots broken up in other places by signs that differ: the search ends one run of dots after its budget."""
    monkeypatch.setattr(Sign, "asked", 0)
    one = [Sign(name) for at in range(250) for name in ["."] * 400 + [f"one {at}"]]
    two = [Sign(name) for at in range(250) for name in ["."] * (400 if at else 200) + [f"two {at}"]]
    assert differences._shortest(one, two, differences._Budget(1_000)) is None
    assert Sign.asked < 2 * 1_000 + 400  # each way tried ends with one more question


def test_an_author_is_looked_up_once_for_what_they_added_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many words: one piece of the text, one look."""
    asked = []
    genuine = Authors.over

    def over(authors: Authors, piece: Piece) -> Iterator[tuple[str, int | None]]:
        asked.append(piece)
        return genuine(authors, piece)

    monkeypatch.setattr(Authors, "over", over)
    text = "mot " * 20_000
    compare("", text, [(len(text), 7)])
    assert asked == [Piece(0, text + "\n")]


def test_what_one_author_added_is_one_piece() -> None:
    """Cut at the lines' ends, and where blank lines part it in the source; each character has its author."""
    text = "Un deux.\n\nTrois quatre.\nCinq."
    compared = compare("", text, [(3, 7), (5, 8), (len(text) - 8, 7)])
    assert [[(each.kind, each.text, each.official) for each in line.words] for line in compared.lines] == [
        [(Kind.ADDED, "Un ", 7), (Kind.ADDED, "deux.", 8)],
        [(Kind.ADDED, "Trois quatre.", 7)],
        [(Kind.ADDED, "Cinq.", 7)],
    ]
    assert (compared.added, compared.by_official) == (26, ((7, 21), (8, 5)))
