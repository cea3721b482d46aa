"""What is known of each character of a text: who wrote it, for whom, and whether it stands in for a letter taken out.

The letters of a redacted update are kept as `▒`, and anybody may type that sign: which of them are masks is known by
the update that brought them, not by the sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from motion.live.authorship import Authorship, Run
from motion.live.knowledge import Author


class Written:
    """Runs of one text, in UTF-8 bytes. One owner: the draft.

    Attributes:
        authors: Who wrote it.
        typed_for: For whom a rapporteur typed it; None before somebody does.
        masked: 1 where a letter was taken out; None before any was.
    """

    def __init__(self, memory: Mapping[str, Iterable[tuple[int, int]]] | None = None) -> None:
        kept = memory or {}
        self.authors = _runs(kept.get("runs", ()))
        self.typed_for = _runs(kept["typed_for"]) if "typed_for" in kept else None
        self.masked = _runs(kept["masked"]) if "masked" in kept else None

    def memory(self) -> dict[str, list[Run]]:
        """All of it, to be made again."""
        known = {"runs": self.authors, "typed_for": self.typed_for, "masked": self.masked}
        return {name: list(runs) for name, runs in known.items() if runs is not None}

    def apply(self, deltas: Sequence[Sequence[dict[str, Any]]], author: Author, *, is_redacted: bool) -> None:
        """Follow the pycrdt text events of one update.

        Raises:
            ValueError: An event reaches beyond the text: runs and text have parted.
        """
        if author.typed_for and self.typed_for is None:
            self.typed_for = Authorship([Run(self.authors.length, 0)])
        if is_redacted and self.masked is None:
            self.masked = Authorship([Run(self.authors.length, 0)])
        for delta in deltas:
            self.authors.apply(delta, author.official)
            if self.typed_for is not None:
                self.typed_for.apply(delta, author.typed_for)
            if self.masked is not None:
                self.masked.apply(delta, int(is_redacted))

    def follows(self, length: int) -> bool:
        """Whether the runs are those of a text of this length."""
        return all(runs.length == length for runs in (self.authors, self.typed_for, self.masked) if runs is not None)


def _runs(kept: Iterable[tuple[int, int]]) -> Authorship:
    return Authorship(Run(length, known) for length, known in kept)
