"""Who wrote each character of a text: runs of (length, official), fed from what each update did to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple


class Run(NamedTuple):
    """A stretch of text by one official; in bytes of UTF-8 or in characters, as the giver says."""

    length: int
    official: int


class Authorship:
    """The runs of one text, in UTF-8 bytes, as pycrdt counts.

    Whoever inserts a character is its author; restored words (the undo of somebody else's deletion) become
    those of the one who restored them. One owner: the draft.
    """

    def __init__(self, runs: Iterable[Run] = ()) -> None: ...

    def apply(self, delta: Iterable[dict[str, Any]], official: int) -> None:
        """Follow one pycrdt text event (`retain`, `insert`, `delete`) made by `official`.

        Raises:
            ValueError: The event reaches beyond the text: runs and text have parted.
        """
        raise NotImplementedError

    def __iter__(self) -> Iterator[Run]:
        """The runs in UTF-8 bytes, neighbours of one official joined."""
        raise NotImplementedError

    def in_characters(self, text: str) -> list[Run]:
        """The runs in characters (code points) of `text`, which must be the text these runs follow."""
        raise NotImplementedError

    def shares(self, text: str) -> dict[int, int]:
        """Characters that each official has in `text`, as it stands."""
        raise NotImplementedError
