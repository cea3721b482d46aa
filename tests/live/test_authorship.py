"""Runs of authors follow the text, whatever is done to it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.live.authorship import Authorship, Run

LETTERS = ["a", "é", "’", "😀"]

changes = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 12),
        st.text(LETTERS, max_size=5),
        st.integers(1, 3),
    ),
    max_size=60,
)


def follow(authorship: Authorship, letters: list[tuple[str, int]], at: int, cut: int, new: str, who: int) -> None:
    """One change, to the runs as pycrdt reports it, and to a list of signed letters."""
    octets = [len(letter.encode()) for letter, _ in letters]
    gone = letters[at : at + cut]
    delta: list[dict] = [{"retain": sum(octets[:at])}] if at else []
    if gone:
        delta.append({"delete": sum(octets[at : at + cut])})
    if new:
        delta.append({"insert": new})
    authorship.apply(delta, who)
    letters[at : at + cut] = [(letter, who) for letter in new]


def check(authorship: Authorship, letters: list[tuple[str, int]]) -> None:
    text = "".join(letter for letter, _ in letters)
    signed = [official for length, official in authorship.in_characters(text) for _ in range(length)]
    assert signed == [official for _, official in letters]
    runs = list(authorship)
    assert all(a.official != b.official for a, b in zip(runs, runs[1:], strict=False))
    assert sum(run.length for run in runs) == authorship.length == len(text.encode())
    assert sum(authorship.shares(text).values()) == len(text)


@given(changes)
@settings(max_examples=150, deadline=None)
def test_runs_say_of_each_letter_who_wrote_it(done: list[tuple[float, int, str, int]]) -> None:
    """Against a plain list of signed letters, for any sequence of changes."""
    authorship, letters = Authorship(), []
    for where, cut, new, who in done:
        follow(authorship, letters, int(where * (len(letters) + 1)), cut, new, who)
        check(authorship, letters)


def test_thousands_of_runs_stay_right() -> None:
    """Many chunks, cut and emptied in their turn."""
    dice = random.Random(7)
    authorship, letters = Authorship(), []
    for step in range(6_000):
        at = dice.randrange(len(letters) + 1)
        cut = dice.randrange(400) if step % 500 == 499 else 0
        follow(authorship, letters, at, cut, dice.choice(LETTERS), dice.randrange(1, 40))
        if step % 250 == 0:
            check(authorship, letters)
    check(authorship, letters)
    again = Authorship(authorship)
    assert list(again) == list(authorship)
    check(again, letters)
    follow(authorship, letters, 0, len(letters), "", 1)
    check(authorship, letters)
    follow(authorship, letters, 0, 0, "fin", 2)
    check(authorship, letters)


def test_empty_and_split_runs_are_joined_when_read_back() -> None:
    """Runs from outside need not be tidy."""
    assert list(Authorship([Run(2, 1), Run(0, 2), Run(3, 1)])) == [(5, 1)]


@pytest.mark.parametrize("delta", [[{"retain": 4}, {"insert": "a"}], [{"delete": 4}], [{"retain": 2}, {"delete": 2}]])
def test_an_event_beyond_the_text_is_an_error(delta: list[dict]) -> None:
    """Runs that have parted from the text say so."""
    with pytest.raises(ValueError, match="of 3"):
        Authorship([Run(3, 1)]).apply(delta, 1)
