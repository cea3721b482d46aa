"""What is known of each character of a text that changes many times: its author, or whether it is a mask."""

from collections.abc import Iterable, Sequence
from itertools import chain

STRETCH = 512
"""Runs of a stretch, up to twice as many: a change costs one stretch and a walk from the last place."""


class _Stretch:
    """Runs that follow each other, and how many characters they are together."""

    __slots__ = ("lengths", "officials", "total")

    def __init__(self, lengths: list[int], officials: list[int]) -> None:
        self.lengths = lengths
        self.officials = officials
        self.total = sum(lengths)

    def take_out(self, inside: int, deleted: int) -> None:
        """Shorten runs by at least one character, from a place on; what is emptied goes."""
        lengths = self.lengths
        self.total -= deleted
        first = 0
        while inside >= lengths[first]:
            inside -= lengths[first]
            first += 1
        after = first
        while deleted:
            taken = min(deleted, lengths[after] - inside)
            lengths[after] -= taken
            deleted -= taken
            inside = 0
            after += 1
        emptied = slice(first + bool(lengths[first]), after - bool(lengths[after - 1]))
        del lengths[emptied], self.officials[emptied]

    def put_in(self, inside: int, inserted: int, official: int) -> None:
        """Lengthen a run, or put one in."""
        lengths, officials = self.lengths, self.officials
        self.total += inserted
        at = 0
        while at < len(lengths) and inside > lengths[at]:
            inside -= lengths[at]
            at += 1
        if at == len(lengths):
            lengths.append(inserted)
            officials.append(official)
        elif officials[at] == official:
            lengths[at] += inserted
        elif inside == 0:
            lengths.insert(at, inserted)
            officials.insert(at, official)
        elif inside == lengths[at]:
            if at + 1 < len(lengths) and officials[at + 1] == official:
                lengths[at + 1] += inserted
            else:
                lengths.insert(at + 1, inserted)
                officials.insert(at + 1, official)
        else:
            lengths[at : at + 1] = [inside, inserted, lengths[at] - inside]
            officials[at : at + 1] = [officials[at], official, officials[at]]


class Runs:
    """Who wrote each character, in characters, to be changed many times. One owner.

    The same law as `motion.live.authorship`: whoever inserts a character is its author. Kept in stretches: a change
    costs one of them and a walk from the last one changed, however many runs there are.
    """

    def __init__(self, runs: Iterable[Sequence[int]] = ()) -> None:
        kept = [(length, official) for length, official in runs if length]
        self._stretches = [
            _Stretch([length for length, _official in part], [official for _length, official in part])
            for part in (kept[at : at + STRETCH] for at in range(0, max(1, len(kept)), STRETCH))
        ]
        self._at = self._before = 0

    def splice(self, position: int, deleted: int, inserted: int, official: int) -> None:
        """Follow one change of a text.

        Raises:
            ValueError: It reaches beyond the text.
        """
        stretches = self._stretches
        while position < self._before:
            self._at -= 1
            self._before -= stretches[self._at].total
        while position > self._before + stretches[self._at].total:
            if self._at + 1 == len(stretches):
                raise ValueError("a place beyond the runs")
            self._before += stretches[self._at].total
            self._at += 1
        inside = position - self._before
        if deleted:
            self._delete(inside, deleted)
        if inserted:
            stretch = stretches[self._at]
            stretch.put_in(inside, inserted, official)
            if len(stretch.lengths) > 2 * STRETCH:
                halves = (slice(STRETCH), slice(STRETCH, None))
                stretches[self._at : self._at + 1] = [
                    _Stretch(stretch.lengths[half], stretch.officials[half]) for half in halves
                ]

    def _delete(self, inside: int, deleted: int) -> None:
        at = self._at
        while deleted:
            if at == len(self._stretches):
                raise ValueError("a deletion beyond the runs")
            taken = min(deleted, self._stretches[at].total - inside)
            if taken:
                self._stretches[at].take_out(inside, taken)
            deleted -= taken
            inside = 0
            at += 1
        following = slice(self._at + 1, at)
        self._stretches[following] = [stretch for stretch in self._stretches[following] if stretch.total]

    def joined(self) -> tuple[tuple[int, int], ...]:
        """The runs, neighbours of one official made one."""
        joined: list[tuple[int, int]] = []
        runs = (zip(stretch.lengths, stretch.officials, strict=True) for stretch in self._stretches)
        for length, official in chain.from_iterable(runs):
            if joined and joined[-1][1] == official:
                joined[-1] = (joined[-1][0] + length, official)
            elif length:
                joined.append((length, official))
        return tuple(joined)
