"""Some former states of one room's document, so that any in between is made by folding a few updates. Pure."""

from bisect import bisect_right

MOST = 16
"""Kept at once; of more, every other of the older half goes."""

MOST_BYTES = 16 * 1024 * 1024


class Versions:
    """Whole documents, each as one update, by number. They go with their room: a redaction leaves none."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._states: list[bytes] = []

    def keep(self, number: int, state: bytes) -> None:
        """Keep the document at a number; one that is not above those kept is passed over."""
        if self._numbers and number <= self._numbers[-1]:
            return
        self._numbers.append(number)
        self._states.append(state)
        while len(self._numbers) > 1 and (len(self._numbers) > MOST or sum(map(len, self._states)) > MOST_BYTES):
            older = slice(0, max(1, len(self._numbers) // 2), 2)
            del self._numbers[older], self._states[older]

    def before(self, number: int) -> tuple[int, bytes] | None:
        """The newest that is not above a number, with its own number; None when all are."""
        at = bisect_right(self._numbers, number)
        return (self._numbers[at - 1], self._states[at - 1]) if at else None
